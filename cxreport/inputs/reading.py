"""How a survey was read: what each column was taken for, so that a mistake meets the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.meaning import SCORES

if TYPE_CHECKING:
    from cxreport.inputs.dataset import Dataset


def reading_of(dataset: Dataset) -> pd.DataFrame:
    """Say what each rating and category was taken for, in all periods together.

    Parameters
    ----------
    dataset : Dataset
        A checked source.

    Returns
    -------
    DataFrame
        One row a column: ``column``, ``role``, ``worst`` and ``best`` (ends of the scale; empty
        for categories), ``answers``, ``missing`` (rows, with the reasons in words) and
        ``invalid`` (rows outside the scale).
    """
    counted = dataset.answers_by_code
    rows = []
    for name, codes in counted[counted["table"] == "responses"].groupby("column", sort=False):
        column = dataset.codebook.responses.columns[str(name)]
        scale = (column.scale or (0, 10)) if column.role in SCORES else ("", "")
        n = codes.groupby("meaning")["n"].sum()
        absent = codes[codes["meaning"].isin(["missing", "unknown"])]
        reasons = absent.groupby("reason", sort=False)["n"].sum()
        rows.append(
            {
                "column": str(name),
                "role": column.role,
                "worst": scale[0],
                "best": scale[1],
                "answers": int(n.get("valid", 0) + n.get("unlabelled", 0)),
                "missing": "; ".join(f"{count} {why}" for why, count in reasons.items()) or "0",
                "invalid": int(n.get("outside", 0)),
            }
        )
    columns = ["column", "role", "worst", "best", "answers", "missing", "invalid"]
    return pd.DataFrame(rows, columns=columns)
