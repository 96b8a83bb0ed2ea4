"""Words of fixed meaning: the few codes that reports act upon, in whatever case an export has them.

An order that is "cancelled" is no purchase, a ticket that is "open" still waits. A word that is
none of the known ones would be counted as if it meant nothing, so it is a question to whoever
wrote the codebook: ``recode`` says which known word it stands for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ibis

from cxreport.inputs.codebook import FIXED_WORDS
from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.masking import masked
from cxreport.inputs.roles import ROLES
from cxreport.inputs.source import run

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.codebook import Column, TableFiles

FLAGS = {"events": ("is_error",)}
"""Table -> columns of numbers that say no (0) or yes (1)."""
MANY_WORDS = 20
"""More different words than this are no list of states: perhaps names, so they are not shown."""


def known_spellings(table: str, name: str, column: Column) -> dict[str, str]:
    """Return the spellings that are understood, in small letters -> the word of fixed meaning.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> status = Column(role="segment", recode={"Voided": "cancelled"})
    >>> known_spellings("orders", "status", status)["voided"]
    'cancelled'
    >>> known_spellings("orders", "channel", status)
    {}
    """
    words = FIXED_WORDS.get(table, {}).get(name, ())
    if not words or ROLES[column.role] in {"number", "time"}:
        return {}
    declared = {
        spelling.strip().lower(): word
        for meaning in (column, *column.versions)
        for spelling, word in meaning.recode.items()
    }
    return declared | {word: word for word in words}


def with_fixed_words(rows: ir.Table, name: str, table: TableFiles) -> ir.Table:
    """Write the words of fixed meaning in small letters, whatever the export's own case."""
    spelled = {}
    for column, meaning in table.columns.items():
        spellings = known_spellings(name, column, meaning)
        if spellings and rows[column].type().is_string():
            plain = rows[column].strip().lower()
            spelled[column] = plain.cases(*spellings.items(), else_=rows[column])
    return rows.mutate(**spelled) if spelled else rows


def word_problems(rows: ir.Table, name: str, table: TableFiles) -> list[Problem]:
    """Name and count the words that are none of the known ones, most frequent first."""
    texts, words = {}, {}
    for column, meaning in table.columns.items():
        flag = column in FLAGS.get(name, ()) and meaning.role == "number"
        if flag or known_spellings(name, column, meaning):
            text = rows[column].cast("string")
            texts[column] = text.re_replace(r"\.0+$", "") if flag else text
            words[column] = {"0", "1"} if flag else {*FIXED_WORDS[name][column]}
    if not texts:
        return []
    longer = rows.select(**texts).pivot_longer(
        ibis.selectors.all(), names_to="of", values_to="word"
    )
    counted = run(longer.group_by("of", "word").aggregate(n=ibis._.count())).dropna(subset="word")
    problems = []
    for column, fixed in words.items():
        strange = counted[(counted["of"] == column) & ~counted["word"].isin(fixed)]
        if not strange.empty:
            ordered = strange.sort_values(["n", "word"], ascending=[False, True])[["word", "n"]]
            written = str if len(ordered) <= MANY_WORDS else partial(masked, an_id=True)
            example = ", ".join(f"{written(w)} ({n:,})" for w, n in ordered.itertuples(index=False))
            problems.append(problem("word-unknown", name, column, int(ordered["n"].sum()), example))
    return problems
