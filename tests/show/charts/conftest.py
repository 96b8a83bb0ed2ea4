"""Charts are tested with texts of their own: what a topic calls its axes is the topic's matter."""

from __future__ import annotations

import pytest

from cxreport.show.texts import SHARED, texts_of

TEXTS = {
    "caption.proof": ("all {periods} periods", "tutti i {periods} periodi"),
    "axis.proof_days": ("days", "giorni"),
    "axis.proof_share": ("% of {metric:word:metric}", "% di {metric:word:metric}"),
    "chart.proof_level": ("the level claimed", "il livello promesso"),
    "chart.proof_open": ("not over yet", "non ancora finiti"),
    "chart.proof_counted": ("counted", "contati"),
    "chart.proof_expected": ("expected", "attesi"),
    "metric.effect": ("difference from control", "differenza dal controllo"),
    "unit.effect": ("points", "punti"),
    "alt.proof": ("Whale. {caption}: {lines}", "Balena. {caption}: {lines}"),
}


@pytest.fixture(autouse=True)
def _texts_of_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, (english, italian) in TEXTS.items():
        monkeypatch.setitem(texts_of(SHARED), key, {"en": english, "it": italian})
