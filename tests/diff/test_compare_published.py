"""What changed between two pages is named by its cause; numbers are counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from published_pair import publish_tables, shares

import cxreport as cx
from cxreport.diff.compare import ORDER, causes_between, compare_pages
from cxreport.diff.lines import lines_of
from cxreport.diff.published import read_pages
from cxreport.show.texts import texts_of
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from published_pair import Row

    from cxreport.show.cell import Table

TOPICS = sorted(p.parent.name for p in Path(cx.__file__).parent.glob("topics/*/texts.toml"))
EN = Words("en")
# 60 and 80 of 100, with Wilson's limits
LOWER: Row = ("Bari", 100, 60.0, 50.2, 69.1)
HIGHER: Row = ("Bari", 100, 80.0, 71.1, 86.7)
STEADY: Row = ("Como", 100, 60.0, 50.2, 69.1)


def month(period: str, *rows: Row, words: Words = EN) -> Table:
    label = words.period(period, "month")
    return shares(f"Scores of {label}" if words is EN else f"Indicatori di {label}", rows, words)


def compared(
    folder: Path, then: Sequence[Table], now: Sequence[Table], **made_from: Any
) -> pd.DataFrame:
    """Return the figures of September and of October, made from other things."""
    old = publish_tables(folder / "2026-09", "2026-09", *then)
    new = publish_tables(folder / "2026-10", "2026-10", *now, **made_from)
    return compare_pages(read_pages(old, "en"), read_pages(new, "en"))


def words_of(figures: pd.DataFrame, measure: str = "Result (%)") -> dict[str, str]:
    chosen = figures[figures["measure"] == measure]
    return dict(zip(chosen["row"], chosen["word"], strict=True))


def lines(folder: Path, language: str = "en", most: int = 10) -> str:
    pages = [read_pages(each, language) for each in sorted(folder.iterdir())]
    figures = compare_pages(*pages)
    return "\n".join(lines_of(*pages, figures, Words(language), most))


def test_a_change_beyond_chance_and_one_within_it(tmp_path: Path) -> None:
    figures = compared(
        tmp_path,
        [month("2026-09", LOWER, STEADY)],
        [month("2026-10", HIGHER, ("Como", 100, 61.0, 51.2, 70.0))],
    )
    assert words_of(figures) == {"Bari": "beyond_chance", "Como": "within_chance"}
    bari = figures.iloc[0]
    assert (bari["n_reference"], bari["n"], bari["difference"]) == (100, 100, 20.0)
    # down: root of (80 - 71.1)^2 + (69.1 - 60)^2 = 12.729; up: of (86.7 - 80)^2 + (60 - 50.2)^2
    assert (bari["low"], bari["high"]) == pytest.approx((20 - 12.729, 20 + 11.871), abs=2e-3)
    text = lines(tmp_path)
    assert text.startswith("shops: September 2026 → October 2026\n")
    assert "Bari, Result (%): 60 → 80, difference +20 (+7 to +32), n 100 → 100" in text
    assert "2 comparisons were made" in text
    assert "definition: the codebook and the parameters are the same" in text


def test_what_did_not_move_is_within_chance(tmp_path: Path) -> None:
    figures = compared(tmp_path, [month("2026-09", STEADY)], [month("2026-10", STEADY)])
    row = figures[figures["measure"] == "Result (%)"].iloc[0]
    assert (row["word"], row["difference"], row["p_value"]) == ("within_chance", 0.0, 1.0)
    assert words_of(figures, "Answers") == {"Como": "no_interval"}


def test_the_same_period_twice_is_a_restatement_and_no_chance(tmp_path: Path) -> None:
    publish_tables(tmp_path / "a", "2026-10", month("2026-10", LOWER, STEADY))
    publish_tables(
        tmp_path / "b", "2026-10", month("2026-10", HIGHER, STEADY),
        data={"answers.csv": "2", "orders.csv": "1", "late.csv": "1"},
    )  # fmt: skip
    figures = compare_pages(*(read_pages(tmp_path / name, "en") for name in ("a", "b")))
    assert words_of(figures) == {"Bari": "restated", "Como": "same"}
    assert figures["p_value"].isna().all()
    assert figures["low"].isna().all()
    text = lines(tmp_path)
    assert text.startswith("shops, October 2026: two builds of the same period")
    assert "data: 2 files are not the same (answers.csv, late.csv)" in text
    assert "chance plays no part" in text
    assert "comparisons" not in text


@pytest.mark.parametrize(
    ("now", "word", "line"),
    [
        ({"codebook_sha256": "d"}, "other_definition", "definition: not the same: the codebook"),
        ({"parameters": {"source": "shops", "period": "2026-10", "recent": 6}}, "other_definition",
         "definition: not the same: recent (12 → 6)"),
        ({"definitions": {"personas.toml": "q"}}, "other_definition",
         "definition: not the same: personas.toml"),
        ({"notebook_sha256": "m"}, "other_code", "code: not the same: the notebook"),
        ({"code": "q"}, "other_code", "code: not the same: the package"),
        ({"libraries": {"python": "3.12", "pandas": "3.1"}}, "other_code",
         "code: not the same: pandas (3.0 → 3.1)"),
        ({"code": "q", "codebook_sha256": "d"}, "other_definition", "code: not the same: the"),
        ({"data": {"answers.csv": "2"}}, "beyond_chance", "definition: the codebook and the"),
    ],
)  # fmt: skip
def test_another_definition_or_code_comes_before_chance(
    tmp_path: Path, now: dict[str, Any], word: str, line: str
) -> None:
    figures = compared(tmp_path, [month("2026-09", LOWER)], [month("2026-10", HIGHER)], **now)
    assert words_of(figures) == {"Bari": word}
    assert figures["p_value"].notna().any() == (word == "beyond_chance")
    text = lines(tmp_path)
    assert line in text
    again = "cxreport build shops --set period=2026-09 --out FOLDER"
    assert (again in text) == (word != "beyond_chance")


def test_a_row_or_table_of_one_page_alone_is_gone_or_new(tmp_path: Path) -> None:
    figures = compared(
        tmp_path,
        [month("2026-09", LOWER, STEADY, ("Enna", 12, 50.0, 25.4, 74.6)),
         shares("Queues", [("Rome", 40, 25.0, 14.2, 40.2)], EN)],
        [month("2026-10", LOWER, ("Como", 5, None, 0, 0), ("Asti", 30, 90.0, 74.4, 96.5))],
    )  # fmt: skip
    assert words_of(figures) == {
        "Bari": "within_chance", "Como": "gone", "Enna": "gone", "Asti": "new", "Rome": "gone",
    }  # fmt: skip
    gone = figures[figures["word"] == "gone"]
    assert gone["difference"].isna().all()
    assert gone["value"].isna().all()


def test_periods_together_are_not_compared_with_chance(tmp_path: Path) -> None:
    then, now = (
        [shares(f"By shop; periods counted: 12, up to {name}", [row], EN),
         shares("By shop, last 12 periods together", [row], EN)]
        for name, row in (("September 2026", LOWER), ("October 2026", HIGHER))
    )  # fmt: skip
    figures = compared(tmp_path, then, now)
    results = figures[figures["measure"] == "Result (%)"]
    assert results["word"].tolist() == ["shared", "shared"]
    assert results["difference"].tolist() == [20.0, 20.0]


def test_what_earlier_periods_show_tells_a_restatement(tmp_path: Path) -> None:
    august: Row = ("Aug 2026", 100, 50.0, 40.4, 59.6)
    september, october = ("Sep 2026", *LOWER[1:]), ("Oct 2026", *HIGHER[1:])
    late: Row = ("Sep 2026", 103, 61.2, 51.5, 70.0)
    caption = "Satisfied, by period"
    figures = compared(
        tmp_path,
        [shares(caption, [august, september], EN, of="Period")],
        [shares(caption, [august, late, october], EN, of="Period")],
    )
    assert words_of(figures) == {
        "Oct 2026": "beyond_chance", "Sep 2026": "restated", "Aug 2026": "same",
    }  # fmt: skip
    assert "data: of 4 numbers of periods that both pages show, 2 were restated" in lines(tmp_path)


def test_an_interval_that_is_none_of_95_percent_is_not_used(tmp_path: Path) -> None:
    then, now = (
        [shares(f"Trend in {name}", [row], EN, interval="Limits")]
        for name, row in (("September 2026", LOWER), ("October 2026", HIGHER))
    )
    assert words_of(compared(tmp_path, then, now)) == {"Bari": "no_interval"}


def test_rows_alike_in_their_first_text_are_told_apart_by_more(tmp_path: Path) -> None:
    then, now = ([month(name, ("Bari", 100, 60.0, 50.2, 69.1), ("Bari", 50, 20.0, 11.2, 33.0))]
                 for name in ("2026-09", "2026-10"))  # fmt: skip
    figures = compared(tmp_path, then, now)
    results = figures[figures["measure"] == "Result (%)"]
    assert results["difference"].tolist() == [0.0, 0.0]


def test_both_languages_have_the_same_numbers_and_words(tmp_path: Path) -> None:
    italian = Words("it")
    for language, words in (("en", EN), ("it", italian)):
        for period, row in (("2026-09", LOWER), ("2026-10", HIGHER)):
            table = month(period, row, STEADY, words=words)
            publish_tables(tmp_path / language / period, period, table, languages=(language,))
    figures = {
        language: compare_pages(*(read_pages(tmp_path / language / p, language)
                                  for p in ("2026-09", "2026-10")))
        for language in ("en", "it")
    }  # fmt: skip
    same = ["n", "value", "difference", "low", "word"]
    assert figures["en"][same].equals(figures["it"][same])
    text = lines(tmp_path / "it", "it")
    assert "Bari, Risultato (%): 60 → 80, differenza +20 (da +7 a +32), n 100 → 100" in text


def test_the_order_of_the_pages_turns_the_difference_around(tmp_path: Path) -> None:
    old = publish_tables(tmp_path / "a", "2026-09", month("2026-09", LOWER))
    new = publish_tables(tmp_path / "b", "2026-10", month("2026-10", HIGHER))
    back = compare_pages(read_pages(new, "en"), read_pages(old, "en"))
    assert back.iloc[0]["difference"] == -20.0
    assert back.iloc[0]["word"] == "beyond_chance"


def test_pages_without_any_table_in_common_compare(tmp_path: Path) -> None:
    figures = compared(tmp_path, [month("2026-09", LOWER)], [shares("Other", [STEADY], EN)])
    assert set(figures["word"]) == {"gone", "new"}


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_caption_of_several_periods_names_the_last_one_as_such(language: str) -> None:
    captions = [
        text[language]
        for topic in TOPICS
        for key, text in texts_of(topic).items()
        if key.startswith("caption.")
    ]
    windows = [c for c in captions if "{periods}" in c and "{period}" in c]
    up_to = Words(language).text("diff.up_to")
    assert len(windows) > 20
    assert [caption for caption in windows if f"{up_to} {{period}}" not in caption] == []


def test_every_word_has_its_text() -> None:
    texts = {key.rpartition(".")[2] for key in texts_of("show") if key.startswith("diff.word.")}
    assert texts == {*ORDER}


def test_the_period_alone_is_no_other_definition() -> None:
    manifest = {"report": "r", "period": {"name": "2026-09", "kind": "month"}, "data": {},
                "parameters": {"period": "2026-09"}, "libraries": {}}  # fmt: skip
    later = manifest | {"period": {"name": "2026-10", "kind": "month"},
                        "parameters": {"period": "2026-10"}}  # fmt: skip
    causes = causes_between(manifest, later)
    assert (causes.is_same_period, causes.definition, causes.code) == (False, [], [])
