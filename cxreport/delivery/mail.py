"""Hand a mail to a server, and say whether it was taken, surely not taken, or nobody knows."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.policy import SMTP
from typing import TYPE_CHECKING

from cxreport.delivery.reasons import NotSentError, Reason
from cxreport.errors import shorten
from cxreport.show.plain_text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage

    from cxreport.publish.addresses import Delivery

USER, PASSWORD = "CXREPORT_SMTP_USER", "CXREPORT_SMTP_PASSWORD"
TAKEN = (250, 251)


def send_mail(mail: EmailMessage, to: Sequence[str], settings: Delivery) -> dict[str, str]:
    """Send a mail once.

    Parameters
    ----------
    mail : EmailMessage
        The whole mail.
    to : sequence of str
        Who gets it.
    settings : Delivery
        The server. Name and password, where it wants any, are those of the environment
        (``CXREPORT_SMTP_USER``, ``CXREPORT_SMTP_PASSWORD``).

    Returns
    -------
    dict of str to str
        Of each address that the server refused: its answer. All others were taken.

    Raises
    ------
    NotSentError
        With the reason ``NOT_SENT`` nobody got it; with ``UNSURE`` the connection was lost after
        the mail was handed over.
    """
    if not settings.server:
        raise NotSentError(Reason.NOT_SENT, "no server is named", where="reports.toml, [deliver]",
                      expected='server = "smtp.example.org"')  # fmt: skip
    where = f"{settings.server}:{settings.port}"
    content = mail.as_bytes(policy=SMTP)
    try:
        server = _connect(settings)
    except NotSentError:
        raise
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise NotSentError(Reason.NOT_SENT, _what(error), where=where, got=_answer(error)) from None
    try:
        refused = _introduce(server, mail["From"], to, len(content))
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        raise NotSentError(Reason.NOT_SENT, _what(error), where=where, got=_answer(error)) from None
    except NotSentError:
        server.close()
        raise
    _hand_over(server, content, where)
    return refused


def _connect(settings: Delivery) -> smtplib.SMTP:
    """Reach the server, encrypt the line, and give name and password."""
    user, password = _login(settings)
    context = ssl.create_default_context()
    host, port, timeout = settings.server, settings.port, settings.timeout
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=timeout)
    try:
        server.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if user:
            server.login(user, password)
    except BaseException:
        server.close()
        raise
    return server


def _login(settings: Delivery) -> tuple[str, str]:
    """Return name and password from the environment; "" where there are none."""
    user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
    if bool(user) != bool(password):
        raise NotSentError(
            Reason.NOT_SENT,
            "a name and its password go together",
            expected=f"{USER} and {PASSWORD}",
        )
    if user and settings.security == "none":
        raise NotSentError(
            Reason.NOT_SENT, "a password is not sent over an open line",
            expected='security = "starttls" or "tls"',
        )  # fmt: skip
    return user, password


def _introduce(server: smtplib.SMTP, sender: str, to: Sequence[str], size: int) -> dict[str, str]:
    """Name sender, receivers and size to the server; nothing is sent yet."""
    options = []
    if server.has_extn("size"):
        most = server.esmtp_features["size"]
        if most.isdecimal() and 0 < int(most) < size:
            raise NotSentError(
                Reason.NOT_SENT, "the mail is larger than the server takes", got=f"{size:,} bytes",
                expected=f"at most {int(most):,}",
            )  # fmt: skip
        options = [f"size={size}"]
    code, reply = server.mail(sender, options)
    if code not in TAKEN:
        raise smtplib.SMTPSenderRefused(code, reply, sender)
    refused = {}
    for address in to:
        code, reply = server.rcpt(address)
        if code not in TAKEN:
            refused[address] = _reply(code, reply)
    if len(refused) == len(to):
        got = "; ".join(f"{address}: {answer}" for address, answer in refused.items())
        raise NotSentError(Reason.NOT_SENT, "the server refuses every address", got=got)
    return refused


def _hand_over(server: smtplib.SMTP, content: bytes, where: str) -> None:
    """Send the mail itself; from here on a lost connection leaves it open who has it."""
    try:
        code, reply = server.data(content)
    except smtplib.SMTPDataError as error:
        server.close()
        raise NotSentError(Reason.NOT_SENT, _what(error), where=where, got=_answer(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        raise NotSentError(
            Reason.UNSURE, "the connection was lost while the mail was handed over: nobody knows "
            "whether it arrived", where=where, got=_answer(error),
        ) from None  # fmt: skip
    if code not in TAKEN:
        server.close()
        raise NotSentError(Reason.NOT_SENT, "the server refuses the mail", where=where,
                      got=_reply(code, reply))  # fmt: skip
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):  # it was taken all the same
        server.close()


def _what(error: Exception) -> str:
    """Return in plain words what kind of trouble it is."""
    if "timed out" in str(error):  # which smtplib takes for a line that was closed
        error = TimeoutError()
    kinds = {
        ssl.SSLCertVerificationError: "the certificate of the mail server is not trusted",
        smtplib.SMTPAuthenticationError: f"the mail server refuses {USER} and {PASSWORD}",
        smtplib.SMTPNotSupportedError: "the mail server lacks what is needed (STARTTLS, login)",
        smtplib.SMTPSenderRefused: "the mail server refuses the sender",
        smtplib.SMTPResponseException: "the mail server refuses the mail",
        TimeoutError: "the mail server does not answer in time",
        ssl.SSLError: "no encrypted line to the mail server",
    }
    return next(
        (words for kind, words in kinds.items() if isinstance(error, kind)),
        "the mail server cannot be reached",
    )


def _answer(error: Exception) -> str | None:
    """Return what the server or the system said; of a login nothing but its code."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return str(error.smtp_code)
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return shorten(" ".join(visible(str(error)).split()), 200) or None


def _reply(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return shorten(f"{code} {' '.join(visible(text).split())}", 200)
