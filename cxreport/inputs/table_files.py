"""One table in a codebook: its files, its columns, and the waves that the files belong to."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from cxreport.inputs.meaning import Column, Day, End, Name, Strict, Text
from cxreport.inputs.roles import SCORES

RATINGS = tuple(role for role in SCORES if role != "nps")
ADDED = ("wave", "period_start")
"""Columns that reading adds to a table."""


def _known_encoding(name: str) -> str:
    try:
        "a".encode(name)
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name!r} is no encoding of text: utf-8, windows-1252, ...") from error
    return name


Encoding = Annotated[str, AfterValidator(_known_encoding)]


def _as_texts(given: Any) -> Any:
    """Read one code or several, and yes, no and numbers as an export writes them."""
    codes = given if isinstance(given, list) else [given]
    return tuple(
        str(code).strip() if isinstance(code, bool | int | float) else code for code in codes
    )


Codes = Annotated[tuple[str, ...], BeforeValidator(_as_texts), Field(min_length=1)]


class Wave(Strict):
    """A named period, and the files that hold it."""

    name: str = Field(pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,98}[^\s\x00-\x1f\x7f])?$")
    """Up to 100 signs on one line, without blanks around."""
    since: Day
    until: Day
    """Last day."""
    files: str = "*"


class Defaults(Strict):
    """What every rating of a table has in common, unless its column says otherwise."""

    scale: tuple[End, End] | None = None
    missing: dict[str, str | Text] = {}  # noqa: RUF012 - pydantic copies it


class TableFiles(Strict):
    """One table: its files and its columns."""

    files: str
    """Pattern of file names below the source's folder; ``shop.duckdb:table`` for a database."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Encoding = "utf-8"
    """Of CSV files, by any name that Python knows: ``windows-1252``, ``mac-roman``, ``utf-16``."""
    lines_above_header: Annotated[int, Field(ge=0, le=1000)] = 0
    """Lines of a CSV file to pass over before its header."""
    header_rows: Annotated[int, Field(ge=1, le=9)] = 1
    """Rows of headings in a CSV file: 3 in Qualtrics, 2 in SurveyMonkey."""
    decimal: Literal[".", ","] | None = None
    """The sign before the decimals of numbers written as text; a column may say otherwise."""
    thousands: Literal[".", ",", " ", "'"] | None = None
    """The sign between their thousands; none when left out."""
    observed_from: Day | None = None
    """First day that the export covers; that of the source, or of the first row, when left out."""
    observed_until: Day | None = None
    """Last day that the export covers; see the source's."""
    ignore: tuple[str, ...] = ()
    """Patterns of columns that are known and not used."""
    only: dict[str, Codes] = {}  # noqa: RUF012 - pydantic copies it
    """Column of the export -> what a row must say there to belong."""
    skip: dict[str, Codes] = {}  # noqa: RUF012 - pydantic copies it
    """Column of the export -> what a row says that does not belong: previews, tests, spam."""
    defaults: Defaults = Defaults()
    columns: Annotated[dict[Name, Column], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _ratings_take_the_defaults(cls, given: Any) -> Any:
        defaults = given.get("defaults") if isinstance(given, dict) else None
        columns = given.get("columns") if isinstance(given, dict) else None
        if not isinstance(defaults, dict) or not isinstance(columns, dict):
            return given
        filled = {
            name: defaults | column
            if isinstance(column, dict) and column.get("role") in RATINGS
            else column
            for name, column in columns.items()
        }
        return given | {"columns": filled}

    @model_validator(mode="before")
    @classmethod
    def _columns_take_the_signs(cls, given: Any) -> Any:
        """Write the table's signs of numbers into each column that does not declare its own."""
        columns = given.get("columns") if isinstance(given, dict) else None
        if not isinstance(columns, dict):
            return given
        signs = {n: given[n] for n in ("decimal", "thousands") if given.get(n) is not None}
        return given | {
            "columns": {
                name: signs | column
                if isinstance(column, dict) and not {*column} & {"decimal", "thousands"}
                else column
                for name, column in columns.items()
            }
        }

    @model_validator(mode="after")
    def _names_and_roles(self) -> Self:
        for role in ("id", "date"):
            if len(self.with_role(role)) > 1:
                raise ValueError(
                    f'a table has one column with role = "{role}" (others: "other", "time")'
                )
        exported = Counter(
            column.column or name for name, column in self.columns.items() if column.column != ""
        )
        exported.subtract(self.ids_of_customers)
        if twice := [name for name, n in exported.items() if n > 1]:
            raise ValueError(f"one column of the export has two roles: {', '.join(twice)}")
        lower = [name.lower() for name in self.columns]
        if len({*lower}) < len(lower):
            raise ValueError("two columns differ only in capital letters")
        if taken := {*lower} & {*ADDED}:
            raise ValueError(f"names that reading adds by itself: {', '.join(sorted(taken))}")
        return self

    @property
    def ids_of_customers(self) -> list[str]:
        """Columns of the export that are the id of the row and of the customer, as in a panel."""
        ids, customers = (
            {column.column or name for name, column in self.with_role(role).items()}
            for role in ("id", "customer")
        )
        return sorted(ids & customers)

    @property
    def written(self) -> dict[str, Any]:
        """How the CSV files of this table are written."""
        names = ("delimiter", "encoding", "lines_above_header", "header_rows")
        return {name: getattr(self, name) for name in names}

    def with_role(self, *roles: str) -> dict[str, Column]:
        """Return the columns that play one of the roles."""
        return {name: c for name, c in self.columns.items() if c.role in roles}


NO_TABLE = TableFiles.model_construct(files="", columns={})
"""What a codebook says of a table that its source does not have."""
