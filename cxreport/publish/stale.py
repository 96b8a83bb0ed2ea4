"""Are the pages in a folder those that a job would make? What they are made from says, and why not.

Contents are compared, never times: touching a file changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.places import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

FILES = {"notebook_sha256": "notebook", "codebook_sha256": "codebook", "brand": "brand"}
"""Of what a page is made from, by its name in a manifest: what is one file, and what that is."""
TABLES = {
    "parameters": "parameter", "definitions": "definition", "data": "data", "libraries": "library",
}  # fmt: skip
"""And what has several parts, each with a name and a value."""
WATCHED = (
    "notebook_sha256", "parameters", "codebook_sha256", "definitions", "data", "libraries", "brand",
)  # fmt: skip


class Stale(NamedTuple):
    """Why pages are to be made again: in a word, and each cause by its name; empty when not."""

    reason: str = ""
    causes: tuple[str, ...] = ()


def why_stale(folder: Path, languages: Sequence[str], provenance: Mapping[str, Any]) -> Stale:
    """Return why the pages in a folder are not those that a job would make.

    Parameters
    ----------
    folder : Path
        Where the pages are, if they were made before.
    languages : sequence of str
        In which they are made.
    provenance : mapping
        What they would be made from, see ``cxreport.publish.provenance``.

    Examples
    --------
    >>> from pathlib import Path
    >>> why_stale(Path("nowhere"), ["en"], {}).reason
    'never built'
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        published, hashes = dict(manifest["pages"]), hashes_of(manifest)
        made_from = manifest.get("fingerprint")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Stale("never built")
    if {*published} & {*LANGUAGES} != {*languages}:
        return Stale("other languages")
    others = [name for name, digest in hashes.items() if _digest(folder / name) != digest]
    if others:
        return Stale("a file is missing or is not the one published", tuple(others))
    if made_from == provenance["fingerprint"]:
        return Stale()
    changed = [
        key.removesuffix("_sha256") for key in WATCHED if manifest.get(key) != provenance.get(key)
    ]
    reason = f"changed: {', '.join(changed) or 'code'}"
    return Stale(reason, tuple(_causes(manifest, provenance)))


def _causes(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield each thing that differs, by its name, with both values where a person reads them."""
    for key, what in FILES.items():
        if then.get(key) != now.get(key):
            yield f"{what}: its content"
    for key, what in TABLES.items():
        old, new = (dict(made_from.get(key) or {}) for made_from in (then, now))
        for name in sorted({*old, *new}):
            if name not in new or name not in old:
                yield f"{what} {name}: {'gone' if name in old else 'new'}"
            elif old[name] != new[name]:
                is_file = key in {"definitions", "data"}
                values = "its content" if is_file else f"{old[name]} -> {new[name]}"
                yield f"{what} {name}: {values}"
    if then.get("code") != now.get("code"):
        yield "code: the package's own"


def hashes_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of each file that was published: of the pages, and of what lies beside."""
    pages = {f"{language}.html": digest for language, digest in manifest["pages"].items()}
    return pages | dict(manifest.get("files", {}))


def _digest(page: Path) -> str:
    """Return the hash of a file; empty when it is not there."""
    return hashlib.sha256(page.read_bytes()).hexdigest() if page.is_file() else ""
