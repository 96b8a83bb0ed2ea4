"""The codebook: what each column of an export means, written once in ``codebook.toml``.

The codebook is the contract between a source and every report made from it. It says where the
files are, which column plays which role, which codes mean "no answer" and why, which end of a
scale is best, how dates are written, and how all of this changed from one version of the
questionnaire to the next. Nothing is guessed: what is not declared is a problem that is shown.
"""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, Self
from unicodedata import normalize

from pydantic import AfterValidator, Field, model_validator

from cxreport.errors import CxError, shorten
from cxreport.inputs.meaning import (
    LANGUAGES,
    Column,
    Day,
    Meaning,
    Name,
    Strict,
    Text,
    Version,
    Zone,
)
from cxreport.inputs.roles import NUMBERS, SCORES, TIMES
from cxreport.inputs.settings import read_settings
from cxreport.inputs.table_files import NO_TABLE, TableFiles, Wave
from cxreport.inputs.targets import Target, target_problems

__all__ = [
    "LANGUAGES", "Acceptance", "Codebook", "Column", "Meaning",
    "SourceInfo", "Strict", "TableFiles", "Text", "Version", "Wave", "expand", "read_codebook",
]  # fmt: skip


MAIN_TABLES = ("responses", "orders", "events", "tickets", "sessions")
"""A source has at least one of these."""
BESIDE = ("customers", "costs", "invitations", "verbatims", "population", "actions", "experiments")
"""What else reports read; a source may have tables of its own."""
MINIMUM_GROUP = 10
"""Fewest answers, requests or customers of which a page shows anything: persons might be recognised
in fewer. The one place where it stands; a source may ask for more (``minimum_group``), never for
fewer. Source: NHS England, GP Patient Survey, "Why is data sometimes suppressed?"."""


NEEDED_ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    "number": {
        "orders": ("net_amount", "refund_amount", "margin"),
        "tickets": ("reopened_n", "replies_n", "transfers_n"),
        "costs": ("amount",),
    },
    "time": {
        "responses": ("invited_at", "contacted_at", "resolved_at"),
        "orders": ("ordered_at", "promised_at", "delivered_at"),
        "events": ("occurred_at",),
        "tickets": ("created_at", "first_reply_at", "solved_at", "closed_at"),
        "customers": ("first_seen_at", "contract_start", "contract_end"),
        "costs": ("month",),
    },
}
"""Role -> table -> columns of fixed names that reports calculate with; a date is a time, too."""
FIXED_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "orders": {"status": ("completed", "returned", "cancelled", "shipped")},
    "tickets": {"status": ("solved", "closed", "open", "cancelled")},
    "costs": {"kind": ("acquisition", "serve")},
    "responses": {"expected": ("worse", "as", "better")},
}
"""Table -> column -> the words of fixed meaning that reports act upon."""


ACTION_WORDS = ("title_en", "title_it")
"""What an action is called on pages."""


def _usable_pattern(pattern: str) -> str:
    try:
        from cxreport.inputs.redaction import checked_pattern  # noqa: PLC0415 - loads pandas

        return checked_pattern(pattern)
    except CxError as error:
        raise ValueError(" ".join(str(error).split())) from error


def _own_number(written: str) -> str:
    if sum(sign.isalnum() for sign in written) < FEWEST_SIGNS:
        raise ValueError(f"at least {FEWEST_SIGNS} letters and digits are needed")
    return written


FEWEST_SIGNS = 5
Pattern = Annotated[str, AfterValidator(_usable_pattern)]
OwnNumber = Annotated[str, Field(max_length=200), AfterValidator(_own_number)]


class Acceptance(Strict):
    """A known problem that must not stop a report, and why."""

    problem: str
    column: str
    table: str = ""
    """Only in this table; in any when left out."""
    at_most: int = Field(ge=1)
    reason: Text


class SourceInfo(Strict):
    """Who the data are from and what they cover."""

    title: Text
    terms: Text
    folder: str = "."
    """Where the files are: from the codebook's folder, or ``${NAME:-default}/...`` from an
    environment variable (a relative value counts from the current folder)."""
    timezone: Zone = "UTC"
    period: Literal["month", "quarter", "year", "wave"] = "month"
    observed_from: Day | None = None
    """First day that the export covers; that of a table's first row when left out."""
    observed_until: Day | None = None
    """Last day that the export covers; that of a table's last row when left out."""
    minimum_group: int = Field(default=MINIMUM_GROUP, ge=MINIMUM_GROUP)
    """Fewest answers of a group that a page shows, 10 or more."""
    synthetic: bool = False
    keep: tuple[OwnNumber, ...] = ()
    """The company's own numbers and addresses, which stay in comments: ``+39 800 123456``."""
    id_patterns: dict[Annotated[str, Field(pattern=r"^[a-z][a-z ]{0,30}$")], Pattern] = {}  # noqa: RUF012 - pydantic copies it
    """Kind -> pattern (of RE2) of ids that customers write in comments: ``ORD-[0-9]+``."""


class Codebook(Strict):
    """A whole ``codebook.toml``."""

    source: SourceInfo
    tables: dict[Name, TableFiles]
    waves: tuple[Wave, ...] = ()
    accept: tuple[Acceptance, ...] = ()
    target: tuple[Target, ...] = ()
    path: Path = Field(default=Path(), exclude=True)

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        problems = [*self._name_problems(), *self._survey_problems(), *self._role_problems()]
        problems += self._wave_problems()
        named = [f"{each.problem} in {each.table}.{each.column}" for each in self.accept]
        problems += [f"[[accept]] twice: {one}" for one in {*named} if named.count(one) > 1]
        problems += target_problems(self.target, self.tables) + self._action_problems()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _name_problems(self) -> list[str]:
        """Name the tables that would never be read, for a slip in their name."""
        names = (*MAIN_TABLES, *BESIDE)
        near = {n: get_close_matches(n, names, 1, cutoff=0.8) for n in {*self.tables} - {*names}}
        return sorted(
            f"no report reads [tables.{name}]: is it [tables.{likely[0]}]?"
            for name, likely in near.items()
            if likely
        )

    def _survey_problems(self) -> list[str]:
        """Return what the survey lacks."""
        if not {*self.tables} & {*MAIN_TABLES}:
            return [f"describe at least one of [tables.{'], [tables.'.join(MAIN_TABLES)}]"]
        if "responses" not in self.tables:
            return []
        return [
            f'responses need a column with role = "{role}"'
            for role in ("id", "date")
            if not self.responses.with_role(role)
        ]

    def _role_problems(self) -> list[str]:
        """Name the columns whose role would hand a report another kind of value than it needs."""
        figures = [
            f'{table}.{name} is read as words: role = "segment"'
            for table, words in FIXED_WORDS.items()
            for name, column in (self.tables[table].columns if table in self.tables else {}).items()
            if name in words and column.role in {*NUMBERS, *TIMES}
        ]
        return figures + [
            f'{table}.{name} is read as a {role}: role = "{role}"'
            for role, tables in NEEDED_ROLES.items()
            for table, names in tables.items()
            for name, column in (self.tables[table].columns if table in self.tables else {}).items()
            if name in names and column.role != role and (role, column.role) != ("time", "date")
        ]

    def _action_problems(self) -> list[str]:
        """Return what a table of actions lacks: reports speak of its days and its titles."""
        if "actions" not in self.tables:
            return []
        roles = {name: column.role for name, column in self.tables["actions"].columns.items()}
        lacks = (
            [] if roles.get("done_on") == "date" else ['actions need done_on = { role = "date" }']
        )
        words = [name for name in ACTION_WORDS if roles.get(name) in {None, *NUMBERS, *TIMES}]
        return lacks + [f'actions need {name} = {{ role = "other" }}' for name in words]

    def _wave_problems(self) -> list[str]:
        """Return where waves are missing, unknown, or not told apart."""
        names = [wave.name for wave in self.waves]
        twice = [n for table in self.tables.values() for n in table.ids_of_customers]
        named = {
            f"{table}.{name}: {wave}"
            for table, described in self.tables.items()
            for name, column in described.columns.items()
            for version in column.versions
            for wave in version.waves
            if wave not in names
        }
        checks = {
            'period = "wave" and a list of [[waves]] belong together': (
                (self.source.period == "wave") == bool(self.waves)
            ),
            "two waves have the same name": len({*names}) == len(names),
            "two waves begin on the same day": len({w.since for w in self.waves}) == len(names),
            "a wave ends before it begins": all(w.since <= w.until for w in self.waves),
            f"one column of the export has two roles: {', '.join(twice)}": (
                not twice or bool(self.waves)
            ),
            f"versions name waves that are not declared: {', '.join(sorted(named))}": not named,
        }
        return [text for text, fine in checks.items() if not fine]

    def __repr__(self) -> str:
        """Return which source this is; the whole contract is a long text."""
        return f"<Codebook {self.path.parent.name}: {', '.join(self.tables)}>"

    __str__ = __repr__

    @property
    def responses(self) -> TableFiles:
        """The survey; without one, a table that has no column."""
        return self.tables.get("responses", NO_TABLE)

    @property
    def questions(self) -> dict[str, Column]:
        """The survey's scored questions; none without a survey."""
        return self.responses.with_role(*SCORES)

    @property
    def reasons(self) -> dict[str, dict[str, str]]:
        """Why answers are missing, in both languages, by the English reason."""
        meanings = [
            meaning
            for table in self.tables.values()
            for column in table.columns.values()
            for meaning in (column, *column.versions)
        ]
        texts = [why for meaning in meanings for why in meaning.missing.values()]
        return {
            why["en"]: {str(language): text for language, text in why.items()}
            for why in texts
            if not isinstance(why, str)
        }

    @property
    def folder(self) -> Path:
        """The folder of the files."""
        return expand(self.source.folder, self.path.parent)

    def wave_of(self, file: str) -> Wave | None:
        """Return the wave that a file belongs to, if the source has waves.

        A frame handed in has no file name: it belongs to a wave if there is only one.
        """
        named = normalize("NFC", file)
        waves = [w for w in self.waves if fnmatchcase(named, w.files)] if file else self.waves
        if self.waves and len(waves) != 1:
            raise CxError(
                "a file must belong to exactly one wave",
                where=self.path,
                got=f"{file or 'a frame'}: {', '.join(w.name for w in waves) or 'no wave'}",
                hint="give each of [[waves]] a pattern: files = '2017_*.csv'",
            )
        return waves[0] if waves else None


def expand(folder: str, beside: Path) -> Path:
    """Replace ``${NAME:-default}`` by the environment's value; an empty one counts as none."""
    pattern = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")

    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        text = os.environ.get(name) or default
        if not text:
            raise CxError("an environment variable is not set", got=name, hint=f"export {name}=...")
        return str(text)

    try:
        if pattern.search(folder):
            return Path(pattern.sub(value, folder)).resolve()
        return (beside / folder).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise CxError("this is no folder", got=shorten(repr(folder))) from error


def read_codebook(path: Path) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    path : Path
        The ``codebook.toml``.

    Returns
    -------
    Codebook
        The typed contract.

    Raises
    ------
    CxError
        If the file is missing, is no TOML, or says something that is not understood; all of it
        is listed at once, each with its place in the file.
    """
    return read_settings(path, Codebook, "codebook", path=path)
