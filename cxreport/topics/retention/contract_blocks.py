"""Do contracts last: what a report says, draws and lists of renewals and their projection."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table, with_interval
from cxreport.topics.retention.renewals import CONSTANT

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.retention.frames import Contracts

TOPIC, EVERY = "retention", "month"

_sentences = partial(sentences, TOPIC, every=EVERY)
_table = partial(table, TOPIC, every=EVERY)
_note = partial(note, TOPIC)

YEARS = (
    Column("since", "say:span"),
    Column("at_start", "whole"),
    Column("retained", "whole"),
    Column("estimate", "share"),
    Column("interval", "range:share"),
    Column("new", "whole"),
)
PROJECTED = (
    Column("group", "word:series"),
    Column("age", "say:after_renewals", "renewals"),
    Column("estimate", "share"),
    Column("interval", "range:share"),
)
CHECK = (
    Column("age", "say:after_renewals", "renewals"),
    Column("observed", "share"),
    Column("estimate", "share", "projected"),
    Column("interval", "range:share"),
    Column("off", "signed"),
    Column("fitted", "yes"),
)


@without_few
def under_contract(renewals: Contracts, company: Company) -> Block:
    """Show whether customers under contract stay, and how many will; from ``company_contracts``."""
    if renewals.years.empty:
        return _note("missing_section.contracts", company, needs=("customers",))
    blocks = [
        _sentences([renewed(renewals)], company),
        _table("contract_years", renewals.years, YEARS, company),
    ]
    check = renewals.projection.check.dropna(subset="estimate")
    if check.empty:
        return section([*blocks, _note("missing.projection")])
    later = check[check["age"] > 0]
    return section(
        [
            *blocks,
            _sentences(_projected(renewals, check), company),
            chart("curves", TOPIC, "projection", _projected_curves(renewals), PROJECTED, company,
                  x="axis.renewals", y="axis.still", smooth=True,
                  label={"name": "group", "how": "word:series"}),
            _table("renewal_check", later.assign(fitted=~later["held_out"].astype(bool)), CHECK,
                   company),
        ]
    )  # fmt: skip


def _projected_curves(renewals: Contracts) -> pd.DataFrame:
    """Return what the projection says, and below it what was seen."""
    curve = renewals.projection.curve
    nothing = {"low": float("nan"), "high": float("nan")}
    observed = curve.assign(estimate=curve["observed"], group="observed", **nothing)
    both = pd.concat([curve.assign(group="projected"), observed], ignore_index=True)
    return both.assign(time=both["age"]).dropna(subset="estimate")


def renewed(renewals: Contracts) -> Said:
    """State what share of those under contract a year ago still is."""
    row = renewals.years.to_dict("records")[0]
    return say("renewed", n=int(row["at_start"]), **with_interval(row))


def _projected(renewals: Contracts, check: pd.DataFrame) -> list[Said]:
    """State how far off the projection was on what it had not seen, and what it says now."""
    last, ahead = check.to_dict("records")[-1], renewals.projection.curve.to_dict("records")[-1]
    off = float(last["off"])
    return [
        say("model_constant" if last["model"] == CONSTANT else "model_falling"),
        say("checked", n=int(renewals.survivors["survivors"].iloc[0]),
            seen=int(check.loc[~check["held_out"], "age"].max()), age=int(last["age"]),
            observed=float(last["observed"]), off=abs(off),
            side=say("too_high" if off > 0 else "too_low"), **with_interval(last)),
        say("ahead", age=int(ahead["age"]), **with_interval(ahead)),
    ]  # fmt: skip
