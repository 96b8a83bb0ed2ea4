"""The page of one shop: its own numbers by hand, and none of another shop's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from nbformat import v4
from shop_pages import answers_of, survey_of
from small_project import PROVENANCE

import cxreport as cx
from cxreport.errors import CxError
from cxreport.publish.export import export_page
from cxreport.publish.gate import check_page
from cxreport.show.blocks import MIME
from cxreport.show.render import render

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey
    from cxreport.topics.shops import Shop

SIZES = {"Roma": [60, 61, 62], "Pisa": [24, 25, 26], "Lodi": [33, 9, 37], "Bari": [8, 7, 9],
         "Asti": [20, 21, 22]}  # fmt: skip


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return survey_of(tmp_path_factory.mktemp("chain"), SIZES)


@pytest.fixture
def pisa(survey: Survey) -> Shop:
    return cx.shops.open_shop(survey, "shop", "Pisa", periods=2)


def nps_by_hand(*shops: str, months: list[int]) -> tuple[int, float]:
    rows = answers_of(SIZES)
    rows = rows[rows["shop"].isin(shops) & rows["answered_at"].map(lambda d: d.month in months)]
    promoters, detractors = (rows["nps"] >= 9).sum(), (rows["nps"] <= 6).sum()
    return len(rows), 100 * (promoters - detractors) / len(rows)


def test_a_shop_stands_beside_all_others_together(pisa: Shop) -> None:
    first = cx.shops.shop_scores(pisa).iloc[0]
    assert first["question"] == "nps"
    n, own = nps_by_hand("Pisa", months=[2, 3])
    n_rest, rest = nps_by_hand("Roma", "Lodi", "Bari", "Asti", months=[2, 3])
    assert (first["n"], first["n_reference"]) == (n, n_rest) == (51, 228)
    assert first["estimate"] == pytest.approx(own)
    assert first["difference"] == pytest.approx(own - rest)
    assert not first["signal"]  # the shops answer alike


def test_each_row_is_a_signal_if_and_only_if_its_interval_leaves_out_zero(tmp_path: Path) -> None:
    answers = answers_of(SIZES)
    answers.loc[answers["shop"] == "Pisa", "nps"] = 10
    codebook = survey_of(tmp_path, SIZES).codebook.path
    survey = cx.open_survey(codebook, tables={"responses": answers}, period="2026-03")
    shop = cx.shops.open_shop(survey, "shop", "Pisa", periods=3)
    scores = cx.shops.shop_scores(shop)
    outside = (scores["difference_low"] > 0) | (scores["difference_high"] < 0)
    assert scores["signal"].tolist() == outside.tolist() == [True, False]
    block = cx.shops.brief(scores, cx.shops.other_shops(shop), shop)
    english, italian = (render(block, language, prefix="b") for language in ("en", "it"))
    assert "Surely better here than elsewhere: NPS (would recommend)." in english
    assert "Di sicuro meglio qui che altrove: NPS (consiglierebbe)." in italian


def test_nothing_differs_is_said_in_words(pisa: Shop) -> None:
    block = cx.shops.brief(cx.shops.shop_scores(pisa), cx.shops.other_shops(pisa), pisa)
    assert "none of the 2 differences is more than chance would make" in render(
        block, "en", prefix="b"
    )
    assert "Nulla differisce di sicuro da altrove" in render(block, "it", prefix="b")


def test_of_the_others_nothing_is_listed_but_stabilised_estimates(pisa: Shop) -> None:
    others = cx.shops.other_shops(pisa)
    # Bari has 16 answers in these months, of which neither may be shown: nor Lodi's, its partner
    assert set(others["group"]) <= {"Roma", "Pisa", "Lodi", "Asti", "Bari"}
    assert others.set_index("group")["place"].to_dict()["Pisa"] == "own"
    assert others["place"].eq("own").sum() == 1
    assert not {"n", "result", "promoters", "detractors", "p_value"} & {*others}


def test_no_block_of_a_page_names_a_number_of_another_shop(pisa: Shop) -> None:
    scores, others = cx.shops.shop_scores(pisa), cx.shops.other_shops(pisa)
    blocks = [
        cx.shops.header(pisa),
        cx.shops.brief(scores, others, pisa),
        cx.shops.trend(cx.shops.shop_series(pisa), pisa),
        cx.shops.differences(scores, pisa),
        cx.shops.others(others, pisa),
        cx.shops.waits(cx.shops.shop_waits(pisa), cx.shops.shop_wait_changes(pisa), pisa),
        cx.shops.comments(cx.shops.shop_comments(pisa), pisa),
        cx.shops.method(pisa),
    ]
    written = json.dumps([block.payload() for block in blocks])
    for shop in ("Roma", "Lodi", "Asti", "Bari"):
        n, estimate = nps_by_hand(shop, months=[2, 3])
        assert f" {n}," not in written, shop
        assert f"{estimate:.4f}" not in written, shop
        for month in (1, 2, 3):
            size = SIZES[shop][month - 1]
            assert f'"2026-{month:02d}", {size}' not in written, shop


def test_a_month_that_no_page_shows_is_a_gap_of_the_series(tmp_path: Path) -> None:
    after = {"Roma": 63, "Pisa": 27, "Lodi": 38, "Bari": 12, "Asti": 23}
    survey = survey_of(tmp_path, {shop: [*n, after[shop]] for shop, n in SIZES.items()})
    shop = cx.shops.open_shop(survey, "shop", "Roma", periods=4)
    assert cx.shops.shop_series(shop)["n"].tolist() == [60, 61, 62, 63]
    asti = cx.shops.open_shop(survey, "shop", "Asti", periods=4)
    series = cx.shops.shop_series(asti).set_index("period")
    # in the first and the third month Bari is the only small one, and Asti the next smallest; the
    # series begins with the first month that is shown
    assert series["n"].fillna(0).tolist() == [21, 0, 23]
    assert series["note"].tolist()[1] == "suppressed"
    assert series["estimate"].isna().tolist() == [False, True, False]


def test_a_small_shop_and_one_that_is_none_are_refused(survey: Survey) -> None:
    with pytest.raises(CxError, match="persons might be recognised"):
        cx.shops.open_shop(survey, "shop", "Bari", periods=1)
    with pytest.raises(CxError, match="no such group"):
        cx.shops.open_shop(survey, "shop", "Nowhere")


def test_a_page_is_called_after_its_shop_in_both_languages(pisa: Shop) -> None:
    title = cx.shops.header(pisa).payload()["parameters"]["title"]
    assert title == {"en": "Shop: Pisa", "it": "Negozio: Pisa"}


def test_a_hostile_name_stands_on_the_page_as_text(tmp_path: Path) -> None:
    name = '<script>alert("x")</script><b>' + "x" * 200
    survey = survey_of(tmp_path, {name: [30], "Roma": [40], "Pisa": [20]})
    shop = cx.shops.open_shop(survey, "shop", name, periods=1)
    scores, others = cx.shops.shop_scores(shop), cx.shops.other_shops(shop)
    blocks = [cx.shops.header(shop), cx.shops.brief(scores, others, shop),
              cx.shops.others(others, shop)]  # fmt: skip
    notebook = v4.new_notebook(
        cells=[
            v4.new_code_cell("", outputs=[v4.new_output("display_data", {MIME: block.payload()})])
            for block in blocks
        ]
    )
    for language in ("en", "it"):
        page = export_page(notebook, language, PROVENANCE)
        assert check_page(page) == []
        assert "<script" not in page.lower()
        assert "<b>" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("columns", "english", "italian"),
    [
        (set(), "the source has no requests of this time", "la fonte non ha richieste"),
        ({"ticket_id"}, "do not say where they belong", "non dicono a chi appartengono"),
        ({"ticket_id", "shop"}, "here they are too few", "qui sono troppo poche"),
    ],
)
def test_no_waits_for_one_reason(
    pisa: Shop, monkeypatch: pytest.MonkeyPatch, columns: set[str], english: str, italian: str
) -> None:
    monkeypatch.setattr(type(pisa.survey), "columns_of", lambda *_: columns)
    block = cx.shops.waits(pd.DataFrame(), pd.DataFrame(), pisa)
    assert english in str(render(block, "en", prefix="w"))
    assert italian in str(render(block, "it", prefix="w"))
