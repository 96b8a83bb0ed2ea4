"""Where a page comes from: commit, parameters, hashes of data and codebook, versions."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.places import find_files, hash_file
from cxreport.publish.brand import read_brand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cxreport.inputs.codebook import Codebook
    from cxreport.show.words import Words

LIBRARIES = (
    "babel", "duckdb", "ibis-framework", "jinja2", "matplotlib", "mistune", "numpy",
    "pandas", "papermill", "pyarrow", "scipy", "seaborn", "statsmodels",
)  # fmt: skip


def gather(
    notebook: Path, parameters: Mapping[str, object], codebook: Codebook | None, root: Path
) -> dict[str, Any]:
    """Collect everything that a page is made from.

    Parameters
    ----------
    notebook : Path
        The notebook as written.
    parameters : mapping of str to object
        Its checked parameters.
    codebook : Codebook or None
        The source's contract; None for a study, which reads no source.
    root : Path
        The project's folder, whose version is named.

    Returns
    -------
    dict
        ``notebook`` and ``notebook_sha256``, ``parameters``, ``codebook_sha256`` (None in a
        study), ``definitions`` (what else the team wrote beside the codebook, a coding frame say:
        file -> SHA-256), ``data`` (file below the source's folder -> SHA-256), ``libraries``
        (name -> version), ``code`` (hash of the package), ``commit`` (None outside version
        control), ``clean``, ``brand`` (see ``read_brand``; where there is one), and
        ``fingerprint``: one hash over all that can change a page except the commit, by which a page
        is known to be up to date.
    """
    return with_parameters(gather_sources(notebook, codebook, root), parameters)


def gather_sources(
    notebook: Path, codebook: Codebook | None, root: Path, gathered: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Collect what all pages of a notebook and a source are made from, whatever the parameters.

    What several reports share is looked at once where they share ``gathered``.
    """
    gathered = {} if gathered is None else gathered
    if "" not in gathered:
        gathered[""] = _of_project(root)
    source = str(codebook.path) if codebook else None
    if codebook and source not in gathered:
        gathered[str(source)] = {
            "codebook_sha256": hash_file(codebook.path),
            "definitions": {path.name: hash_file(path) for path in definition_files(codebook)},
            "data": _hashes(codebook),
        }
    nothing: dict[str, Any] = {"codebook_sha256": None, "definitions": {}, "data": {}}
    of_source = gathered[source] if source else nothing
    own = {"notebook": notebook.name, "notebook_sha256": hash_file(notebook)}
    return {**own, **of_source, **gathered[""]}


def _of_project(root: Path) -> dict[str, Any]:
    """Collect what all pages of a project are made from."""
    libraries = {name: version(name) for name in LIBRARIES}
    made_from: dict[str, Any] = {
        "libraries": {"python": platform.python_version()} | libraries,
        "code": hash_of_code(),
    }
    if brand := read_brand(root):
        made_from["brand"] = brand
    return made_from | git_state(root)


def with_parameters(sources: Mapping[str, Any], parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return what one page is made from, as :func:`gather` does, from what was gathered before."""
    whole = {**sources, "parameters": dict(parameters)}
    made_from = {name: value for name, value in whole.items() if name not in {"commit", "clean"}}
    fingerprint = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    return whole | {"fingerprint": fingerprint}


def marks(notebook: Path, codebook: Codebook | None) -> dict[str, tuple[int, ...]]:
    """Return by what a file is known to be untouched since: its size, times and number on the disk.

    The time of the last change of a file cannot be set back, as its content can; nor can that of a
    folder, in which another file or folder may stand in for one.
    """
    read = [notebook]
    if codebook:
        data = data_files(codebook)
        read += [codebook.path, codebook.path.parent, codebook.folder, *data]
        above = {folder for path in data for folder in path.parents}
        read += sorted(folder for folder in above if codebook.folder in folder.parents)
        read += definition_files(codebook)
    states = {str(path): path.stat() for path in read}
    return {name: (s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for name, s in states.items()}


def _hashes(codebook: Codebook) -> dict[str, str]:
    """Return the hash of each data file of a source."""
    return {
        path.relative_to(codebook.folder).as_posix(): hash_file(path)
        for path in data_files(codebook)
    }


def definition_files(codebook: Codebook | None) -> list[Path]:
    """List what the team wrote beside a codebook in the same form: a coding frame, personas."""
    if codebook is None:
        return []
    return sorted(path for path in codebook.path.parent.glob("*.toml") if path != codebook.path)


def data_files(codebook: Codebook) -> list[Path]:
    """List the files of all tables of a source, each once.

    A table whose file is missing stops the reports that read it, when they do; only a source
    without any file is an error here.
    """
    paths: set[Path] = set()
    missing: list[CxError] = []
    for table in codebook.tables.values():
        try:
            paths.update(find_files(codebook.folder, table.files.partition(":")[0]))
        except CxError as error:
            missing.append(error)
    if missing and not paths:
        raise missing[0]
    return sorted(paths)


def hash_of_code() -> str:
    """Return one hash over the package's own files."""
    whole = hashlib.sha256()
    package = files("cxreport")
    folders = [package]
    names: dict[str, str] = {}
    while folders:
        for entry in folders.pop().iterdir():
            if entry.is_dir() and entry.name != "__pycache__":
                folders.append(entry)
            elif entry.is_file():
                names[str(entry)] = hashlib.sha256(entry.read_bytes()).hexdigest()
    for name in sorted(names):
        whole.update(f"{name.rpartition('cxreport')[2]}:{names[name]}".encode())
    return whole.hexdigest()


def git_state(root: Path) -> dict[str, Any]:
    """Return the commit of the project, and whether anything differs from it."""
    git = shutil.which("git")
    if git is None:
        return {"commit": None, "clean": False}

    def ask(*words: str) -> str | None:
        done = subprocess.run(  # noqa: S603 - git itself, with fixed words
            [git, "--no-optional-locks", "-C", str(root), *words],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip() if done.returncode == 0 else None

    commit = ask("rev-parse", "HEAD")
    return {"commit": commit, "clean": commit is not None and ask("status", "--porcelain") == ""}


def provenance_rows(provenance: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Return what the foot of a page prints: name and value, in the reader's language."""
    commit = provenance["commit"]
    state = "no_commit" if not commit else "clean" if provenance["clean"] else "changed"
    given = ", ".join(
        f"{name} = {json.dumps(value, ensure_ascii=False, sort_keys=True)}"
        for name, value in provenance["parameters"].items()
    )
    rows = [
        ("commit", words.text(f"provenance.{state}", commit=commit or "")),
        ("notebook", provenance["notebook"]),
        ("parameters", given),
    ]
    if provenance["codebook_sha256"]:
        rows.append(("codebook", provenance["codebook_sha256"]))
    written = [(words.text(f"provenance.{key}"), value) for key, value in rows]
    written += [
        (words.text(f"provenance.{kind}", file=name), digest)
        for kind in ("definitions", "data")
        for name, digest in provenance.get(kind, {}).items()
    ]
    libraries = ", ".join(f"{name} {number}" for name, number in provenance["libraries"].items())
    return [*written, (words.text("provenance.libraries"), libraries)]
