"""The papers of data protection, written from what the shop really is: record, measures, a breach's note."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session, col, func, select

from catalog.search import misses
from catalog.times import german_day
from checkout import trusted
from checkout.orders import Order
from checkout.payments import inbox
from shop import accounts, backup, legal, processors, profile, restore_tests, throttle
from shop.accounts import Account
from shop.context import Shop
from shop.formats import german_date, german_time
from shop.newsletter import issues
from shop.personal import activities
from shop.profile import Profile

BREACH_WITHIN = timedelta(hours=72)  # Art. 33 Abs. 1 DSGVO
TITLES = {
    "verzeichnis": "Verzeichnis der Verarbeitungen (Art. 30 DSGVO)",
    "massnahmen": "Technische und organisatorische Maßnahmen (Art. 32 DSGVO)",
    "datenpanne": "Datenpanne: was jetzt zu tun ist (Art. 33, 34 DSGVO)",
}


@dataclass(frozen=True)
class Breach:
    """A breach that the owner has learned of at a moment; `report_until` is 72 hours later."""

    known_at: datetime

    @property
    def report_until(self) -> datetime:
        """The last moment to tell the authority; hours, not days: the clock does not stop at night."""
        return self.known_at + BREACH_WITHIN


def write(session: Session, name: str, shop: Shop, breach: Breach | None = None) -> str:
    """A paper in Markdown; `name` is one of TITLES."""
    owner = profile.load(session)
    facts = {"trader": legal.contact(owner), "today": german_date(german_day(shop.clock()))}
    return _texts().get_template(f"{name}.md").render(facts | _FACTS[name](session, owner, shop, breach)).strip() + "\n"


def _record(session: Session, owner: Profile, shop: Shop, breach: Breach | None) -> dict[str, Any]:
    recipients = processors.of(session, owner, shop.settings, shop.payments)
    done = activities.of(recipients, has_newsletter=issues.is_on(session), buys_by_invoice=trusted.is_any(session))
    return {"activities": done, "recipients": recipients}


def _measures(session: Session, owner: Profile, shop: Shop, breach: Breach | None) -> dict[str, Any]:
    newest = backup.newest(shop.settings)
    tested = restore_tests.last_good(session)
    return {
        "accounts": session.exec(select(func.count(col(Account.id)))).one(),
        "shortest_password": accounts.SHORTEST_PASSWORD,
        "is_folder_closed": not shop.settings.data.stat().st_mode & 0o007,
        "is_secure": shop.settings.is_secure,
        "mails": _mails(shop.settings.smtp_url),
        "throttle_hours": int(throttle.KEPT_FOR.total_seconds() // 3600),
        "cart_days": legal.CART_DAYS,
        "search_days": misses.KEPT_FOR.days,
        "notice_days": inbox.KEPT_HERE.days,
        "has_backup": newest is not None,
        "backup_on": german_date(datetime.fromtimestamp(newest.stat().st_mtime, tz=UTC)) if newest else "",
        "kept_backups": backup.KEPT,
        "restore_tested_on": german_date(tested.tested_at) if tested else "",
    }


def _breach(session: Session, owner: Profile, shop: Shop, breach: Breach | None) -> dict[str, Any]:
    return {
        "known_at": german_time(breach.known_at) if breach else "",
        "deadline": german_time(breach.report_until) if breach else "",
        "orders": session.exec(select(func.count(col(Order.id)))).one(),
        "contact": legal.contact(owner),
    }


_FACTS: dict[str, Callable[[Session, Profile, Shop, Breach | None], dict[str, Any]]] = {
    "verzeichnis": _record,
    "massnahmen": _measures,
    "datenpanne": _breach,
}


def _mails(smtp_url: str) -> str:
    """How letters reach the mail server; see shop/smtp.py, which takes STARTTLS wherever it is offered."""
    if not smtp_url:
        return "gehen noch nicht hinaus (offen)"
    always = "gehen verschlüsselt an den Mailserver"
    return always if urlsplit(smtp_url).scheme == "smtps" else f"{always}, wenn er es anbietet"


@lru_cache(maxsize=1)
def _texts() -> Environment:
    written = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "privacy_texts"),
        autoescape=False,  # noqa: S701  (Markdown, not HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    written.filters["german_date"] = german_date
    return written
