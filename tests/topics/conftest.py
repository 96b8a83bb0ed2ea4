"""Words are tested on frames of few people, written by hand; what is hidden, in its own tests."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from cxreport.inputs.company import Company
from cxreport.show import render
from cxreport.show.charts.picture import Picture, picture_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


@pytest.fixture(autouse=True)
def _everybody_is_shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.stem.endswith(("_blocks", "_sections")):
        monkeypatch.setattr(Company, "minimum_group", 1)


@pytest.fixture(autouse=True, scope="session")
def _drawn_once() -> Iterator[None]:
    """Keep pictures: many tests read the page of one block, and none is about how it is drawn."""
    kept: dict[bytes, Picture] = {}

    def drawn(block: Block, words: Words, *, prefix: str) -> Picture:
        key = pickle.dumps((block, words.language, prefix))
        if key not in kept:
            kept[key] = picture_of(block, words, prefix=prefix)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "picture_of", drawn)
        yield
