"""Frame -> table: a caption, headed columns, numbers with their units in the reader's language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxreport.show.captions import period_label, question_label
from cxreport.show.cell import Cell, Table
from cxreport.show.cells import write_cell
from cxreport.show.drivers.cells import TABLES as DRIVERS
from cxreport.show.drivers.cells import TEXT_COLUMNS as DRIVERS_TEXT
from cxreport.show.journey.cells import TABLES as JOURNEY
from cxreport.show.journey.cells import TEXT_COLUMNS as JOURNEY_TEXT
from cxreport.show.linkage.cells import TABLES as LINKAGE
from cxreport.show.linkage.cells import TEXT_COLUMNS as LINKAGE_TEXT
from cxreport.show.pyramid.cells import TABLES as PYRAMID
from cxreport.show.pyramid.cells import TEXT_COLUMNS as PYRAMID_TEXT
from cxreport.show.retention.cells import TABLES as RETENTION
from cxreport.show.retention.cells import TEXT_COLUMNS as RETENTION_TEXT
from cxreport.show.value.cells import TABLES as VALUE
from cxreport.show.value.cells import TEXT_COLUMNS as VALUE_TEXT
from cxreport.show.written import caption, reader_of, table_of

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

SCORES = ("score", "n", "estimate", "interval")
EFFECT = ("n_treated", "share_treated", "n_control", "share_control", "difference",
          "difference_interval", "signal", "note")  # fmt: skip
TABLES: dict[str, tuple[str, ...]] = {
    "scoreboard": (*SCORES, "estimate_reference", "difference", "difference_interval", "signal",
                   "detectable"),
    "weighted": ("score", "n", "estimate_unweighted", "unweighted_interval", "with_weights",
                 "with_weights_interval", "std_error", "n_effective"),
    "base": ("variable", "level", "n", "share", "share_population", "ratio", "used", "note"),
    "detectable": ("score", "n", "estimate", "interval", "detectable"),
    "detectable_by": ("group", "n", "estimate", "interval", "detectable", "note"),
    "plan": ("score", "difference", "n", "invitations"),
    "weighted_differences": ("score", "difference", "difference_interval", "signal",
                             "difference_weighted", "weighted_interval", "signal_weighted"),
    "reliability": ("battery", "items", "n", "left_out", "alpha", "alpha_interval", "agreement",
                    "agreement_interval", "note"),
    "scale_use": ("question", "n", "at_best", "at_worst", "missing_share", "invalid_share"),
    "same_answers": ("battery", "items", "n", "left_out", "same", "all_best", "all_between",
                     "all_worst"),
    "bridges": ("score", "changed_on", "before", "result_before", "after", "result_after",
                "difference", "difference_interval", "signal"),
    "ordered_again": ("nps_class", "n", "ordered", "estimate", "interval", "not_observable",
                      "unknown"),
    "ordered_before": ("nps_class", "n", "ordered", "estimate", "interval", "not_covered",
                       "unknown"),
    "league": ("group", "n", "estimate", "stabilised", "stabilised_interval", "ranks"),
    "trend": ("period", "n", "estimate", "interval", "centre", "limits", "rule", "direction"),
    "scoreboard_plain": (*SCORES, "estimate_reference", "difference", "difference_interval"),
    "trend_plain": ("score", "period", "n", "estimate", "interval"),
    "signals": ("group", "score", "period", "n", "estimate", "centre", "rule", "direction"),
    "actions": ("sign", "period", "title"),
    "breakdown": ("group", "n", "estimate", "interval", "difference", "difference_interval",
                  "signal", "note"),
    "touchpoints": ("question", "n", "estimate", "interval", "mean", "difference",
                    "difference_interval", "signal", "missing", "invalid"),
    "means": ("question", "n", "mean", "mean_interval", "missing", "invalid"),
    "answers": ("question", "answer", "n", "share"),
    "interval_coverage": ("interval_kind", "n", "coverage", "lowest", "width"),
    "files": ("table", "file", "wave", "rows", "columns"),
    "problems": ("severity", "table", "column", "problem", "found", "example", "what_to_do",
                 "accepted"),
    "arms": ("arm", "n_customers", "share_customers", "share_planned"),
    "effect": ("arm", *EFFECT),
    "subgroups": ("group", *EFFECT),
    "codes": ("code", "wave", "found", "ids", "meaning", "reason"),
    **DRIVERS,
    **PYRAMID,
    **LINKAGE,
    **JOURNEY,
    **RETENTION,
    **VALUE,
}  # fmt: skip
TEXT_COLUMNS = {
    "accepted", "after", "answer", "arm", "battery", "before", "changed_on", "code", "column",
    "direction", "example", "file", "group", "interval_kind", "level", "meaning", "metric", "note",
    "nps_class", "period", "problem", "question", "ranks", "reason", "rule", "score", "severity",
    "sign", "signal", "signal_weighted", "table", "title", "used", "variable", "wave", "what_to_do",
    *DRIVERS_TEXT,
    *PYRAMID_TEXT,
    *LINKAGE_TEXT,
    *JOURNEY_TEXT,
    *RETENTION_TEXT,
    *VALUE_TEXT,
}  # fmt: skip


def make_table(block: Block, words: Words) -> Table:
    """Write a block's frame as one of the known tables.

    Parameters
    ----------
    block : Block
        With ``parameters["table"]``, one of ``TABLES``; a chart's block names its own table.
    words : Words
        The reader's language.

    Returns
    -------
    Table
        Columns without any content are left out.
    """
    parameters = block.parameters
    if "columns" in parameters:
        return table_of(block, reader_of(block, words.language))
    names = TABLES[parameters["table"]]
    records = block.frame.to_dict("records")
    texts = [[write_cell(name, row, parameters, words) for name in names] for row in records]
    empty = ("", words.text("value.none"))
    kept = [i for i in range(len(names)) if i == 0 or any(row[i] not in empty for row in texts)]
    heads = [_heading(name, parameters, words) for name in names]
    headings = [Cell(heads[i], "", names[i] not in TEXT_COLUMNS) for i in kept]
    rows = [[Cell(row[i], heads[i], names[i] not in TEXT_COLUMNS) for i in kept] for row in texts]
    return Table(caption(block, words), headings, rows, _family(block, words))


def _heading(name: str, parameters: dict[str, Any], words: Words) -> str:
    """Name a column; of signals, say what they are against."""
    if name in ("signal", "signal_weighted"):
        key = f"against.{parameters['table']}"
        known = words.text(key) if words.has(key) else period_label(parameters, words, "reference")
        if known:
            return words.text(f"column.{name}_against", against=known)
    return words.text(f"column.{name}")


def _family(block: Block, words: Words) -> str:
    """Say how many comparisons were made at once, where a table says which are signals."""
    if "signal" not in TABLES[block.parameters["table"]] or "p_value" not in block.frame:
        return ""
    n = int(block.frame["p_value"].notna().sum())
    return words.text("table.family", n=n) if n else ""


def make_heat_map(block: Block, words: Words) -> Table:
    """Write a frame of counts as a table whose cells are shaded by their size.

    The frame's first column holds the row's question, the others one period each.
    """
    periods = list(block.frame.columns[1:])
    counts = block.frame[periods].to_numpy(dtype=float)
    most = max((value for value in counts.flat if math.isfinite(value)), default=0.0) or 1.0
    kind = block.parameters["period"]["kind"]
    headings = [Cell(words.text("column.question"), "")]
    headings += [Cell(words.period(p, kind, short=True), "", is_number=True) for p in periods]
    rows = [
        [
            Cell(question_label(str(name), block.parameters, words), headings[0].text),
            *(
                Cell(
                    words.whole(value) if value > 0 else "",
                    heading.text,
                    is_number=True,
                    shade=math.ceil(5 * value / most) if value > 0 else 0,
                )
                for value, heading in zip(values, headings[1:], strict=True)
            ),
        ]
        for name, values in zip(block.frame.iloc[:, 0], counts, strict=True)
    ]
    return Table(caption(block, words), headings, rows)
