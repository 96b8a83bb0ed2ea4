"""Are these parameters right? Declared by the notebook, given by TOML or the command line.

A notebook declares its parameters in the one code cell tagged ``parameters``: annotated assignments
of literals, each with its help in a trailing comment. Nothing is executed to read them. Dates are
ISO text in a ``str``: that is what survives the way into a notebook.
"""

from __future__ import annotations

import ast
import difflib
import io
import json
import tokenize
import tomllib
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCALARS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
AS_WRITTEN = {bool: " (true or false)", str: " (in quotes)"}
STRICT = ConfigDict(strict=True, allow_inf_nan=False)
LONGEST = 200
"""Most characters of a wrong value that a message repeats."""
ALLOWED = "str, int, float, bool, list[X], dict[str, X] or X | None"


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: ``annotation`` is the type as written, ``help`` its comment."""

    name: str
    annotation: str
    type: Any
    default: object
    help: str


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """Read which parameters a notebook declares.

    Parameters
    ----------
    notebook : Path
        An .ipynb file.

    Returns
    -------
    dict of str to Parameter
        By name, in the order of the notebook.

    Raises
    ------
    CxError
        If the file is no notebook, there is not exactly one cell tagged ``parameters``, or the cell
        holds anything but annotated assignments of literals that fit their types (all the problems
        of the cell at once).
    """
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        tagged = [
            (number, "".join(cell["source"]))
            for number, cell in enumerate(cells, start=1)
            if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", [])
        ]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CxError("not a notebook that can be read", where=notebook, got=repr(error)) from error
    if len(tagged) != 1:
        raise CxError(
            "a notebook has one cell of parameters",
            where=notebook,
            got=", ".join(f"cell {number}" for number, _ in tagged) or "no code cell so tagged",
            expected='one code cell tagged "parameters"',
        )
    [(number, source)] = tagged
    return _declarations(source, f"{notebook}, cell {number}")


def check_parameters(
    declared: Mapping[str, Parameter],
    values: Mapping[str, object],
    texts: Mapping[str, str],
    *,
    where: object = None,
) -> dict[str, object]:
    """Check given parameters against the declared ones, and fill in the defaults.

    Parameters
    ----------
    declared : mapping of str to Parameter
        What `read_parameters` returned.
    values : mapping of str to object
        Typed values, as from TOML; never converted (a whole number will do for a float).
    texts : mapping of str to str
        Values as typed on a command line, read by their declared types; they win over ``values``.
        ``str`` is the text itself; ``bool`` is ``true`` or ``false``; a list is ``a,b`` or a TOML
        array; a dict is a TOML inline table; empty text is None where None is allowed.
    where : object, optional
        Where the values come from, for the error.

    Returns
    -------
    dict of str to object
        Every declared parameter, in the order of the notebook.

    Raises
    ------
    CxError
        If a name is unknown or a value does not fit its type; all problems at once.

    Examples
    --------
    >>> shop = Parameter("shop", "str", str, "all", help="")
    >>> check_parameters({"shop": shop}, {}, {"shop": "007"})
    {'shop': '007'}
    """
    problems = [
        f"{name}: no such parameter{_did_you_mean(name, declared)}"
        for name in {**values, **texts}
        if name not in declared
    ]
    checked: dict[str, object] = {}
    for name, parameter in declared.items():
        given = texts[name] if name in texts else values.get(name, parameter.default)
        try:
            value = _read(texts[name], parameter.type) if name in texts else given
            checked[name] = _fitting(value, parameter.type)
        except (ValueError, RecursionError):
            expected = f"{parameter.annotation}{AS_WRITTEN.get(parameter.type, '')}"
            quoted = repr(given) if len(str(given)) <= LONGEST else f"{str(given)[:LONGEST]!r}..."
            problems.append(f"{name}: got {quoted}, expected {expected}")
    if problems:
        raise CxError("\n    ".join(["wrong parameters", *problems]), where=where)
    return checked


def _declarations(source: str, where: str) -> dict[str, Parameter]:
    """Parse the parameters cell."""
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise CxError(
            "the parameters cell is not Python",
            where=where,
            got=f"line {error.lineno}: {error.msg}",
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:  # no Unicode, or nested too deeply
        raise CxError("the parameters cell is not Python", where=where, got=repr(error)) from error
    comments = _comments(source)
    declared: dict[str, Parameter] = {}
    problems = []
    for statement in statements:
        try:
            parameter = _declaration(statement, comments.get(statement.end_lineno or 0, ""))
        except (ValueError, RecursionError) as error:
            problems.append(f"line {statement.lineno}: {error}")
            continue
        if parameter.name in declared:
            problems.append(f"line {statement.lineno}: {parameter.name} is declared twice")
        declared[parameter.name] = parameter
    if problems:
        raise CxError(
            "\n    ".join(["wrong declarations of parameters", *problems]),
            where=where,
            expected='name: type = literal  # help, as in  period: str = "2026-10"',
        )
    return declared


def _declaration(statement: ast.stmt, comment: str) -> Parameter:
    """Turn one statement into a parameter; ValueError says what is wrong with it."""
    text = ast.unparse(statement)
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        raise ValueError(f"{text!r} is no annotated assignment")  # noqa: TRY004
    name, annotation = statement.target.id, ast.unparse(statement.annotation)
    kind = _type(statement.annotation)
    if statement.value is None:
        raise ValueError(f"{name} has no default")
    try:
        default = ast.literal_eval(statement.value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"the default of {name} is no literal") from error
    try:
        default = _fitting(default, kind)
    except ValueError as error:
        raise ValueError(f"the default of {name}, {default!r}, is no {annotation}") from error
    return Parameter(name, annotation, kind, default, comment)


def _type(annotation: ast.expr) -> Any:
    """Build the type an annotation names, from the allowed ones alone."""
    match annotation:
        case ast.Name(id=name) if name in SCALARS:
            return SCALARS[name]
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return list[_type(item)]  # type: ignore[misc]
        case ast.Subscript(
            value=ast.Name(id="dict"), slice=ast.Tuple(elts=[ast.Name(id="str"), item])
        ):
            return dict[str, _type(item)]  # type: ignore[misc]
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return _type(left) | None
    raise ValueError(f"the type {ast.unparse(annotation)} is not one of {ALLOWED}")


def _comments(source: str) -> dict[int, str]:
    """Return the comment on each line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _fitting(value: object, kind: Any) -> object:
    """Return the value if it is of its type (an int as the float it stands for)."""
    try:
        return cast("object", TypeAdapter(kind, config=STRICT).validate_python(value))
    except ValidationError as error:
        raise ValueError(str(error)) from error


def _read(text: str, kind: Any) -> object:
    """Read a value of a type from text."""
    arguments = get_args(kind)
    if NoneType in arguments:
        return _read(text, arguments[0]) if text else None
    if get_origin(kind) is dict or (get_origin(kind) is list and text.lstrip().startswith("[")):
        [(_, value)] = tomllib.loads(f"value = {text}").items()  # more than one is a ValueError too
        return value
    if get_origin(kind) is list:
        return [_read(item.strip(), arguments[0]) for item in text.split(",")] if text else []
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    return kind(text)


def _did_you_mean(name: str, declared: Mapping[str, Parameter]) -> str:
    close = difflib.get_close_matches(name, declared, n=1)
    names = ", ".join(declared) or "none"
    return f"; did you mean {close[0]}?" if close else f"; there are: {names}"
