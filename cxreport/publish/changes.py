"""What changed since the page of the same report and period was last made, by cause."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.places import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CAUSES = {
    "data": ("data",),
    "definition": ("codebook_sha256", "definitions", "parameters"),
    "code": ("notebook_sha256", "code", "libraries"),
}
"""Cause -> what of a manifest differs."""


def changes_since(folder: Path, made_from: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what differs from what the pages in a folder were made from.

    Parameters
    ----------
    folder : Path
        Where the pages are, if they were made before.
    made_from : mapping
        What the new ones are made from, see ``cxreport.publish.provenance``.

    Returns
    -------
    dict or None
        ``causes`` (of "data", "definition", "code"), ``files`` (of data that differ, came or went)
        and ``headline`` (language -> what the page said first then). None where the pages are
        made for the first time. Where nothing differs, what the pages in place say: pages made
        again from the same are the same.
    """
    try:
        earlier = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        causes = [
            cause
            for cause, keys in CAUSES.items()
            if any(earlier.get(key) != made_from.get(key) for key in keys)
        ]
        if not causes:
            kept: dict[str, Any] | None = earlier.get("changes")
            return kept
        then, now = earlier.get("data") or {}, made_from["data"]
        files = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
        headline = dict.fromkeys(LANGUAGES, "") | (earlier.get("headline") or {})
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return {"causes": causes, "files": files, "headline": headline}
