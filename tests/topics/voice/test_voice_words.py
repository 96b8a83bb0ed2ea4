"""Words and languages, held to what a reader counts in each text."""

import time

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.voice import clean, language, words


def found(text: str, code: str | None = None) -> list[str]:
    spoken = None if code is None else pd.Series([code])
    return words(pd.Series([text]), spoken)["word"].tolist()


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("La data dell'ordine", "it", ["data", "ordine"]),
        ("L’ordine non funziona!", "it", ["non_funziona", "ordine"]),
        ("Il pacco non è mai arrivato", "it", ["non_arrivato", "pacco"]),
        ("It doesn't work, it DON'T work", "en", ["not_work"]),
        ("I can't log in", "en", ["not_log"]),
        ("customer's app", "en", ["app", "customer", "customer_app"]),
        ("call-centre", "en", ["call", "call_centre", "centre"]),
        ("Slow. Delivery", "en", ["delivery", "slow"]),  # no phrase over a full stop
        ("Perché così? Qualità", "it", ["qualità"]),  # accents stay
        ("QUALITÀ qualità", "it", ["qualità", "qualità_qualità"]),  # each word once
        ("scrivete a [email] <b>presto</b> https://x.it/y", "it", ["presto", "scrivete"]),
        ("[VAT number] paga [IBAN] presto", "it", ["paga", "presto"]),
        ("<script>alert(1)</script> lento", "it", ["lento"]),
        ("consegna in 20 minuti, B2B", "it", ["consegna", "minuti"]),
        ("con\u200bsegna", "it", ["consegna"]),
        ("👍🏽 !!! 123", "it", []),
        ("come", "it", []),
        ("they come home", "en", ["home"]),
        ("nobody told me", "en", ["nobody", "nobody_told", "told"]),
    ],
)
def test_words_of_a_text(text: str, code: str, expected: list[str]) -> None:
    assert found(text, code) == expected


def test_each_text_has_the_stop_words_of_its_language() -> None:
    # "fare" is to do in Italian and a price in English; "do" is an Italian "I give"
    both = words(pd.Series(["a fare", "a fare"]), pd.Series(["it", "en"]))
    assert both["text"].tolist() == [0, 1]
    once = words(pd.Series(["the la", "the la"]), pd.Series(["it", "en"]))
    assert once["word"].tolist() == ["the", "la"]


def test_texts_that_are_none_hold_no_word() -> None:
    assert words(pd.Series([None, "", float("nan")])).empty
    assert words(pd.Series([], dtype="str")).empty
    assert clean(pd.Series([None, "a"])).tolist()[1] == "a"
    with pytest.raises(CxError, match="differ"):
        words(pd.Series(["a"]), pd.Series(["it", "it"]))


def test_broken_and_endless_texts_do_no_harm() -> None:
    texts = pd.Series(["\ud800 rotto", "a" * 100_000, "parola " * 20_000], dtype="object")
    assert set(words(texts)["word"]) == {"rotto", "parola", "parola_parola"}


SPOKEN = {
    "it": ["Il pacco è arrivato tardi", "tutto ok grazie", "Personale gentilissimo e cortese"],
    "en": ["The parcel came late", "Can't fault anything", "Very efficient plus pleasant staff"],
    "other": [
        "Le colis est arrivé en retard",
        "El paquete llegó tarde",
        "Das Paket kam zu spät",
        "Het pakket kwam te laat",
        "الطرد وصل متأخرا",
        "包裹到得太晚了真的很不高兴不会再来",
    ],
}


@pytest.mark.parametrize("code", SPOKEN)
def test_languages_of_short_comments(code: str) -> None:
    assert language(pd.Series(SPOKEN[code])).tolist() == [code] * len(SPOKEN[code])


def test_too_little_to_tell_has_no_language() -> None:
    told = language(
        pd.Series(["ok", "👍👍👍", "", None, "Very good", "[email]"], index=list("abcdef"))
    )
    assert told.isna().all()
    assert told.index.tolist() == list("abcdef")


def test_the_demo_is_told_apart() -> None:
    comments = pd.read_parquet("data/demo/verbatims.parquet")
    right = language(comments["text"]) == comments["language"]
    assert right.mean() > 0.998


def test_words_of_many_comments_take_seconds() -> None:
    comments = pd.read_parquet("data/demo/verbatims.parquet")["text"]
    begun = time.perf_counter()
    words(pd.concat([comments] * 5, ignore_index=True))
    assert time.perf_counter() - begun < 15  # 20,000; about 1 s
