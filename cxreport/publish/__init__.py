"""Notebook -> published page."""

import os
from pathlib import Path

try:
    Path.home()
except RuntimeError:  # a user without one, as containers have: libraries ask for it as they load
    os.environ["HOME"] = "/nonexistent"
