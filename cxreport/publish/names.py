"""Names of files made from names: whatever a period or report is called, its folder can be."""

from __future__ import annotations

import hashlib
import re

from cxreport.show.spreadsheet import name_in_letters

LONGEST = 60
SAFE = re.compile(r"\d{4}-Q[1-4]|[a-z0-9]([a-z0-9._-]{0,58}[a-z0-9])?")
"""What is a name of a file as it is: the same on a disk that does not tell capitals apart."""
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""What some systems take for a device."""


def file_name(name: str) -> str:
    """Return a name that a folder and an address may bear, another one for each name.

    Parameters
    ----------
    name : str
        Any text.

    Returns
    -------
    str
        The name itself where it will do, otherwise its letters and figures and a short hash.

    Examples
    --------
    >>> file_name("2026-10"), file_name("2025/26"), file_name("..")
    ('2026-10', '2025-26-c7235fca', 'n-5ec1f7e7')
    """
    if SAFE.fullmatch(name) and not DEVICES.fullmatch(name):
        return name
    readable = name_in_letters(name, LONGEST - 10)
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{readable or 'n'}-{digest}"
