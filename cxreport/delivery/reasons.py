"""Why a report is not sent: one word, one exit code, one sentence each."""

from __future__ import annotations

from enum import Enum

from cxreport.errors import CxError


class Reason(Enum):
    """Why something was not sent; the value is the exit code of ``cxreport deliver``."""

    NOT_BUILT = 3
    NOT_THE_PAGE = 4
    OUTDATED = 5
    STALE = 6
    NOT_WHOLE = 7
    NOTHING_NEW = 8
    NO_ADDRESS = 9
    NOT_SENT = 10
    UNSURE = 11

    @property
    def word(self) -> str:
        """The reason in one word.

        Examples
        --------
        >>> Reason.NOTHING_NEW.word, Reason.NOTHING_NEW.value
        ('nothing-new', 8)
        """
        return self.name.lower().replace("_", "-")


class NotSentError(CxError):
    """A report that was not sent, and why.

    Parameters
    ----------
    reason : Reason
        Which kind of reason it is.
    what : str
        The reason in a sentence.
    **parts
        As of ``CxError``.
    """

    def __init__(self, reason: Reason, what: str, **parts: object) -> None:
        self.reason = reason
        super().__init__(what, **parts)  # type: ignore[arg-type]
