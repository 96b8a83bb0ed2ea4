"""Where a source declares weights, the plain figures are folded beside the weighted ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
from sources import SHOP

import cxreport as cx
from cxreport.show.blocks import read_block
from cxreport.show.render import render

if TYPE_CHECKING:
    from pathlib import Path

CODEBOOK = SHOP.replace(
    'nps = { role = "nps" }',
    'nps = { role = "nps", label = { en = "would recommend", it = "consiglierebbe" } }',
)
WEIGHT = 'weight = { role = "weight" }\n'


def answers(month: str, promoters: int) -> pd.DataFrame:
    """Return 20 answers of a month: detractors count three times as much as promoters."""
    days = pd.date_range(f"{month}-01", periods=20, freq="D").strftime("%Y-%m-%d")
    scores, weights = [10] * promoters + [0] * (20 - promoters), [1] * promoters
    weights += [3] * (20 - promoters)
    ids = [f"{month}-{number}" for number in range(20)]
    return pd.DataFrame({"response_id": ids, "answered_at": days, "nps": scores,
                         "weight": weights})  # fmt: skip


def page(folder: Path, codebook: str) -> tuple[float, str]:
    """Return the headline score of a source, and what is folded beside it."""
    rows = pd.concat([answers("2026-09", 10), answers("2026-10", 15)])
    (folder / "codebook.toml").write_text(codebook, "utf-8")
    rows[[name for name in rows if name in codebook]].to_csv(folder / "responses.csv", index=False)
    survey = cx.open_survey(folder / "codebook.toml")
    asked = survey.columns("nps")
    board = cx.scoreboard(survey.current, survey.previous, asked, **survey.design)
    block = cx.survey.without_weights(cx.scores.unweighted_scores(survey, asked), survey)
    html = str(render(read_block(block.payload()), "en", prefix="p"))
    return board["estimate"].item(), " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_plain_figures_are_folded_beside_weighted_ones(tmp_path: Path) -> None:
    # By hand. Weighted: (15 x 1 - 5 x 3) / 30 = 0. Plain: (15 - 5) / 20 = 50, and 0 in September.
    headline, folded = page(tmp_path, CODEBOOK + WEIGHT)
    assert headline == 0
    assert "The same figures without weights" in folded
    assert re.search(r"20 50\.0 .* 0\.0 \+50\.0 ", folded)
    assert "Sep 2026 20 0.0" in folded
    assert "signal" not in folded  # the page's word is that of the weighted figures


def test_a_source_without_weights_folds_nothing(tmp_path: Path) -> None:
    assert page(tmp_path, CODEBOOK) == (50, "")
