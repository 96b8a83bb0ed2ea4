"""What a run of all tests keeps of a source is kept for the same codebook and files alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import write_source

from cxreport.errors import CxError
from cxreport.inputs.dataset import open_source
from cxreport.inputs.source import run
from cxreport.inputs.survey import open_survey

if TYPE_CHECKING:
    from pathlib import Path

LINES = "id,day,score", *(f"{n},2026-01-{n:02},{n % 11}" for n in range(1, 32))
JANUARY = "observed_from = 2026-01-01\nobserved_until = 2026-01-31"


def test_the_same_files_elsewhere_are_read_once_and_are_named_by_their_folder(
    tmp_path: Path,
) -> None:
    paths = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        paths.append(write_source(tmp_path / name, *LINES, source=JANUARY))
    one, other = (open_survey(path).dataset for path in paths)
    assert one.tables["responses"] is other.tables["responses"]
    for path, kept in zip(paths, (one, other), strict=True):
        fresh = open_source(path)
        assert kept.name == fresh.name == path.parent.name
        assert kept.codebook == fresh.codebook
        assert kept.codebook.path == path
        assert kept.files.equals(fresh.files)


def test_what_was_changed_is_read_again(tmp_path: Path) -> None:
    path = write_source(tmp_path, *LINES, source=JANUARY)
    before, answers = open_survey(path), tmp_path / "answers.csv"
    times = answers.stat()
    answers.write_text(answers.read_text("utf-8").replace("2026-01-09,9", "2026-01-09,0"), "utf-8")
    os.utime(answers, ns=(times.st_atime_ns, times.st_mtime_ns))  # as long, and as old
    after = open_survey(path)
    assert run(before.responses)["score"].sum() == 155
    assert run(after.responses)["score"].sum() == 146
    rows = pd.DataFrame({"id": ["a"], "day": ["2026-01-01"], "score": [7]})
    for score in (7, 8):
        given = open_survey(path, tables={"responses": rows.assign(score=score)})
        assert run(given.responses)["score"].tolist() == [score]
    write_source(tmp_path, *LINES, source=JANUARY + '\nperiod = "year"')
    with pytest.raises(CxError, match="no period is over"):
        open_survey(path)
