"""Read a file of settings, and say what is wrong with it in the words of the README."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, TypeVar
from unicodedata import normalize

from pydantic import BaseModel, ValidationError

from cxreport.errors import CxError, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails


Settings = TypeVar("Settings", bound=BaseModel)


def read_settings(path: Path, model: type[Settings], what: str, /, **more: object) -> Settings:
    """Read and check a TOML file.

    Parameters
    ----------
    path : Path
        The file, in UTF-8; a byte-order mark, as Windows writes it, does no harm.
    model : type
        What it may hold.
    what : str
        What the file is, for the error.
    **more
        What the model holds beside.

    Returns
    -------
    model
        The checked settings.

    Raises
    ------
    CxError
        If the file is missing, cannot be read, is no TOML, or says something that is not
        understood; all of it is listed at once, each with its place in the file.
    """
    try:
        text = normalize("NFC", path.read_text(encoding="utf-8-sig"))
        return model.model_validate(tomllib.loads(text) | more)
    except ValidationError as error:
        problems = "\n".join(
            f"    {'.'.join(str(step) for step in e['loc']) or what}: {in_words(e)}"
            for e in error.errors()
        )
        raise CxError(f"the {what} is not understood:\n{problems}", where=path) from None
    except FileNotFoundError:
        hint = "write one: see 'A new source' in README.md"
        raise CxError(f"no {what}", where=path, hint=hint) from None
    except OSError as error:
        raise CxError(f"the {what} cannot be read", where=path, got=error.strerror) from None
    except (ValueError, RecursionError) as error:
        got = "nested too deeply" if isinstance(error, RecursionError) else shorten(str(error))
        raise CxError(
            f"the {what} cannot be read: it is no valid TOML in UTF-8", where=path, got=got
        ) from None


WORDS = {
    "missing": "is missing",
    "extra_forbidden": "there is no such setting",
    "string_type": "a text in quotes is needed",
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "int_parsing": "a whole number is needed",
    "float_type": "a number is needed",
    "float_parsing": "a number is needed",
    "finite_number": "a number is needed that is not infinite",
    "bool_type": "true or false is needed",
    "bool_parsing": "true or false is needed",
    "dict_type": "a table is needed: { ... }",
    "model_type": "a table is needed: { ... }",
    "tuple_type": "a list is needed: [ ... ]",
    "too_short": "it is empty",
    "string_pattern_mismatch": "small letters, figures, - and _ are needed, 60 at most",
    "string_too_short": "it is empty",
    "string_too_long": "it is too long",
    "date_type": "a day is needed, like 2026-10-31",
    "date_parsing": "a day is needed, like 2026-10-31",
    "date_from_datetime_parsing": "a day is needed, like 2026-10-31",
    "date_from_datetime_inexact": "a day is needed, like 2026-10-31",
}
"""What is wrong with a setting, by the kind of error."""


def in_words(error: ErrorDetails) -> str:
    """Return what is wrong with a setting in the words of the README."""
    kind, context = error["type"], error.get("ctx", {})
    if "scale" in error["loc"]:
        return "a scale is two whole numbers, the worst answer first: [1, 5]"
    if {"label", "labels", "title", "terms", "reason", "missing", "owner"} & {*error["loc"]}:
        return 'a text in both languages is needed, at least 2: { en = "...", it = "..." }'
    texts = {
        "value_error": f"{context.get('error')}",
        "greater_than": f"a number above {context.get('gt', 0):g} is needed",
        "literal_error": f"one of {context.get('expected')} is needed",
        "greater_than_equal": f"a number from {context.get('ge')} is needed",
        "less_than_equal": f"a number up to {context.get('le')} is needed",
    }
    return texts.get(kind, WORDS.get(kind, error["msg"]))
