"""A real mail server that counts how often each letter arrives."""

import socket
from collections import Counter
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Start with `with Mailbox() as mailbox:`; the shop's mail server is `mailbox.url`."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()  # by the part of the Message-ID before the domain
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "Mailbox":
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        """For the shop's settings."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter in."""
        content = envelope.content
        assert isinstance(content, bytes)
        message_id = str(message_from_bytes(content)["Message-ID"]).strip()
        self.arrived[message_id.strip("<>").partition("@")[0]] += 1
        return "250 angenommen"
