"""Who gets personal data beside the shop: found from what is really switched on, with what was agreed with each.

Whoever works with data on the shop's behalf needs a contract (Art. 28 DSGVO, Auftragsverarbeitung); a carrier, a
bank or Stripe answer for what they do themselves. The owner notes the day of each contract, or why none is needed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import moment
from checkout import carriers, rates, trusted
from checkout.payments import PaymentMethod
from checkout.payments.invoice import Invoice
from checkout.payments.transfer import Transfer
from checkout.rates import Kind, ShippingMethod
from shop.profile import Profile
from shop.settings import Settings

STRIPE = "Stripe Payments Europe, Limited, 1 Grand Canal Street Lower, Grand Canal Dock, Dublin, D02 H210, Irland"
_OTHERS = "other-"  # begins the keys of those that only the owner knows of


class ProcessorNote(SQLModel, table=True):
    """What the owner has noted about somebody who gets data (`key`, see `of`), last by `author`.

    `agreed_on`: the day of the contract of Art. 28 DSGVO. `no_contract`: why none is needed, in her words. `label`,
    `gets` and `is_processor` are of those that she has entered herself, whose keys begin with "other-".
    """

    key: str = Field(primary_key=True, max_length=60)
    name: str = Field(default="", max_length=200)
    agreed_on: date | None = None
    no_contract: str = Field(default="", max_length=300)
    label: str = Field(default="", max_length=80)
    gets: str = Field(default="", max_length=300)
    is_processor: bool = True
    noted_at: datetime = moment()
    author: str


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets personal data.

    `key` tells them apart ("host", "mail", "carrier-dhl"). `label` says what they do, `name` who they are ("" while
    the owner has not said). `sentence` is for the privacy policy: what they get and why. `is_processor`: works on our
    behalf, so a contract is due; else they answer for themselves. `agreed_on`, `no_contract`: see ProcessorNote.
    """

    key: str
    label: str
    sentence: str
    is_processor: bool
    name: str = ""
    agreed_on: date | None = None
    no_contract: str = ""

    @property
    def lacks_contract(self) -> bool:
        """Whether the owner must still say when she made the contract, or why she needs none."""
        return self.is_processor and self.agreed_on is None and not self.no_contract

    @property
    def is_own_entry(self) -> bool:
        """Whether the owner has entered it herself, so that she may strike it out."""
        return self.key.startswith(_OTHERS)


def of(
    session: Session, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]
) -> list[Recipient]:
    """Everybody who gets personal data by what is switched on now, and whom the owner has entered herself."""
    notes = {note.key: note for note in session.exec(select(ProcessorNote).order_by(col(ProcessorNote.key))).all()}
    found = [*_found(session, profile, settings, payments), *map(_entered, _own(notes.values()))]
    return [_with_note(each, notes.get(each.key)) for each in found]


def note(
    session: Session, key: str, *, name: str, agreed_on: date | None, no_contract: str, now: datetime, author: str
) -> None:
    """Write down what was agreed with one of them. Flushes."""
    kept = session.get(ProcessorNote, key) or ProcessorNote(key=key, noted_at=now, author=author)
    kept.name, kept.agreed_on, kept.no_contract, kept.noted_at, kept.author = name, agreed_on, no_contract, now, author
    session.add(kept)
    session.flush()


def enter(session: Session, *, label: str, gets: str, is_processor: bool, now: datetime, author: str) -> ProcessorNote:
    """Enter somebody of whom the shop cannot know, such as a tax adviser's portal. Flushes."""
    taken = [int(each.key.removeprefix(_OTHERS)) for each in _own(session.exec(select(ProcessorNote)).all())]
    entered = ProcessorNote(
        key=f"{_OTHERS}{max(taken, default=0) + 1}", label=label, gets=gets, is_processor=is_processor,
        noted_at=now, author=author,
    )  # fmt: skip
    session.add(entered)
    session.flush()
    return entered


def strike_out(session: Session, key: str) -> None:
    """Take away somebody whom the owner has entered herself; others stay. Flushes."""
    entered = session.get(ProcessorNote, key)
    if entered is not None and key.startswith(_OTHERS):
        session.delete(entered)
        session.flush()


def methods_in_use(session: Session, profile: Profile, payments: Mapping[str, PaymentMethod]) -> list[PaymentMethod]:
    """The ways to pay that are set up; a transfer as this very profile has it, which may not be committed yet."""

    def as_set(method: PaymentMethod) -> PaymentMethod:
        return Transfer(lambda: profile.account) if isinstance(method, Transfer | Invoice) else method

    set_up = [method for method in payments.values() if not as_set(method).missing()]
    return [method for method in set_up if method.key != trusted.METHOD or trusted.is_any(session)]


def _found(
    session: Session, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]
) -> Iterable[Recipient]:
    yield Recipient(
        "host", "Server", "Wer für uns den Server betreibt, verarbeitet die Daten in unserem Auftrag (Art. 28 DSGVO).",
        is_processor=True,
    )  # fmt: skip
    if settings.smtp_url:
        host = urlsplit(settings.smtp_url).hostname or ""
        yield Recipient(
            "mail", f"Mailserver {host}",
            f"Unsere E-Mails stellt der Mailserver {host} in unserem Auftrag zu (Art. 28 DSGVO).", is_processor=True,
        )  # fmt: skip
    yield Recipient(
        "backup", "Ablage der Sicherungen",
        "Sicherungskopien liegen dort, wo wir sie verwahren; wer sie für uns verwahrt, handelt in unserem Auftrag "
        "(Art. 28 DSGVO).", is_processor=True,
    )  # fmt: skip
    yield from _carriers(session)
    yield from _banks({method.key for method in methods_in_use(session, profile, payments)})
    yield Recipient(
        "tax", "Steuerberatung und Finanzamt",
        "Steuerberatung und Finanzbehörden erhalten, was die Gesetze zu Buchführung und Steuern verlangen.",
        is_processor=False,
    )  # fmt: skip


def _carriers(session: Session) -> Iterable[Recipient]:
    """Each carrier of the shipping table; one without a name where the table names none."""
    table = rates.load(session)
    names = {rate.name for rate in table.rates}
    keys = {method.carrier for name, method in table.methods.items() if name in names and method.kind != Kind.OWN}
    nameless = any(_is_nameless(table.methods.get(name)) for name in names)
    for key in sorted(keys - {""}):
        carrier = carriers.name_of(key)
        yield Recipient(
            f"carrier-{key}", f"Versand mit {carriers.dative(carrier)}",
            f"{carrier} bekommt Ihren Namen und Ihre Lieferanschrift, um die Sendung zuzustellen.",
            is_processor=False, name=carrier,
        )  # fmt: skip
    if nameless:
        yield Recipient(
            "carrier", "Versandunternehmen",
            "Das Versandunternehmen bekommt Ihren Namen und Ihre Lieferanschrift, um die Sendung zuzustellen.",
            is_processor=False,
        )  # fmt: skip


def _is_nameless(method: ShippingMethod | None) -> bool:
    return method is None or (method.kind != Kind.OWN and not method.carrier)


def _banks(ways_to_pay: set[str]) -> Iterable[Recipient]:
    if ways_to_pay & {"transfer", trusted.METHOD}:
        yield Recipient(
            "bank", "Bank",
            "Wenn Sie überweisen, erfährt unsere Bank Ihren Namen, Ihre Bankverbindung, Betrag und Verwendungszweck.",
            is_processor=False,
        )  # fmt: skip
    if "stripe" in ways_to_pay:
        yield Recipient(
            "stripe", "Stripe (Online-Bezahlung)",
            "Wenn Sie online bezahlen, bekommt Stripe die unten genannten Angaben.", is_processor=False, name=STRIPE,
        )  # fmt: skip


def _own(notes: Iterable[ProcessorNote]) -> list[ProcessorNote]:
    return [note for note in notes if note.key.startswith(_OTHERS)]


def _entered(note: ProcessorNote) -> Recipient:
    return Recipient(note.key, note.label, f"{note.label}: {note.gets}", note.is_processor)


def _with_note(found: Recipient, noted: ProcessorNote | None) -> Recipient:
    if noted is None:
        return found
    return Recipient(
        found.key, found.label, found.sentence, found.is_processor, noted.name or found.name, noted.agreed_on,
        noted.no_contract,
    )  # fmt: skip
