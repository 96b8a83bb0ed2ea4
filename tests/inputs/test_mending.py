"""Text in a broken encoding is mended where its signs can be known for certain."""

from __future__ import annotations

import pandas as pd
import pytest

from cxreport.inputs.mending import mend, mended

SENTENCES = [
    "perché è più caro, però va così", "L’ordine “urgente” costava 50 € – troppo", "Ñandú, Zürich",
    "👍 ottimo",
]  # fmt: skip


def broken(text: str) -> str:
    """Read UTF-8 as Windows-1252; the five bytes that it does not know come through."""
    return "".join(
        bytes([byte]).decode("cp1252") if byte not in b"\x81\x8d\x8f\x90\x9d" else chr(byte)
        for byte in text.encode()
    )


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("times", [1, 2])
def test_broken_text_is_mended(text: str, times: int) -> None:
    read = text
    for _ in range(times):
        read = broken(read)
    assert read != text
    assert mended(pd.Series([read, "va bene"])).tolist() == [text, "va bene"]


@pytest.mark.parametrize(
    ("read", "meant"),
    [("la qualitÃ della cittÃ", "la qualità della città"), ("cosÃ¬ sarÃ.", "così sarà.")],
)
def test_a_blank_that_was_taken_out_is_put_back(read: str, meant: str) -> None:
    assert mend(read) == meant


@pytest.mark.parametrize(
    "text",
    [*SENTENCES, "SÃO PAULO", "Ã", "perchÃ© è", "50 Â€", "Â£ e €", "", "irmã", "half \ud83d Ã©"],
)
def test_what_is_not_certain_stays(text: str) -> None:
    assert mend(text) == text
