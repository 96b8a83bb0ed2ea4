"""The one error a user sees: what, where, got, expected, and a hint."""

LONGEST = 2000
"""Most characters of a part of a message, so that no name of 5,000 letters hides the rest."""


class CxError(Exception):
    """Return what went wrong in a form a person can act on.

    Parameters
    ----------
    what : str
        The problem, in one sentence.
    where : str, optional
        The file, notebook, cell, table or column.
    got, expected : object, optional
        What was found, and what would have been right.
    hint : str, optional
        What to do about it.

    Examples
    --------
    >>> print(CxError("unknown column", where="codebook.toml", got="scor", hint="score?"))
    unknown column
      where:    codebook.toml
      got:      scor
      hint:     score?
    """

    def __init__(
        self,
        what: str,
        *,
        where: object = None,
        got: object = None,
        expected: object = None,
        hint: str | None = None,
    ) -> None:
        self.what = what
        parts = {"where": where, "got": got, "expected": expected, "hint": hint}
        texts = {name: str(value) for name, value in parts.items() if value is not None}
        self.parts = {name: shorten(text, LONGEST) for name, text in texts.items()}
        lines = [what, *(f"  {name + ':':<9} {text}" for name, text in self.parts.items())]
        super().__init__("\n".join(lines))


def shorten(text: str, length: int = 80) -> str:
    """Cut a text, and show that it was cut.

    Examples
    --------
    >>> shorten("one, two, three", 9)
    'one, two…'
    """
    return text if len(text) <= length else text[: length - 1].rstrip(", ") + "…"
