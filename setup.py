"""Puts into the wheel what a new project starts from; all else is declared in pyproject.toml."""

from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
START = ("notebooks/*.ipynb", "data/demo/*.toml", "data/demo/README.md", "requirements.lock")
"""What ``start_files`` of cxreport/project/render.py looks for."""


class WithStart(build_py):
    """The usual build, and notebooks, codebook and lock beside the templates."""

    def run(self) -> None:
        """Build; an editable package reads the files where they lie."""
        super().run()
        if self.editable_mode:
            return
        for path in sorted(path for pattern in START for path in ROOT.glob(pattern)):
            to = Path(self.build_lib, "cxreport/project/start", path.relative_to(ROOT))
            to.parent.mkdir(parents=True, exist_ok=True)
            copyfile(path, to)


setup(cmdclass={"build_py": WithStart})
