"""Write ``docs/reference.md``: every public name once, with its docstring on the site."""

from __future__ import annotations

import inspect
from pathlib import Path

import cxreport as cx

PAGE = Path(__file__).parents[1] / "docs/reference.md"
HEAD = """# Reference

Everything that a notebook may use, as `import cxreport as cx` brings it. Each text is the docstring
of the function; `make docs` fills it in, and `help(cx.nps)` shows the same.
"""


def public_names() -> dict[str, list[str]]:
    """Return name space -> names that it offers; those of the package itself under ""."""
    modules = {name for name in cx.__all__ if inspect.ismodule(getattr(cx, name))}
    spaces = {"": sorted({*cx.__all__} - modules)}
    return spaces | {name: sorted(getattr(cx, name).__all__) for name in sorted(modules)}


def page() -> str:
    """Return the page as it should be."""
    parts = [HEAD]
    for space, names in public_names().items():
        parts.append(f"## cx.{space}\n" if space else "## cx\n")
        if space:
            first = (inspect.getdoc(getattr(cx, space)) or "").partition("\n")[0]
            parts.append(f"{first}\n")
        dotted = f"cxreport.{space}" if space else "cxreport"
        parts += [f"::: {dotted}.{name}\n" for name in names]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
