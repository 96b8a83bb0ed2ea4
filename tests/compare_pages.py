"""Compare the pages of two folders, what made them left out: `make compare OLD=reports-before`.

A change of the code that is to change no page is held by this: build the pages before, copy them,
change, build again, compare. Downloads of data are compared as the text that they hold.
"""

from __future__ import annotations

import base64
import re
import sys
from difflib import unified_diff
from pathlib import Path

MADE_BY = re.compile(r"<footer>.*?</footer>", re.DOTALL)
DOWNLOAD = re.compile(r"data:text/csv;charset=utf-8;base64,([A-Za-z0-9+/=]*)")
MOST = 40
"""Lines shown of the differences of a page."""


def lines_of(page: Path) -> list[str]:
    """Return the lines of a page, without what made it, and its downloads in clear."""
    text = MADE_BY.sub("", page.read_text(encoding="utf-8"))
    clear = DOWNLOAD.sub(lambda found: "\n" + base64.b64decode(found[1]).decode(), text)
    return clear.replace("\r\n", "\n").split("\n")


def compare(old: Path, new: Path) -> int:
    """Print every difference, and return how many pages differ, are new or are gone."""
    before, after = (
        {str(page.relative_to(folder)): page for page in folder.glob("*/*/*.html")}
        for folder in (old, new)
    )
    different = 0
    for name in sorted({*before, *after}):
        if name not in before or name not in after:
            print(f"{name}: {'new' if name in after else 'gone'}")
            different += 1
            continue
        one, other = lines_of(before[name]), lines_of(after[name])
        if one != other:
            different += 1
            shown = list(unified_diff(one, other, name, name, n=0, lineterm=""))
            print("\n".join(line[:300] for line in shown[:MOST]))
            print(f"{name}: {len(shown)} lines of differences")
    print(f"{len({*before, *after})} pages compared, {different} differ")
    return different


if __name__ == "__main__":
    sys.exit(bool(compare(Path(sys.argv[1]), Path(sys.argv[2]))))
