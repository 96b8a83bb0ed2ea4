"""Names of files made from names: whatever a period or report is called, its folder can be."""

from __future__ import annotations

import hashlib
import re

from cxreport.inputs.letters import name_in_letters

LONGEST = 60
SAFE = re.compile(r"\d{4}-Q[1-4]|[a-z0-9]([a-z0-9._-]{0,58}[a-z0-9])?")
"""What is a name of a file as it is: the same on a disk that does not tell capitals apart."""
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""What some systems take for a device."""
HASHED = re.compile(r"-[0-9a-f]{8}\Z")
"""What a name ends in that was made from another text."""


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
    return name if _is_safe(name) else _hashed(name)


def page_name(report: str, value: str) -> str:
    """Return the name of the page that a report makes of one value, another one for each value.

    Parameters
    ----------
    report : str
        The report's name, which has no ``@``.
    value : str
        Any text. Two values that differ in capitals alone have different names.

    Returns
    -------
    str
        Report and value; a value that looks like a name made here is made one itself.

    Examples
    --------
    >>> page_name("demo-shop", "bari"), page_name("demo-shop", "Bari")
    ('demo-shop@bari', 'demo-shop@bari-6254537d')
    """
    plain = _is_safe(value) and not HASHED.search(value)
    return f"{report}@{value if plain else _hashed(value)}"


def _is_safe(name: str) -> bool:
    return bool(SAFE.fullmatch(name)) and not DEVICES.fullmatch(name)


def _hashed(name: str) -> str:
    """Return the letters and figures of a name, and a short hash of all of it."""
    readable = name_in_letters(name, LONGEST - 10)
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{readable or 'n'}-{digest}"
