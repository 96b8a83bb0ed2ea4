"""Notebook -> published page."""

import os
import sys
from pathlib import Path

try:
    Path.home()
except RuntimeError:  # a user without one, as containers have: libraries ask for it as they load
    os.environ["HOME"] = "/nonexistent"

# The validator of notebooks would load a grammar of web addresses, for seconds: none has a rule
# for one, and it does without where the grammar is not installed.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
