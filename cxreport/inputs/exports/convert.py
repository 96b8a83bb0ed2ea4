"""Write the rows of an export as one Parquet file of typed columns, batch by batch."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from cxreport.errors import CxError
from cxreport.inputs.exports.grid import in_batches
from cxreport.inputs.exports.values import WHOLE, Written, read_number, read_time
from cxreport.inputs.exports.workbooks import number_text
from cxreport.inputs.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from cxreport.inputs.exports.grid import Grid, Row, Stated
    from cxreport.inputs.exports.product import Shape
    from cxreport.inputs.exports.profile import Profile
    from cxreport.inputs.exports.proposal import Proposal

PLACE, DIGEST = "row_in_file", "digest_of_row"
"""Columns of the unfinished file: which row it was, and what tells it apart."""
OF_A_FLOAT = re.compile(r"^(\d+)\.0$")
"""An id that some program took for a number."""
PLAIN_WHOLE = re.compile(r"0|-?[1-9]\d{0,14}")
LONGEST_WHOLE = 15
"""Figures of a whole number that a float holds exactly."""


@dataclass
class Counts:
    """Rows of a file, and why some are left out."""

    rows: int = 0
    excluded: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Target:
    """One column to write: where its texts stand, its type, and how a text becomes a value."""

    name: str
    place: int
    kind: pa.DataType
    read: Callable[[str], Any]


def targets_of(
    grid: Grid,
    shape: Shape,
    proposals: Sequence[Proposal],
    profiles: Sequence[Profile],
    way: Written,
) -> list[Target]:
    """Return the columns to write.

    Raises
    ------
    CxError
        If some times of a column say how far they are from UTC, and others do not.
    """
    places = {one.exported: n for n, one in enumerate(shape.fields)}
    targets = []
    for proposal in proposals:
        place = places[proposal.field.exported]
        kind, read = _reader(grid, proposal, profiles[place], way)
        targets.append(Target(proposal.name, place, kind, read))
    return targets


def _reader(
    grid: Grid, proposal: Proposal, profile: Profile, way: Written
) -> tuple[pa.DataType, Callable[[str], Any]]:
    if proposal.kind == "time":
        if len(profile.zoned) > 1:
            raise CxError(
                "some times say how far they are from UTC, and others do not",
                where=f"{grid.path}, column {proposal.field.exported}",
                hint="export them in one way",
            )
        zone = "UTC" if True in profile.zoned else None
        return pa.timestamp("us", zone), lambda text: read_time(text, way.order)
    decimal = "." if grid.typed and not profile.decimals else way.decimal or "."
    if grid.typed and profile.decimals is not None and len(profile.decimals) == 1:
        decimal = next(iter(profile.decimals))
    if proposal.kind == "number" and any(w in proposal.missing for w in profile.no_numbers):
        return pa.string(), lambda text: _spelled(text, decimal)
    if proposal.kind == "number":
        return pa.float64(), lambda text: read_number(text, decimal)
    whole = not profile.many and all(PLAIN_WHOLE.fullmatch(value) for value in profile.values)
    if proposal.kind == "code" and whole and not proposal.recode:
        return pa.int64(), int
    if proposal.field.pseudonym:
        return pa.string(), pseudonym
    return pa.string(), _plain_id if ROLES[proposal.role] == "key" else str


def _plain_id(text: str) -> str:
    return OF_A_FLOAT.sub(r"\1", text)


def _spelled(text: str, decimal: str) -> str:
    """Write a number with a point, and leave a word as it is."""
    number = read_number(text, decimal)
    if number is None or (WHOLE.fullmatch(text) and len(text) > LONGEST_WHOLE):
        return text
    return number_text(number)


def pseudonym(text: str) -> str:
    """Return a hash that stands for an address: the same for the same person.

    Examples
    --------
    >>> pseudonym("Uno@Example.com ") == pseudonym("uno@example.com"), len(pseudonym("x"))
    (True, 16)
    """
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()[:16]


def exclusion(shape: Shape, stated: Stated) -> Callable[[Row], str]:
    """Return the function that says why a row does not belong, by the product and by the user.

    Raises
    ------
    CxError
        If the user names a column that is not there.
    """
    names = [one.exported for one in shape.fields]
    strange = ({*stated.skip} | {*stated.keep}) - {*names}
    if strange:
        raise CxError("no such column", got=", ".join(sorted(strange)))
    skip = [(names.index(name), codes, name) for name, codes in stated.skip.items()]
    keep = [(names.index(name), codes) for name, codes in stated.keep.items()]

    def excluded(row: Row) -> str:
        for place, codes, name in skip:
            if row[place] in codes:
                return f"{name} is {row[place]!r}, as stated"
        if any(row[place] in codes for place, codes in keep):
            return ""
        if not any(row):
            return "an empty row"
        return shape.excluded(row) if shape.excluded else ""

    return excluded


def write_rows(
    grid: Grid, shape: Shape, targets: Sequence[Target], stated: Stated, to: Path
) -> Counts:
    """Write the rows that belong, and count the others.

    Parameters
    ----------
    grid, shape : Grid, Shape
        The file, and what its product says of it.
    targets : sequence of Target
        The columns.
    stated : Stated
        What the user says.
    to : Path
        The unfinished Parquet file.

    Returns
    -------
    Counts
        All rows of the file, and those left out, by reason.
    """
    counts, excluded = Counts(), exclusion(shape, stated)
    fields = [(target.name, target.kind) for target in targets]
    schema = pa.schema([*fields, (PLACE, pa.int64()), (DIGEST, pa.string())])

    def belonging() -> Iterator[tuple[int, Row]]:
        for number, row in enumerate(data_rows(grid, shape, "writing")):
            counts.rows += 1
            if reason := excluded(row):
                counts.excluded[reason] += 1
            else:
                yield number, row

    rows = belonging()
    with pq.ParquetWriter(to, schema) as writer:
        for some in in_batches(rows, size=lambda numbered: sum(map(len, numbered[1]))):
            writer.write_batch(_batch(some, targets, schema))
    return counts


def data_rows(grid: Grid, shape: Shape, doing: str) -> Iterator[Row]:
    """Give the rows below the headings, with what the product adds; a long way shows how far."""
    rows = islice(grid.rows(), shape.header_rows, None)
    what = f"{doing} {grid.path.name}"
    yield from shape.rows(tqdm(rows, what, unit=" rows", delay=2, disable=None, leave=False))


def _batch(
    some: list[tuple[int, Row]], targets: Sequence[Target], schema: pa.Schema
) -> pa.RecordBatch:
    values = [
        [target.read(row[target.place]) if row[target.place] else None for _, row in some]
        for target in targets
    ]
    names = [target.name for target in targets]
    digests = [digest_of(names, row) for row in zip(*values, strict=True)]
    columns = [pa.array(v, target.kind) for v, target in zip(values, targets, strict=True)]
    places = pa.array([number for number, _ in some], pa.int64())
    return pa.record_batch([*columns, places, pa.array(digests, pa.string())], schema=schema)


def digest_of(names: Sequence[str], row: Sequence[Any]) -> str:
    """Return what tells a row apart: its values by name, whatever the order of the columns.

    A question that is asked from now on is empty in the rows before, and changes none of them.

    Examples
    --------
    >>> digest_of(["nps", "comment"], [9, None]) == digest_of(["nps"], ["9"])
    True
    >>> digest_of(["nps", "ease"], [9, 5]) == digest_of(["ease", "nps"], [5.0, 9.0])
    True
    """
    pairs = sorted(
        f"{name}\x1f{_canonical(value)}"
        for name, value in zip(names, row, strict=True)
        if value is not None
    )
    return hashlib.sha256("\x1e".join(pairs).encode()).hexdigest()[:24]


def _canonical(value: Any) -> str:
    if isinstance(value, float):
        return number_text(value)
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
