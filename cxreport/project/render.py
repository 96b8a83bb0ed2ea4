"""What does a project made from this package hold? Options -> the text of each of its files.

The notebooks, the demo's codebook and the lock are the repository's own. In a wheel they lie in
``start/`` (``setup.py`` puts them there); in a clone they are read where they are.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
DEMO = "demo"
SYSTEMS = ("github", "gitlab", "none")
"""Whose CI files a project may hold."""
ALWAYS = {
    "README.md": "README.md",
    "Makefile": "Makefile",
    "reports.toml": "reports.toml",
    "requirements.txt": "requirements.txt",
    ".gitignore": "gitignore",
    "tests/test_reports.py": "test_reports.py",
}
"""File of a project -> its template."""
OF_SYSTEM = {
    "github": {
        ".github/workflows/check.yml": "check.yml",
        ".github/workflows/monthly.yml": "monthly.yml",
    },
    "gitlab": {".gitlab-ci.yml": "gitlab-ci.yml"},
    "none": {},
}
REPORTS = (
    ("monthly", "01_monthly_report", "responses"),
    ("quality", "00_data_quality", "responses"),
    ("service", "06_service_operations", "tickets"),
    ("retention", "05_retention_value", "orders"),
)
"""Name, notebook, and the table that a report needs."""


@dataclass(frozen=True)
class Options:
    """What a project was asked to be.

    Attributes
    ----------
    name : str
        Of its reports and of its source: small letters, digits, ``-`` and ``_``.
    organisation : str
        Whose pages they are.
    languages : tuple of str
        Of the pages.
    source : str
        The folder below ``data/``; ``demo`` for the synthetic company.
    ci : str
        One of ``SYSTEMS``.
    tables : tuple of str
        Which tables the source has.
    """

    name: str
    organisation: str
    languages: tuple[str, ...] = ("it", "en")
    source: str = DEMO
    ci: str = "none"
    tables: tuple[str, ...] = ("responses",)

    def __post_init__(self) -> None:
        """Refuse what no project can be called or speak."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", self.name):
            raise CxError("this is no name of a project", got=self.name,
                          expected="small letters, digits, - and _, 40 at most")  # fmt: skip
        if not self.organisation.strip() or len(self.organisation) > 80:
            raise CxError("no name of an organisation", got=repr(self.organisation),
                          expected="1 to 80 characters")  # fmt: skip
        if not self.organisation.isprintable():
            raise CxError("the name of an organisation is one line", got=repr(self.organisation))
        if not self.languages or {*self.languages} - {*LANGUAGES}:
            raise CxError("not a language of the pages", got=",".join(self.languages),
                          expected=f"some of {', '.join(LANGUAGES)}")  # fmt: skip
        if self.ci not in SYSTEMS:
            raise CxError("no such CI", got=self.ci, expected=", ".join(SYSTEMS))

    def as_dict(self) -> dict[str, Any]:
        """Return the options as JSON holds them."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Options:
        """Return the options that :meth:`as_dict` wrote."""
        options: dict[str, Any] = {
            name: tuple(v) if isinstance(v, list) else v for name, v in given.items()
        }
        return cls(**options)


def name_from(folder: str) -> str:
    """Return a name for a project from that of its folder.

    Examples
    --------
    >>> name_from("Rossi & Figli CX")
    'rossi-figli-cx'
    """
    return re.sub(r"[^a-z0-9_]+", "-", folder.casefold()).strip("-_")[:40] or "reports"


def render(options: Options) -> dict[str, str]:
    """Return every file of a project that this package answers for.

    Parameters
    ----------
    options : Options
        What the project shall be.

    Returns
    -------
    dict of str to str
        Path below the project's folder -> text. The codebook of a source of one's own is not among
        them: it is the project's alone.
    """
    environment = Environment(  # noqa: S701 - it writes no HTML; values go through `quote`
        loader=FileSystemLoader(HERE / "template"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters["quote"] = lambda value: json.dumps(value, ensure_ascii=False)
    is_demo = options.source == DEMO
    values = options.as_dict() | {
        "version": version("cxreport"),
        "is_demo": is_demo,
        "reports": [
            {"name": name, "notebook": notebook, "is_made": table in options.tables}
            for name, notebook, table in REPORTS
        ],
    }
    files = {
        path: environment.get_template(f"{template}.j2").render(values)
        for path, template in (ALWAYS | OF_SYSTEM[options.ci]).items()
    }
    return files | _start(options.source)


def start_folder() -> Path:
    """Return the folder of what is copied into a project: in a wheel, or in a clone."""
    packed = HERE / "start"
    return packed if packed.is_dir() else HERE.parents[1]


def start_files(root: Path) -> list[Path]:
    """List what is copied into a project; ``setup.py`` packs the same."""
    notebooks = [p for p in root.glob("notebooks/*.ipynb") if not p.name.startswith("research_")]
    demo = [*root.glob("data/demo/*.toml"), root / "data/demo/README.md"]
    return sorted([*notebooks, *demo, root / "requirements.lock"])


def _start(source: str) -> dict[str, str]:
    """Return the files that a project has from the repository itself."""
    root = start_folder()
    texts = {}
    for path in start_files(root):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".ipynb":
            texts[name] = _own_notebook(path.read_text("utf-8"), source)
        elif source == DEMO or not name.startswith("data/"):
            texts[name] = path.read_text("utf-8")
    return texts


def _own_notebook(text: str, source: str) -> str:
    """Return a notebook without outputs, that reads the project's own source."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        if "parameters" in cell["metadata"].get("tags", []):
            lines = "".join(cell["source"])
            own = re.sub(r'(?m)^source: str = "[^"]*"', f'source: str = "{source}"', lines)
            cell["source"] = own.splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
