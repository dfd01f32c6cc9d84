"""The receipt of a withdrawal to keep (§ 356a Abs. 4 BGB): what was declared, and when; as PDF. It promises nothing."""

import re
from collections.abc import Sequence
from pathlib import Path

from checkout import wordings
from checkout.returns import WHOLE, Withdrawal
from shop.formats import german_time, offset
from shop.papers import text
from shop.profile import Profile

TITLE = "Eingangsbestätigung: Widerruf"
FILE_NAME = "widerruf.pdf"


def facts(withdrawal: Withdrawal) -> list[tuple[str, str]]:
    """What was received, as (word, value); the time with its distance from UTC, as an hour comes twice in autumn."""
    received = f"{german_time(withdrawal.received_at)} (Zeitzone Europe/Berlin, {offset(withdrawal.received_at)})"
    return [
        ("Eingang", received),
        ("Inhalt", wordings.WITHDRAWAL),
        ("Name", withdrawal.name),
        *([("E-Mail-Adresse", withdrawal.email)] if withdrawal.email else []),
        ("Bestellung", withdrawal.which_order),
        ("Umfang", withdrawal.extent or WHOLE),
    ]


def pdf(withdrawal: Withdrawal, *, owner: Profile, themes: Sequence[Path]) -> bytes:
    """The receipt on the shop's letterhead; `themes` are the theme's folders, itself first."""
    lines = [f"**{word}:** {_as_written(value)}" for word, value in facts(withdrawal)]
    body = "\n\n".join(["Diese Erklärung ist bei uns eingegangen.", *lines])
    return text.write(TITLE, body, owner=owner, themes=themes, made_at=withdrawal.received_at)


def _as_written(value: str) -> str:
    """Text as Markdown that shows it letter by letter and line by line."""
    escaped = re.sub(r"([\\`*_\[\]<>|#&~!-])", r"\\\1", value.strip())
    return re.sub(r"\n+", "\\\\\n", escaped.replace("\r", ""))
