"""Do the ids of one table mean the same things in another? Ids that meet nobody make no zero.

A customer who is ``10848.0`` in one export and ``10848`` in another never comes back; a guest
account is one customer with a thousand orders; a session of two visitors is none. Such keys give
numbers without any error, so each is a question to whoever wrote the codebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import pandas as pd

from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.masking import masked
from cxreport.inputs.normalise import plain_id
from cxreport.inputs.source import as_table, keep, run

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.codebook import Codebook, TableFiles

OWNERS = {
    "order_id": "orders",
    "ticket_id": "tickets",
    "response_id": "responses",
    "customer_id": "customers",
}
"""Name of an id -> the table that has one row for each."""
FEW = 10
"""Different ids below which nothing is said about a link."""
CROWD, CROWD_SHARE, CROWD_TIMES = 30, 0.05, 10
"""Rows of one id, their share of all, and how often the usual number of rows of an id."""
NOBODY = (
    "null", "none", "nil", "nan", "na", "n/a", "#n/a", "-", "-1", "unknown", "guest", "anonymous",
    "sconosciuto", "ospite", "anonimo",
)  # fmt: skip
"""What exports write, in small letters, where there is no customer."""
MOSTLY = 0.5
"""Share of ids without a row of their own from which the joined numbers are of a part."""
NEVER_AGAIN = 100
"""Rows among which some customer is expected twice."""
SHARED_SHARE = 0.01
"""Share of sessions with two visitors that is no slip."""
MOVING = ("orders", "events")
"""Tables in which the same customers come again."""
COUNTED = 10
"""Whole numbers up to so many times the rows of a wave are places in a list, and no people."""
BACK_SHARE = 0.01
"""Share of the ids of a source that come back in other waves from which it is no slip."""


ID_COLUMNS = {"place": "int64", "id": "string", "wave": "string", "n": "int64", "plain": "string"}
NO_MATCH: dict[Hashable, Any] = {"ids": 0, "found": 0, "alike": 0, "example": ""}
"""What is counted of a link whose table has no id."""


class Link(NamedTuple):
    """An id of one table that should be found in another."""

    table: str
    column: str
    owner: str
    owner_column: str
    in_waves: bool = False


class Ids(NamedTuple):
    """The ids of every key, every customer and every link of a source, each once."""

    rows: ir.Table
    """``place``, ``id`` (as text), ``n`` (rows), ``wave`` (of a row that has it), ``plain``.

    The plain id is without what exports add or take away: capitals, zeros, ``.0``.
    """
    places: dict[tuple[str, str], int]
    """Table and column -> place."""
    sizes: pd.DataFrame
    """See ``_sizes``."""

    def of(self, table: str, column: str) -> ir.Table:
        """Return the ids of one column."""
        return self.rows.filter(self.rows.place == self.places[table, column])

    def size(self, table: str, column: str) -> pd.Series:
        """Return the sizes of one column."""
        return self.sizes.iloc[self.places[table, column]]


def count_ids(codebook: Codebook, tables: Mapping[str, ir.Table]) -> Ids:
    """Gather the ids of every key, every customer and every link, once, and count them."""
    links = links_of(codebook, tables)
    asked = dict.fromkeys(
        (name, column)
        for name in tables
        for column in (
            *codebook.tables[name].with_role("id", "customer"),
            *(link.column for link in links if link.table == name),
        )
    )
    places = {named: place for place, named in enumerate(asked)}
    if not places:
        return Ids(ibis.memtable([], schema=ID_COLUMNS), places, pd.DataFrame())
    parts = [
        tables[name].select(
            place=ibis.literal(place, "int64"),
            id=tables[name][column].cast("string"),
            wave=tables[name].wave if codebook.waves else ibis.null("string"),
        )
        for (name, column), place in places.items()
    ]
    every = ibis.union(*parts)
    by_id = every.filter(every.id.notnull()).group_by("place", "id")
    by_id = by_id.aggregate(n=ibis._.count(), wave=ibis._.wave.min())
    rows = by_id.mutate(plain=plain_id(by_id.id.strip(), ("case", "decimals", "zeros")))
    rows = keep(rows) if links else rows
    return Ids(rows, places, _sizes(rows, len(places)))


def ids_in_waves(codebook: Codebook, name: str) -> list[str]:
    """List the columns of a table whose ids begin again in each wave, as respondents do.

    A customer is the same in all waves.
    """
    if not codebook.waves:
        return []
    table, begun = codebook.tables[name], {*OWNERS.values()} - {"customers"}
    own = [] if name == "customers" else [*table.with_role("id")]
    owners = {c: OWNERS[c] for c in table.columns if c in OWNERS}
    return own + [
        c for c, owner in owners.items() if c not in own and owner in begun & {*codebook.tables}
    ]


def links_of(codebook: Codebook, tables: Collection[str]) -> list[Link]:
    """List the ids that lead from one table to another, among the tables that were opened.

    Without a table of customers, the customers of every table are looked for among those of the
    orders.
    """
    links = []
    for name in tables:
        columns = codebook.tables[name].columns
        for column, owner in OWNERS.items():
            if column in columns and owner in tables and name != owner:
                key = next(iter(codebook.tables[owner].with_role("id")), None)
                in_waves = column in ids_in_waves(codebook, name)
                links += [Link(name, column, owner, key, in_waves)] if key else []
        customer = next(iter(codebook.tables[name].with_role("customer")), None)
        orders = codebook.tables.get("orders")
        whose = next(iter(orders.with_role("customer")), None) if orders else None
        if customer and whose and "orders" in tables and "customers" not in tables:
            links += [Link(name, customer, "orders", whose)] if name != "orders" else []
    return links


def count_links(codebook: Codebook, ids: Ids) -> pd.DataFrame:
    """Count how many ids of one table are found in another.

    Returns
    -------
    DataFrame
        One row per link, and wave where ids begin again in each: ``table``, ``column``,
        ``found_in`` (table), ``ids`` (different ones), ``found`` (those that the other table has),
        ``alike`` (those that it has once capitals, leading zeros and ``.0`` are set aside),
        ``example`` (the shape of an id that is not found), ``wave``.
    """
    links = links_of(codebook, dict.fromkeys(table for table, _ in ids.places))
    counts = _matches(ids, links)
    rows = []
    for number, link in enumerate(links):
        of_link = counts[counts["link"] == number].to_dict("records")
        for counted in of_link or ([] if link.in_waves else [NO_MATCH]):
            numbers = [int(counted[name]) for name in ("ids", "found", "alike")]
            example = masked(counted["example"], an_id=True)
            wave = counted["wave"] if link.in_waves else None
            rows.append([link.table, link.column, link.owner, *numbers, example, wave])
    columns = ["table", "column", "found_in", "ids", "found", "alike", "example", "wave"]
    return pd.DataFrame(rows, columns=columns)


def _matches(ids: Ids, links: list[Link]) -> pd.DataFrame:
    """Count the ids of each link that its owner has, by wave where they begin again in each."""
    if not links:
        return pd.DataFrame(columns=["link"])
    ends = as_table(
        pd.DataFrame(
            [
                (number, ids.places[link[:2]], ids.places[link[2:4]], link.in_waves)
                for number, link in enumerate(links)
            ],
            columns=["link", "here", "there", "in_waves"],
        )
    )
    here = ids.rows.join(ends, ids.rows.place == ends.here)
    exact = ids.rows.select(exact_in=ids.rows.place, exact=ids.rows.id)
    alike = ids.rows.select(alike_in=ids.rows.place, alike=ids.rows.plain).distinct()
    met = here.left_join(exact, [here.there == exact.exact_in, here.id == exact.exact])
    met = met.left_join(alike, [met.there == alike.alike_in, met.plain == alike.alike])
    by_link = met.group_by(link=met.link, wave=ibis.cases((met.in_waves, met.wave)))
    return run(
        by_link.aggregate(
            ids=met.count(),
            found=met.exact.count(),
            alike=met.alike.count(),
            example=met.id.min(where=met.exact.isnull()).fill_null(""),
        ).order_by("link", "wave")
    )


def link_problems(links: pd.DataFrame) -> list[Problem]:
    """Name the links in which no id, few, or only a differently written one, meets its partner."""
    problems = []
    link: Any
    for link in links.itertuples():
        where = (str(link.table), str(link.column))
        if link.alike > link.found:
            example = f"{link.example}, in {link.found_in} written otherwise"
            n = int(link.alike - link.found)
            problems.append(problem("ids-written-differently", *where, n, example, link.wave))
        elif link.found == 0 and link.ids >= FEW:
            example = f"{link.example}, none of them in {link.found_in}"
            problems.append(problem("ids-without-partner", *where, link.ids, example, link.wave))
        elif link.table == "verbatims":
            continue  # a comment can be read without the answer that it came with
        elif OWNERS.get(link.column) == link.found_in and link.ids >= FEW:
            lost = int(link.ids - link.found)
            if lost > MOSTLY * link.ids:
                example = f"{link.example}, not in {link.found_in}"
                kind = "ids-mostly-without-partner"
                problems.append(problem(kind, *where, lost, example, link.wave))
    return problems


def key_problems(rows: ir.Table, name: str, table: TableFiles, ids: Ids) -> list[Problem]:
    """Look at the ids of one table: alike ones, one that holds many rows, shared sessions."""
    key = next(iter(table.with_role("id")), None)
    customer = next(iter(table.with_role("customer")), None)
    problems = []
    for column in (key, customer):
        if column is not None:
            problems += _alike(ids, name, column)
    if customer:
        sizes = ids.size(name, customer)
        problems += _nobody(sizes, name, customer)
        problems += _crowds(ids, name, customer)
        if name in MOVING:
            problems += _never_again(sizes, name, customer)
    if name == "events" and "session_id" in table.columns:
        problems += _shared_sessions(rows, name, customer)
    return problems


def panel_problems(rows: ir.Table, name: str, codebook: Codebook) -> list[Problem]:
    """Ask about ids that come back in other waves: they may be the same people.

    A wave that numbers its rows from one says nothing of people.
    """
    table = codebook.tables[name]
    key = next(iter(table.with_role("id")), None)
    if not codebook.waves or name == "customers" or key is None or table.ids_of_customers:
        return []
    own = rows[key].substr(rows.wave.length() + 1)
    by_id = rows.select(id=own, wave=rows.wave).filter(own.notnull()).group_by("id")
    waves_by_id = by_id.aggregate(waves=ibis._.wave.nunique())
    number = own.try_cast("float64")
    size = run(
        rows.aggregate(n=rows.count(), numbers=number.count(), largest=number.max(),
                       waves=rows.wave.nunique())
    ).iloc[0]  # fmt: skip
    by_place = size["numbers"] == size["n"] and (
        size["largest"] <= COUNTED * size["n"] / max(1, size["waves"])
    )
    counted = run(
        waves_by_id.aggregate(ids=waves_by_id.count(), back=(waves_by_id.waves > 1).sum())
    ).fillna(0).iloc[0]  # fmt: skip
    if by_place or counted["back"] < max(2, BACK_SHARE * counted["ids"]):
        return []
    example = f"of {int(counted['ids']):,} ids"
    return [problem("ids-in-several-waves", name, key, int(counted["back"]), example)]


def _sizes(ids: ir.Table, places: int) -> pd.DataFrame:
    """Count the rows and ids of each column, and the rows of its usual and of its largest id."""
    measures = {"ids": ids.count(), "plain": ids.plain.nunique(), "rows": ids.n.sum()}
    measures |= {"usual": ids.n.median(), "most": ids.n.max()}
    is_word = ids.plain.isin(NOBODY)
    measures |= {
        "nobody": ids.n.sum(where=is_word),
        "word": ids.id.min(where=is_word).fill_null(""),
    }
    by_place = run(ids.aggregate(by=["place"], **measures)).set_index("place")
    without = {name: "" if name == "word" else 0 for name in measures}
    return by_place.reindex(range(places)).fillna(without)


def _nobody(sizes: pd.Series, name: str, column: str) -> list[Problem]:
    """Count the rows whose customer is a word for none: they would be one who comes often."""
    if sizes["nobody"] < 2:
        return []
    return [problem("id-names-nobody", name, column, int(sizes["nobody"]), str(sizes["word"]))]


def _alike(ids: Ids, name: str, column: str) -> list[Problem]:
    """Count ids that are told apart by capitals, leading zeros or ``.0`` only."""
    sizes = ids.size(name, column)
    if sizes["plain"] == sizes["ids"]:
        return []
    groups = ids.of(name, column).group_by("plain")
    groups = groups.aggregate(n=ibis._.count(), first=ibis._.id.min())
    same = groups.filter(groups.n > 1)
    counted = run(same.aggregate(n=same.n.sum(), example=same["first"].min())).iloc[0]
    example = masked(counted["example"], an_id=True)
    return [problem("ids-alike", name, column, counted["n"], example)]


def _crowds(ids: Ids, name: str, column: str) -> list[Problem]:
    """Count the rows of ids that hold a large part of the table: guests, the shop itself."""
    sizes = ids.size(name, column)
    many = max(CROWD, CROWD_SHARE * sizes["rows"])
    if sizes["most"] < many:
        return []
    largest = ids.of(name, column).filter(ibis._.n >= many).select("id", "n")
    crowds = run(largest.order_by(ibis.desc("n"), "id").limit(5))
    usual = crowds["n"] >= CROWD_TIMES * sizes["usual"]
    crowds = crowds[usual | (crowds["n"] > sizes["rows"] / 2)]
    if crowds.empty:
        return []
    example = ", ".join(
        f"{masked(str(i), an_id=True)} ({n:,})" for i, n in crowds.itertuples(index=False)
    )
    return [problem("id-holds-many-rows", name, column, int(crowds["n"].sum()), example)]


def _never_again(sizes: pd.Series, name: str, column: str) -> list[Problem]:
    """Return whether a column of customers holds another id with each row, as an order id does."""
    if sizes["rows"] < NEVER_AGAIN or sizes["ids"] < sizes["rows"]:
        return []
    example = f"{int(sizes['ids']):,} ids in {int(sizes['rows']):,} rows"
    return [problem("customer-never-again", name, column, int(sizes["rows"]), example)]


def _shared_sessions(rows: ir.Table, name: str, customer: str | None) -> list[Problem]:
    """Count sessions in which two customers, or two anonymous visitors, were seen."""
    whose = [c for c in (customer, "anonymous_id") if c is not None and c in rows.columns]
    if not whose:
        return []
    visitors = {f"n_{c}": ibis._[c].nunique() for c in whose}
    by_session = rows.filter(rows.session_id.notnull()).group_by("session_id").aggregate(**visitors)
    shared = ibis.or_(*(by_session[c] > 1 for c in visitors))
    counted = run(by_session.aggregate(sessions=by_session.count(), n=shared.sum())).iloc[0]
    if pd.isna(counted["n"]) or counted["n"] == 0:
        return []
    many = counted["n"] > SHARED_SHARE * counted["sessions"]
    example = f"of {int(counted['sessions']):,} sessions"
    kind = "sessions-shared" if many else "session-shared"
    return [problem(kind, name, "session_id", int(counted["n"]), example)]
