"""Words are tested on frames of few people, written by hand; what is hidden, in its own tests."""

from __future__ import annotations

import pytest

from cxreport.inputs.company import Company


@pytest.fixture(autouse=True)
def _everybody_is_shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.stem.endswith(("_blocks", "_sections")):
        monkeypatch.setattr(Company, "minimum_group", 1)
