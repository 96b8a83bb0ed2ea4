"""A page on paper: its PDF, printed by a Chromium of this machine, and a short one of two sheets.

The browser prints a copy whose links into this machine's folders are taken off. What it notes of
the moment is written over, so the same page and the same browser give the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from cxreport.errors import CxError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 180
ALONE = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--no-pdf-header-footer",
)  # fmt: skip
NEAR = re.compile(r'(<a\b[^>]*?) href="(?!#|https?:|mailto:|tel:)[^"]*"')
"""Links to what lies beside the page: on paper they would name a folder of this machine."""
MOMENT = re.compile(rb"(?<=Date \(D:)\d{14}[-+Z]\d\d'\d\d'(?=\))")


def find_browser() -> str:
    """Return the browser that prints.

    Raises
    ------
    CxError
        If there is none.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise CxError(
            "no browser to print with",
            expected=f"one of {', '.join(BROWSERS)}",
            hint="install Chromium, or build without --pdf and print from any browser",
        )
    return browser


def print_page(page: str, browser: str, *, name: str) -> dict[str, bytes]:
    """Print a page.

    Parameters
    ----------
    page : str
        A page that the gate let through.
    browser : str
        See :func:`find_browser`.
    name : str
        What the files are called after.

    Returns
    -------
    dict of str to bytes
        ``NAME.pdf``, tagged; and ``NAME.short.pdf`` with the first screen and the first two
        sections, where the page has a first screen.

    Raises
    ------
    CxError
        If the browser does not print.
    """
    kept = NEAR.sub(r"\1", page)
    files = {f"{name}.pdf": _printed(kept, browser)}
    if '<div class="front">' in page:
        short = kept.replace("<body>", '<body class="short">', 1)
        files[f"{name}.short.pdf"] = _printed(short, browser)
    return files


def _printed(page: str, browser: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="cx-", ignore_cleanup_errors=True) as private:
        source, target = Path(private, "page.html"), Path(private, "page.pdf")
        source.write_text(page, "utf-8")
        words = [browser, *ALONE, f"--user-data-dir={private}/profile", f"--print-to-pdf={target}"]
        if os.geteuid() == 0:  # else the browser of an administrator does not start
            words.append("--no-sandbox")
        try:
            subprocess.run(  # noqa: S603 - a browser of this machine, a page of ours
                [*words, source.as_uri()], check=True, capture_output=True, timeout=SECONDS
            )
            content = target.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise CxError("the browser did not print", where=browser, got=error) from error
    return MOMENT.sub(b"20000101000000+00'00'", content)
