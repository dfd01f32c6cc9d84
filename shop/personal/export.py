"""Everything about a person, to be handed out: as JSON (Art. 20 DSGVO) and in words (Art. 15 DSGVO)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from catalog.money import format_cents
from checkout.orders import STATE_NAMES, Order, State
from shop import letters
from shop.formats import german_date, german_time
from shop.newsletter.subscriptions import Subscription
from shop.personal import holdings, words
from shop.personal.holdings import Held
from shop.personal.identity import Person
from shop.processors import Recipient

FORMAT = "dorfladen-person/1"


@dataclass(frozen=True)
class Found:
    """What is held of a person under one heading."""

    held: Held
    rows: list[dict[str, Any]]  # by column, as the database gives them; without what tells nothing about her


def collect(session: Session, person: Person) -> list[Found]:
    """All that the shop holds about a person, in the order in which people read it: orders first."""
    found = [Found(held, [_told(row) for row in held.rows(session, person)]) for held in reversed(holdings.ALL)]
    return [each for each in found if each.rows]


def counts(found: Iterable[Found]) -> dict[str, int]:
    """How many rows there are of each table."""
    totals: dict[str, int] = {}
    for each in found:
        name = str(each.held.table.__tablename__)
        totals[name] = totals.get(name, 0) + len(each.rows)
    return totals


def as_json(person: Person, found: Iterable[Found], *, shop_name: str, made_at: datetime) -> str:
    """For machines: {"format", "shop", "asked_for", "made_at", "parts": [{"table", "heading", "rows"}]}.

    Amounts are whole cents, moments ISO 8601 in UTC.
    """
    parts = [
        {"table": str(each.held.table.__tablename__), "heading": each.held.heading, "rows": each.rows} for each in found
    ]
    told = {
        "format": FORMAT,
        "shop": shop_name,
        "asked_for": person.asked_for,
        "made_at": made_at,
        "parts": parts,
    }
    return json.dumps(told, ensure_ascii=False, indent=1, default=_for_machines)


def as_markdown(found: Iterable[Found], recipients: Iterable[Recipient], *, made_at: datetime) -> str:
    """For people: why and for how long, who else has got it, which rights there are, then all that is held."""
    told = list(found)
    parts = [
        f"Stand: {german_time(made_at)}",
        _INTRODUCTION,
        "## Wer Daten bekommt",
        "\n".join(f"- {_escaped(each.sentence)}" for each in recipients),
        "## Ihre Rechte",
        _RIGHTS,
        *(part for each in told for part in _section(each)),
    ]
    return "\n\n".join(parts) + "\n"


def listed(found: Iterable[Found]) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    """For a page: each heading with its rows, a row as pairs of label and words; what is empty is left out."""
    return [(each.held.heading, [_said(each.held, row) for row in each.rows]) for each in found]


_INTRODUCTION = (
    "Das ist alles, was wir über Sie gespeichert haben. Wir haben es von Ihnen selbst oder beim Bearbeiten Ihrer "
    "Bestellungen erhalten. Wir brauchen es, um sie zu erfüllen (Art. 6 Abs. 1 Buchst. b DSGVO), und weil das Gesetz "
    "uns zum Aufbewahren verpflichtet (Buchst. c). Rechnungen und Buchungsbelege bewahren wir acht Jahre auf, "
    "Handelsbriefe sechs, Nachweise drei, jeweils ab dem Ende des Kalenderjahres."
)
_RIGHTS = (
    "Sie können verlangen, dass wir Ihre Daten berichtigen, löschen oder sperren, und Sie können widersprechen, soweit "
    "wir uns auf berechtigte Interessen stützen (Art. 16 bis 21 DSGVO). Bei der Aufsichtsbehörde Ihres Bundeslandes "
    "können Sie sich beschweren (Art. 77). Automatisierte Entscheidungen und Profile gibt es bei uns nicht."
)


def _told(row: Any) -> dict[str, Any]:
    """The columns of a row that say something about her."""
    told = {name: getattr(row, name) for name in _columns(row) if name not in words.SILENT}
    if isinstance(row, Subscription):
        told["consent"] = row.consent
    return told


def _columns(row: Any) -> list[str]:
    return [column.name for column in row.__table__.columns]


def _section(found: Found) -> list[str]:
    kept = found.held.kept
    time = f"{kept.years} Jahre ab Ende des Kalenderjahres ({kept.law})" if kept else "bis es seinen Zweck erfüllt hat"
    rows = ["\n".join(_lines(found.held, row)) for row in found.rows]
    return [f"## {found.held.heading}", f"Aufbewahrt: {_escaped(time)}.", *rows]


def _lines(held: Held, row: dict[str, Any]) -> list[str]:
    """A row as a list: "- bestellt am: 22.11.2026, 11:00 Uhr"."""
    return [f"- {label}: {_escaped(value)}" for label, value in _said(held, row)]


def _said(held: Held, row: dict[str, Any]) -> list[tuple[str, str]]:
    said = [(words.LABELS[name], _in_words(held, name, value)) for name, value in row.items()]
    return [(label, value) for label, value in said if value]


def _in_words(held: Held, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        return german_time(value)
    if isinstance(value, date):
        return german_date(value)
    if name == "cents" or name.endswith("_cents"):
        return format_cents(value)
    if name.endswith("permille"):
        return f"{value / 10:g} %".replace(".", ",")
    if isinstance(value, list | dict) or str(value).startswith("{"):
        return "siehe die JSON-Datei" if value else ""
    return _named(held, name, str(value))


def _named(held: Held, name: str, value: str) -> str:
    """The program's own words in German."""
    if held.table is Order and name == "state":
        return STATE_NAMES[State(value)]
    if name == "kind":
        return letters.labels().get(value, STATE_NAMES.get(State(value), value) if value in list(State) else value)
    return _WORDS.get(value, value) if name in ("state", "source", "ended_by", "outcome") else value


_WORDS = {
    "open": "offen", "paid": "bezahlt", "expired": "abgelaufen", "failed": "fehlgeschlagen", "processing": "unterwegs",
    "owed": "noch offen", "sent": "unterwegs", "settled": "erledigt", "booked": "gebucht", "returned": "zurückgegeben",
    "to_return": "geht zurück", "not_ours": "gehört zu keiner Bestellung", "newsletter": "Newsletter",
    "order": "Bestellung", "link": "Link im Newsletter", "one-click": "Knopf im Mailprogramm", "owner": "uns",
    "erased": "Löschung", "won": "gewonnen", "lost": "verloren",
}  # fmt: skip


def _escaped(text: str) -> str:
    """As Markdown that shows it letter by letter, within one line."""
    plain = "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in text)
    return " / ".join(line.strip() for line in plain.splitlines() if line.strip())


def _for_machines(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
