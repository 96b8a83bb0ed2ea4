"""A mail server on this machine that keeps what it takes, and fails on purpose."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

PASSWORD = "correct horse"  # noqa: S105


class Keeper:
    """Takes mails; ``refuses`` are addresses, ``after_data`` is "lost", "slow" or an answer."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refuses: set[str] = set()
        self.refuses_sender = False
        self.after_data = ""
        self.silent = False
        self.talks = 0

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.talks += 1
        if self.silent:
            await asyncio.sleep(1)
        if self.refuses_sender:
            return "550 who are you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.after_data[:1].isdigit():
            return self.after_data
        mail = message_from_bytes(envelope.content, policy=default)
        self.taken.append((list(envelope.rcpt_tos), mail))  # type: ignore[arg-type]
        if self.after_data == "lost":
            server.transport.abort()
        if self.after_data == "slow":
            await asyncio.sleep(0.2)
        return "250 OK"

    def to(self, address: str) -> int:
        """Return how many mails an address got."""
        return sum(address in receivers for receivers, _ in self.taken)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@contextmanager
def mail_server(keeper: Keeper, **options: Any) -> Iterator[int]:
    """Run a server; yield its port. With a ``tls_context`` it asks for name and password."""
    if "tls_context" in options:

        def authenticate(*given: Any) -> AuthResult:
            return AuthResult(success=given[4].password == PASSWORD.encode(), handled=False)

        options |= {"authenticator": authenticate, "auth_required": True, "require_starttls": True}
    server = Controller(keeper, hostname="127.0.0.1", port=free_port(), ident="test", **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()
