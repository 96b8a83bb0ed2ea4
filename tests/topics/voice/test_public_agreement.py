"""The coding frame of the NHS trusts against the labels of the export, counted by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import cxreport as cx

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.topics.voice import CodingFrame

ROOT = Path(__file__).parents[3]
EXPORT = (
    ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
    / "data" / "nhs_feedback" / "nhs_px_v6.parquet"
)  # fmt: skip
pytestmark = pytest.mark.skipif(
    not EXPORT.is_file(), reason="no public data: set CXREPORT_PUBLIC_DATA to their folder"
)
NEAR = 0.02
"""Comments without a day are in the export and not on the page; names are taken out of two."""


@pytest.fixture(scope="module")
def nhs() -> Survey:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return cx.open_survey("nhs", families=4)


@pytest.fixture(scope="module")
def frame(nhs: Survey) -> CodingFrame:
    frame = cx.voice.company_coding_frame(nhs)
    assert frame is not None
    return frame


@pytest.fixture(scope="module")
def written() -> pd.DataFrame:
    """Return the answered comments of the export, and whether each was read for the frame."""
    data = pd.read_parquet(EXPORT)
    text = data["FFT answer"].fillna("").str.strip()
    data = data[(text != "") & (text != "Did not answer")].reset_index(drop=True)
    # the rule of data/nhs/README.md: whole respondents in a drawn order, up to 500 comments
    people = np.random.default_rng(0).permutation(np.sort(data["Respondent ID"].unique()))
    comments = data.groupby("Respondent ID").size().reindex(people).cumsum()
    return data.assign(read=data["Respondent ID"].isin(comments[comments <= 500].index))


def pooled_alpha(frame: CodingFrame, written: pd.DataFrame) -> float:
    """Return alpha by the coincidences of two coders: 1 less what differs over what would."""
    labels = written[[topic.label_column for topic in frame.topics.values()]].to_numpy(dtype=bool)
    english = pd.Series("en", written.index)
    seen = cx.voice.code_comments(written["FFT answer"], frame, english).to_numpy()
    codes = np.concatenate([labels.ravel(), seen.ravel()])
    differ = 2 * (labels != seen).sum()
    yes, no = codes.sum(), (~codes).sum()
    return float(1 - (len(codes) - 1) * differ / (2 * yes * no))


def test_the_frame_names_those_who_were_read(frame: CodingFrame, written: pd.DataFrame) -> None:
    assert written["read"].sum() == 500
    assert set(frame.read.respondents) == set(written.loc[written["read"], "Respondent ID"])


def test_agreement_of_the_page_is_that_of_comments_nobody_read(
    nhs: Survey, frame: CodingFrame, written: pd.DataFrame
) -> None:
    voice = cx.voice.company_voice(nhs, periods=24, proposed=0)
    rows = voice.agreement.set_index("topic")["estimate"]
    other = written[~written["read"]]
    assert len(other) == 5705
    assert rows["all"] == pytest.approx(pooled_alpha(frame, other), abs=NEAR)
    assert rows[rows < 0.5].index.tolist() == ["impact", "kept_informed"]
    assert 0 < voice.read <= 500


def test_agreement_on_all_comments(nhs: Survey, frame: CodingFrame, written: pd.DataFrame) -> None:
    comments = cx.voice.company_comments(nhs, periods=24)
    coded = cx.voice.code_comments(comments["text"], frame, comments["language"])
    labels = cx.voice.human_labels(frame, comments)
    assert labels.notna().all(axis=None)
    rows = cx.voice.agreement(coded, labels, resamples=0).set_index("topic")
    by_hand = pooled_alpha(frame, written)
    assert rows.loc["all", "estimate"] == pytest.approx(by_hand, abs=NEAR)
