"""What one column of an export means: its role, its scale, its codes, and how they changed."""

from __future__ import annotations

import datetime as dt
import re
from itertools import combinations
from typing import Annotated, Literal, Self, TypedDict, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cxreport.inputs.roles import SCORES, Role


class Design(TypedDict):
    """How answers were drawn: columns of weights and of the customers they belong to, or None."""

    weight: str | None
    cluster: str | None


class Comparison(Design):
    """How answers were drawn, and how strictly the page judges their differences."""

    family_level: float


Stage = Literal["awareness", "consideration", "purchase", "retention", "advocacy"]
STAGES: tuple[Stage, ...] = get_args(Stage)
LANGUAGES = ("en", "it")
NPS_SCALE = (0, 10)
TIME_PARTS = r"%(-?[dmyHIMSj]|[aAbBpYfgnzuwUWVGcxX%])"
"""What may stand in the format of a date; names of zones (%Z) are not read."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone: write it like Europe/Rome") from error
    return name


NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
"""How a number is written; engines also read ``nan``, ``inf`` and ``1_000``."""
YEAR_PARTS = "%-?[yYGcx]"

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Days of other years are slips, or stand for "unknown" and "for ever"."""


def _sensible_day(day: dt.date) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a day lies between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _plain_name(name: str) -> str:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(f"a name is a printable text of 1 to {LONGEST_NAME} characters")
    return name


LONGEST_NAME = 100
Day = Annotated[dt.date, AfterValidator(_sensible_day)]
Name = Annotated[str, AfterValidator(_plain_name)]
End = Annotated[int, Field(ge=-1000, le=1000)]
"""One end of a scale."""
Words = Annotated[str, Field(pattern=r"\S", max_length=1000)]
Text = Annotated[dict[Literal["en", "it"], Words], Field(min_length=len(LANGUAGES))]
Zone = Annotated[str, AfterValidator(_known_zone)]


class Strict(BaseModel):
    """A table of the file: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Meaning(Strict):
    """What a column means, in general or in one version of the questionnaire."""

    column: str | None = None
    """Name in the export; empty text when the question was not asked."""
    scale: tuple[End, End] | None = None
    """First the worst, then the best answer: ``[1, 5]``, or ``[5, 1]`` where 1 is best."""
    missing: dict[str, str | Text] = {}
    """Code in the export -> why there is no answer."""
    recode: dict[str, str] = {}
    """Spelling in the export -> code used everywhere after."""
    format: str | None = None
    """How a date is written (``%d/%m/%Y``); ISO when left out."""
    template: str | None = None
    """What to put around an incomplete date: ``2017-05-{}`` where the export holds the day."""
    zone: Zone | None = None
    """Time zone of the column where it is not the source's own."""
    ignoring: tuple[Literal["case", "zeros", "decimals"], ...] = ()
    """What does not tell two ids apart: capitals, leading zeros, ``.0`` at the end."""
    decimal: Literal[".", ","] | None = None
    """The sign before the decimals of a number written as text."""
    thousands: Literal[".", ",", " ", "'"] | None = None
    """The sign between its thousands; none when left out."""

    @property
    def decimal_sign(self) -> str:
        """The sign before the decimals; a point unless something else is declared."""
        return self.decimal or ("," if self.thousands == "." else ".")

    @property
    def missing_numbers(self) -> dict[float, str | Text]:
        """The codes of ``missing`` that are numbers: 99 is one code, written 99.0 or 099."""
        written = {code.replace(self.decimal_sign, "."): why for code, why in self.missing.items()}
        return {float(code): why for code, why in written.items() if re.fullmatch(NUMBER, code)}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.scale and self.scale[0] == self.scale[1]:
            raise ValueError("a scale needs two different ends, the worst answer first")
        if self.template is not None and self.template.count("{}") != 1:
            raise ValueError("a template needs one {} where the export's own text goes")
        written = "%d" if self.format is None else self.format
        if "%" not in written or "%" in re.sub(TIME_PARTS, "", written):
            raise ValueError(f"{self.format!r} is no format of dates: write it like %d/%m/%Y")
        if self.format is not None and not re.search(YEAR_PARTS, self.format):
            raise ValueError(
                f"{self.format!r} has no year: where the export leaves it out, write "
                'format = "%d/%m/%Y" and template = "{}/2026"'
            )
        if self.thousands == self.decimal_sign:
            raise ValueError("decimal and thousands are two different signs")
        return self


class Version(Meaning):
    """A period in which a column meant something else."""

    waves: tuple[str, ...] = ()
    since: Day | None = None
    until: Day | None = None
    """Last day of the version."""

    @model_validator(mode="after")
    def _holds_somewhere(self) -> Self:
        if not self.waves and not self.is_dated:
            raise ValueError("a version needs its waves, or its first or last day")
        if self.since and self.until and self.since > self.until:
            raise ValueError("a version ends before it begins")
        return self

    @property
    def is_dated(self) -> bool:
        """Whether the version holds for some days only."""
        return self.since is not None or self.until is not None

    def overlaps(self, other: Version) -> bool:
        """Return whether some day of some wave is in both versions."""
        together = not (self.waves and other.waves) or bool({*self.waves} & {*other.waves})
        return (
            together
            and (self.since or dt.date.min) <= (other.until or dt.date.max)
            and (other.since or dt.date.min) <= (self.until or dt.date.max)
        )


class Column(Meaning):
    """One column: its role, its labels, its meaning, and its other meanings over time."""

    role: Role
    label: Text | None = None
    labels: dict[str, Text] = {}
    """Code -> what people read."""
    favourable_from: int | None = None
    """Lowest favourable answer, counted with higher as better."""
    negate: bool = False
    """Whether the export writes this amount with the other sign: refunds below zero."""
    stage: Stage | None = None
    """The stage of the journey that a touchpoint belongs to."""
    stages: dict[str, Stage] = {}
    """Code of a column of stages -> stage of the journey."""
    versions: tuple[Version, ...] = ()

    @model_validator(mode="after")
    def _stages_where_they_belong(self) -> Self:
        if bool(self.stages) != (self.role == "stage"):
            raise ValueError('role = "stage" and a map of stages belong together')
        if self.stage and self.role != "touchpoint":
            raise ValueError('stage = "..." belongs to a column with role = "touchpoint"')
        return self

    @model_validator(mode="after")
    def _one_scale(self) -> Self:
        if self.role == "nps" and self.scale not in {None, NPS_SCALE}:
            raise ValueError("the question of NPS runs from 0 to 10: scale = [0, 10], or none")
        if self.role in SCORES and self.role != "nps" and self.scale is None:
            raise ValueError(
                "a rating needs its scale, worst answer first: scale = [1, 5], "
                "or [5, 1] where 1 is the best"
            )
        ends = sorted(self.scale or NPS_SCALE)
        if any(v.scale and sorted(v.scale) != ends for v in self.versions):
            raise ValueError("a version on another scale is another question: a column of its own")
        if self.favourable_from is not None and not ends[0] < self.favourable_from <= ends[1]:
            raise ValueError("favourable_from lies outside the scale")
        return self

    @model_validator(mode="after")
    def _one_version_a_day(self) -> Self:
        if any(one.overlaps(other) for one, other in combinations(self.versions, 2)):
            raise ValueError("two versions hold on the same day")
        return self

    def meaning(self, version: Version | None) -> Meaning:
        """Return what the column means in a version: its own words win over the general ones."""
        fields = {n: getattr(self, n) for n in Meaning.model_fields}
        if version is not None:
            fields |= {n: getattr(version, n) for n in version.model_fields_set & set(fields)}
        return Meaning(**fields)

    def in_wave(self, wave: str | None) -> list[tuple[Version | None, Meaning]]:
        """Return the meanings that hold for the files of a wave, each with its version.

        A version that names the wave is the only meaning there. Versions with dates stand beside
        the general meaning, which holds on all other days. Nothing is returned when the question
        was not asked.
        """
        fitting = [v for v in self.versions if not v.waves or wave in v.waves]
        meanings: list[tuple[Version | None, Meaning]] = [(v, self.meaning(v)) for v in fitting]
        only_in_waves = any(v.column and not v.is_dated for v in self.versions)
        if all(v.is_dated for v in fitting) and not (self.column is None and only_in_waves):
            meanings.append((None, self.meaning(None)))
        return [(version, meaning) for version, meaning in meanings if meaning.column != ""]
