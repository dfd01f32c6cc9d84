"""The bank: statements are uploaded, what is certain is booked, the rest is decided here."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select
from stdnum import iban as ibans

from catalog.refusals import Refusal
from checkout.bank import bookings, deadlines, deciding, importing, matching, reading
from checkout.bank.bookings import BankBooking, Standing
from checkout.bank.statement import NotAStatement, Read, Statement
from checkout.orders import STATE_NAMES, Order
from checkout.refunds import Refund
from shop import profile
from shop.backoffice.notes import say, warn
from shop.backoffice.order_list import Show, listed
from shop.backoffice.typed import whole_number
from shop.context import now, session, the_shop
from shop.personal import archive

blueprint = Blueprint("bank", __name__, url_prefix="/bank")

STANDINGS = {
    Standing.BOOKED: "gebucht",
    Standing.NOT_OURS: "gehört nicht dazu",
    Standing.TO_RETURN: "zurückzuzahlen",
    Standing.RETURNED: "zurückgezahlt",
    Standing.SETTLED: "erledigt",
    Standing.DOUBLE: "doppelt",
}
_REOPENED = (Standing.NOT_OURS, Standing.TO_RETURN, Standing.SETTLED)
_NAME = re.compile(r"[0-9a-f]{32}")
_KEPT = timedelta(days=1)
_MOST_FILES = 50
_SHOWN = 25


@dataclass(frozen=True)
class Question:
    """A booking about which a person decides, with why and the orders that it may mean.

    `bounced` is the shop's own refund that it seems to bring back.
    """

    booking: BankBooking
    reason: str
    likely: tuple[Order, ...]
    bounced: Refund | None = None


@dataclass
class Sums:
    """What came of the files of one upload."""

    paid: int = 0
    open: int = 0
    sent: int = 0
    known: int = 0

    def add(self, outcome: importing.Outcome) -> None:
        """Add what came of one statement."""
        self.paid += len(outcome.paid)
        self.open += len(outcome.open)
        self.sent += len(outcome.sent)
        self.known += outcome.known

    @property
    def sentence(self) -> str:
        """What the owner reads after an upload."""
        parts = [f"{_count(self.paid, 'Zahlung', 'Zahlungen')} gebucht" if self.paid else "Keine neue Zahlung gebucht"]
        if self.sent:
            parts.append(f"{_count(self.sent, 'Rückzahlung', 'Rückzahlungen')} erkannt")
        if self.open:
            parts.append(f"{_count(self.open, 'Frage', 'Fragen')} an Sie")
        if self.known:
            parts.append(f"{self.known} waren schon da" if self.known > 1 else "1 war schon da")
        return f"Eingelesen: {', '.join(parts)}."


@blueprint.get("")
def index() -> Any:
    """Upload, the open questions, what was booked lately."""
    return _page()


@blueprint.post("")
def upload() -> Any:
    """Take in the uploaded files; one whose account is not the shop's is kept and asked about."""
    files = [file for file in request.files.getlist("dateien") if file.filename]
    session().commit()  # signing in was read: reading files takes a while, and others may write meanwhile
    if not files or len(files) > _MOST_FILES:
        return _page(
            "Bitte wählen Sie eine Datei aus." if not files else f"Bitte höchstens {_MOST_FILES} auf einmal."
        ), 422
    sums, refused, asked = Sums(), [], ""
    for file in files:
        content = file.stream.read(reading.MOST_BYTES + 1)
        name = (file.filename or "")[:120]
        try:
            read = reading.read(content)
            if _foreign(read):
                asked = asked or _keep(name, content)
                continue
            _take_in(read, name, content, sums)
            refused += [f"{name}, {each}" for each in read.refused]
        except NotAStatement as refusal:
            refused.append(f"{name}: {refusal.sentence}")
    for sentence in refused:
        warn(sentence)
    if len(refused) < len(files) and not (asked and not sums.paid and not sums.open and not sums.known):
        say(sums.sentence)
    return redirect(url_for(".ask", name=asked) if asked else url_for(".index"), 303)


@blueprint.get("/datei/<name>")
def ask(name: str) -> Any:
    """Ask whether a file with another account, or none, is the shop's."""
    file, read = _kept(name)
    return render_template(
        "backoffice/bank_account.html",
        name=name,
        file_name=file.name.partition("-")[2],
        statements=_foreign(read),
        iban=profile.load(session()).iban,
    )


@blueprint.post("/datei/<name>")
def take_in_kept(name: str) -> Any:
    """Take in a file whose account the owner has confirmed."""
    session().commit()
    file, read = _kept(name)
    sums = Sums()
    _take_in(read, file.name.partition("-")[2], file.read_bytes(), sums)
    file.unlink(missing_ok=True)
    say(sums.sentence)
    return redirect(url_for(".index"), 303)


@blueprint.post("/datei/<name>/verworfen")
def discard(name: str) -> Any:
    """Throw away a file that is not the shop's."""
    _kept(name)[0].unlink(missing_ok=True)
    say("Verworfen. Es wurde nichts eingelesen.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/nachgesehen")
def looked_myself() -> Any:
    """Note that the owner has looked into her account without a file."""
    file = bookings.looked_myself(session(), now=now(), author=g.account.name)
    session().commit()
    say(f"Vermerkt: Bis {file.covers_until:%d.%m.%Y} ist alles eingetragen." if file.covers_until else "Vermerkt.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:booking_id>")
def show(booking_id: int) -> Any:
    """One booking, and the search for its order."""
    booking = _booking(booking_id)
    wanted = request.args.get("q", "").strip()[:100]
    found = listed(session(), wanted, Show.ALL, 1).orders[:20] if wanted else []
    return render_template(
        "backoffice/bank_booking.html",
        question=_question(booking),
        q=wanted,
        found=found,
        states=STATE_NAMES,
        standings=STANDINGS,
    )


@blueprint.post("/<int:booking_id>/zuordnung")
def assign(booking_id: int) -> Any:
    """Let a credit pay an order."""
    order = session().get(Order, whole_number(request.form.get("bestellung", "")) or 0) or abort(404)
    return _decide(
        booking_id,
        lambda row: deciding.assign(session(), row, order, now=now(), author=g.account.name),
        f"Gebucht auf Bestellung {order.number} ({order.name}).",
    )


@blueprint.post("/<int:booking_id>/fremd")
def not_ours(booking_id: int) -> Any:
    """Say that a booking has nothing to do with orders."""
    return _decide(
        booking_id,
        lambda row: deciding.not_ours(session(), row, now=now(), author=g.account.name),
        "Vermerkt: gehört nicht zu Bestellungen.",
    )


@blueprint.post("/<int:booking_id>/rueckzahlung")
def pay_back(booking_id: int) -> Any:
    """Put a credit onto the list of what is to be paid back."""
    return _decide(
        booking_id,
        lambda row: deciding.pay_back(session(), row, now=now(), author=g.account.name),
        "Steht jetzt unter „Zurückzuzahlen“.",
    )


@blueprint.post("/<int:booking_id>/gesehen")
def seen(booking_id: int) -> Any:
    """Say that money that went out or came back has been looked into."""
    return _decide(booking_id, lambda row: deciding.seen(session(), row, now=now(), author=g.account.name), "Erledigt.")


@blueprint.post("/<int:booking_id>/geplatzt")
def bounced(booking_id: int) -> Any:
    """Say that a credit is the shop's own refund, which has come back."""

    def rule(row: BankBooking) -> bool:
        refund = _question(row).bounced or abort(404)
        return deciding.bounced(session(), row, refund, now=now(), author=g.account.name)

    return _decide(booking_id, rule, "Vermerkt: Die Rückzahlung ist gescheitert und steht bei der Bestellung.")


@blueprint.post("/<int:booking_id>/offen")
def reopen(booking_id: int) -> Any:
    """Take a decision back that has booked nothing."""
    return _decide(
        booking_id,
        lambda row: deciding.reopen(session(), row, now=now(), author=g.account.name),
        "Zurückgenommen: Die Buchung steht wieder bei den Fragen.",
    )


def _decide(booking_id: int, rule: Callable[[BankBooking], bool], done: str) -> Any:
    """Decide about a booking; the same click again says the same."""
    try:
        rule(_booking(booking_id))
    except Refusal as refusal:
        session().rollback()
        warn(refusal.sentence)
        return redirect(url_for(".index"), 303)
    session().commit()
    say(done)
    return redirect(url_for(".index"), 303)


def _take_in(read: Read, name: str, content: bytes, sums: Sums) -> None:
    """Take in each statement; its transactions are its own, so this request's is ended before."""
    session().commit()
    for position, statement in enumerate(read.statements):
        digest = importing.digest_of(content, position)
        sums.add(
            importing.take_in(
                the_shop().database, statement, name=name, digest=digest, now=now(), author=g.account.name
            )
        )


def _foreign(read: Read) -> list[Statement]:
    """The statements of accounts that are not known to be the shop's."""
    return importing.foreign(session(), read.statements, profile.load(session()).iban)


def _keep(name: str, content: bytes) -> str:
    """Keep a file for a day, until the owner has answered; give its random name."""
    folder = the_shop().settings.data / "bank"
    folder.mkdir(exist_ok=True, mode=0o700)
    for old in folder.iterdir():
        if old.stat().st_mtime < (now() - _KEPT).timestamp():
            old.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    plain = re.sub(r"[^\w.-]", "_", name)[-60:] or "auszug"
    (folder / f"{token}-{plain}").write_bytes(content)
    return token


def _kept(name: str) -> tuple[Path, Read]:
    """The kept file of a random name; 404 for everything else, so that no path can be smuggled in."""
    folder = the_shop().settings.data / "bank"
    files = sorted(folder.glob(f"{name}-*")) if _NAME.fullmatch(name) else []
    if not files:
        abort(404)
    return files[0], reading.read(files[0].read_bytes())


def _booking(booking_id: int) -> BankBooking:
    return session().get(BankBooking, booking_id) or abort(404)


def _question(booking: BankBooking, pool: matching.Pool | None = None) -> Question:
    """What is found out today about a booking: orders have moved on since it was taken in."""
    if not booking.is_credit:
        return Question(booking, booking.reason, tuple(matching.named_in(session(), booking.written)))
    finding = matching.find(session(), booking, now=now(), pool=pool)
    return Question(
        booking,
        finding.reason or "Inzwischen passt alles: Bitte ordnen Sie sie zu.",
        finding.pays or finding.likely,
        matching.bounced_refund(session(), booking, finding.likely),
    )


def _page(problem: str = "") -> str:
    pool = matching.Pool(session(), now())
    known = bookings.periods(session())
    due = deadlines.due(session(), profile.load(session()).transfer_terms, now=now())
    return render_template(
        "backoffice/bank.html",
        problem=problem,
        questions=[_question(each, pool) for each in bookings.open_ones(session())[:_SHOWN]],
        how_many=bookings.how_many_open(session()),
        lately=_lately(),
        files=bookings.last_files(session(), 5),
        covered_until=bookings.covered_until(session()),
        waiting=due.waiting_for_statement,
        missing=sorted({day for order in due.waiting_for_statement for day in deadlines.missing_days(order, known)}),
        standings=STANDINGS,
        reopened=_REOPENED,
        states=STATE_NAMES,
        own=ibans.format(profile.load(session()).iban),
    )


def _lately() -> Sequence[BankBooking]:
    decided = select(BankBooking).where(col(BankBooking.state).in_([each.value for each in STANDINGS]))
    decided = decided.where(BankBooking.state != Standing.DOUBLE.value, archive.is_in_sight(BankBooking))
    return session().exec(decided.order_by(col(BankBooking.decided_at).desc(), col(BankBooking.id)).limit(_SHOWN)).all()


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
