"""The coding frame, and how far it agrees with people."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.voice import (
    agreement,
    code_comments,
    krippendorff_alpha,
    read_coding_frame,
)

FRAMES = sorted((Path(__file__).parents[3] / "data").glob("*/coding_frame.toml"))
TWO = """
[topics.waiting]
label = { en = "waiting times", it = "tempi di attesa" }
en = ["wait(ed|ing|s)?", "delay\\\\w*"]
it = ["attes[ae]", "aspett\\\\w+"]
without_en = ["no waiting"]
[topics.quality]
label = { en = "quality", it = "qualità" }
it = ["qualità"]
"""


def frame_of(folder: Path, text: str):  # noqa: ANN201 - a frame
    path = folder / "coding_frame.toml"
    path.write_text(text, encoding="utf-8")
    return read_coding_frame(path)


def test_patterns_match_whole_words_of_a_language(tmp_path: Path) -> None:
    frame = frame_of(tmp_path, TWO)
    texts = pd.Series(
        ["I WAITED for days", "two waiters unwaited", "No waiting at all", "Aspettò un'ora",
         "bella qualita'", "QUALITÀ!", "an attesa of two", None],
        index=list("abcdefgh"),
    )  # fmt: skip
    spoken = pd.Series(["en", "en", "en", "it", "it", "it", "en", None], index=texts.index)
    coded = code_comments(texts, frame, spoken)
    assert coded["waiting"].tolist() == [True, False, False, True, False, False, False, False]
    assert coded["quality"].tolist() == [False] * 4 + [True, True, False, False]
    assert coded.index.tolist() == list("abcdefgh")
    both = code_comments(texts, frame, pd.Series([None] * 8, index=texts.index))
    assert both.loc["g", "waiting"]  # of no known language: the patterns of both


def test_all_bad_patterns_are_named_at_once(tmp_path: Path) -> None:
    bad = TWO + 'en = ["(open", "(?=look)ahead"]\n[topics.silent]\nlabel = { en = "s", it = "s" }\n'
    with pytest.raises(CxError) as error:
        frame_of(tmp_path, bad)
    for part in ("topics.quality.en: (open", "(?=look)ahead", "topics.silent: no pattern"):
        assert part in str(error.value)
    with pytest.raises(CxError, match="not understood"):
        frame_of(tmp_path, TWO + "colour = 3\n")
    with pytest.raises(CxError, match="no coding frame"):
        read_coding_frame(tmp_path / "none.toml")


def test_a_catastrophic_pattern_cannot_hang(tmp_path: Path) -> None:
    frame = frame_of(tmp_path, TWO + 'en = ["(a+)+$", "(\\\\w+\\\\s?)*!"]\n')
    begun = time.perf_counter()
    code_comments(pd.Series(["a" * 19_000 + "b"] * 20), frame)
    assert time.perf_counter() - begun < 10


def test_alpha_is_that_of_krippendorff() -> None:
    # Krippendorff 2011: four observers with missing values, 0.743; two observers, 0.095
    coders = {
        "A": "123321412...", "B": "123322412535"[:9] + "5.3", "C": ".33323422511"[:10] + "1.",
        "D": "12332441251.",
    }  # fmt: skip
    assert {len(codes) for codes in coders.values()} == {12}
    data = pd.DataFrame(
        {k: [None if c == "." else c for c in codes] for k, codes in coders.items()}
    )
    assert krippendorff_alpha(data) == pytest.approx(0.743, abs=5e-4)
    two = pd.DataFrame({"A": list("0100000010"), "B": list("1110010000")})
    assert krippendorff_alpha(two) == pytest.approx(0.095, abs=5e-4)
    assert np.isnan(krippendorff_alpha(pd.DataFrame({"A": [1, 1], "B": [1, 1]})))


def test_agreement_counts_and_coefficients_by_hand() -> None:
    # Both yes: 1; person alone: 3; frame alone: 1; neither: 5, as in the example of two observers.
    # Of 20 codes 6 are yes and 4 pairs differ, so alpha is 1 less 19 times 4 over 6 times 14. They
    # agree on 6 of 10, by chance on 0.4 times 0.2 and 0.6 times 0.8, in all 0.56.
    coded = pd.DataFrame({"x": [place in {1, 8} for place in range(10)], "y": False})
    labels = pd.DataFrame({"x": [place in {0, 1, 2, 5} for place in range(10)], "y": False})
    rows = agreement(coded, labels).set_index("topic")
    row = rows.loc["x"]
    assert row[["n", "labelled", "coded", "both"]].tolist() == [10, 4, 2, 1]
    assert row["agreement"] == 60
    assert row["estimate"] == pytest.approx(1 - 76 / 84)
    assert row["kappa"] == pytest.approx(0.04 / 0.44)
    assert row["low"] < row["estimate"] < row["high"]
    assert rows.loc["y", "note"] == "no variance"
    assert np.isnan(rows.loc["y", "estimate"])
    # overall: 20 pairs, 4 differ, 6 yes, 34 no
    assert rows.loc["all", "estimate"] == pytest.approx(1 - 39 * 4 / (6 * 34))


def test_agreement_is_the_same_each_time_and_needs_the_same_rows() -> None:
    draw = np.random.default_rng(3)
    coded = pd.DataFrame(draw.random((200, 3)) < 0.3, columns=list("abc"))
    labels = coded ^ (draw.random((200, 3)) < 0.1)
    assert agreement(coded, labels).equals(agreement(coded, labels))
    assert not agreement(coded, labels).equals(agreement(coded, labels, seed=1))
    with pytest.raises(CxError, match="same rows"):
        agreement(coded, labels.iloc[1:])
    with pytest.raises(CxError, match="no topic"):
        agreement(coded, labels.rename(columns=str.upper))


def test_unlabelled_comments_count_for_nothing() -> None:
    coded = pd.DataFrame({"x": [True, False, True, False]})
    labels = pd.DataFrame({"x": pd.array([True, False, None, None], dtype="boolean")})
    assert agreement(coded, labels)["n"].tolist() == [2, 2]


def test_comments_of_one_person_are_drawn_together() -> None:
    # each comment stands four times: by four people, or by one who says it again
    draw = np.random.default_rng(5)
    once = pd.DataFrame({"x": draw.random(150) < 0.4})
    marked = once ^ pd.DataFrame({"x": draw.random(150) < 0.2})
    coded, labels = (pd.concat([each] * 4, ignore_index=True) for each in (once, marked))
    alone, single = agreement(coded, labels).iloc[0], agreement(once, marked).iloc[0]
    together = agreement(coded, labels, cluster=pd.Series([*range(150)] * 4)).iloc[0]
    assert together["n"] == alone["n"] == 600
    assert together["estimate"] == alone["estimate"]
    assert together["std_error"] == pytest.approx(2 * alone["std_error"], rel=0.1)
    assert together["std_error"] == pytest.approx(single["std_error"], rel=0.1)
    nobody = agreement(coded, labels, cluster=pd.Series([None] * 600)).iloc[0]
    assert nobody["std_error"] == pytest.approx(alone["std_error"], rel=0.1)
    with pytest.raises(CxError, match="who wrote them"):
        agreement(coded, labels, cluster=pd.Series(range(150)))


@pytest.mark.parametrize("source", [file.parent.name for file in FRAMES])
def test_a_frame_has_patterns_of_the_languages_that_were_tried(source: str) -> None:
    frame = read_coding_frame(next(file for file in FRAMES if file.parent.name == source))
    codes = {code for topic in frame.topics.values() for code in ("en", "it")
             if topic.patterns(code)}  # fmt: skip
    assert codes == {"demo": {"en", "it"}}.get(source, {"en"})
