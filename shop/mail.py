"""Delivering the letters owed: by SMTP, or into data/mail while no mail server is set.

No transaction is open while the mail server is spoken to. A letter is claimed (committed), offered to the
server, marked as being handed over (committed) just before the server gets it for good, and noted as sent
(committed). If the machine or the line dies between the last two, the letter may or may not have gone out:
it is in doubt, is shown to the owner, and never goes out a second time by itself (see shop/smtp.py).
"""

import logging
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from flask import Flask

from catalog.refusals import Refusal
from checkout import outbox
from checkout.outbox import OWNER, Letter
from shop import invoice_files, letters, profile, smtp, themes
from shop.context import Shop
from shop.letter_facts import Attachment
from shop.letters import Draft, Written
from shop.profile import Profile
from shop.settings import Settings
from shop.smtp import AnswerLost, LetterRefused, NotOurs, ServerAway

log = logging.getLogger("dorfladen.mail")

_AT_ONCE = 100


class NoAddress(Refusal):
    """The shop has not said yet from where, or to whom, its letters go."""


def deliver_due(app: Flask) -> int:
    """Deliver what is due, one letter at a time, and give how many went out. Stops when the server is away."""
    shop: Shop = app.extensions["dorfladen"]
    delivered = 0
    for _ in range(_AT_ONCE):
        letter = _claim_one(shop)
        if letter is None:
            break
        try:
            delivered += deliver(app, letter)
        except ServerAway:
            break
    return delivered


def deliver(app: Flask, letter: Letter) -> bool:
    """Deliver a letter that was claimed, say whether it went out, and note what became of it.

    Raises ServerAway, noted as well, if there is no use in trying others now.
    """
    shop: Shop = app.extensions["dorfladen"]
    try:
        return _deliver(app, shop, letter)
    except AnswerLost as error:
        _note_doubt(shop, letter, str(error))
        raise ServerAway(str(error)) from error
    except ServerAway as error:
        _note_failure(shop, letter, str(error))
        raise
    except LetterRefused as error:
        _note_failure(shop, letter, str(error), is_final=error.is_final)
    except NoAddress as error:
        _note_failure(shop, letter, str(error))
    except NotOurs:
        log.warning("letter %s (%s) is no more for this worker to decide", letter.id, letter.kind)
    except Exception as error:  # a letter that cannot be written must not hold up the others
        log.exception("letter %s (%s) cannot be written", letter.id, letter.kind)
        _note_failure(shop, letter, f"Der Brief lässt sich nicht schreiben: {type(error).__name__}: {error}")
    return False


def write_message(
    app: Flask, settings: Settings, owner: Profile, letter: Letter, draft: Draft, now: datetime
) -> EmailMessage:
    """A letter as it goes out. Raises NoAddress where sender or recipient are missing or no addresses."""
    sender = _address(settings.mail_from or owner.email, owner.shop_name, "des Absenders")
    recipient = _address(owner.email if letter.recipient == OWNER else letter.recipient, "", "des Empfängers")
    written = letters.write(app.jinja_env, draft)
    message = EmailMessage(policy=SMTP)  # this policy refuses line ends in headers and encodes umlauts
    message["Subject"] = written.subject
    message["From"] = sender
    message["To"] = recipient
    answer_to = _answer_to(letter, draft, owner)
    if answer_to and answer_to != sender.addr_spec:
        with suppress(NoAddress):  # what a shopper has typed must not hold up the letter to the owner
            message["Reply-To"] = _address(answer_to, "", "für Antworten")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    for name, value in draft.headers.items():
        message[name] = value
    _write_body(message, written)
    for each in draft.attachments:
        message.add_attachment(each.content, *each.mimetype.split("/"), filename=each.file_name)
    return message


def _claim_one(shop: Shop) -> Letter | None:
    """Take the next letter that is due; looks first without writing, as mostly there is none."""
    now = shop.clock()
    with shop.database.reading() as session:
        if not outbox.is_any_due(session, now):
            return None
    with shop.database.writing() as session:
        claimed = outbox.claim(session, now, limit=1)
    return claimed[0] if claimed else None


def _deliver(app: Flask, shop: Shop, letter: Letter) -> bool:
    now = shop.clock()
    with shop.database.reading() as session:
        owner = profile.load(session)
        folders = themes.chain(shop.settings.themes, shop.settings.theme)
        draft = letters.compose(
            session,
            letter.kind,
            letter.reason,
            url=shop.settings.url,
            payments=shop.payments,
            themes=folders,
            artwork=shop.settings.artwork,
            print_invoice=lambda invoice_id: invoice_file(shop, invoice_id),
        )
        message = write_message(app, shop.settings, owner, letter, draft, now)
    assert letter.id is not None
    body = message.get_body(("plain",))
    note = {"subject": str(message["Subject"]), "body": body.get_content() if body else ""}
    if shop.settings.smtp_url:
        with smtp.connected(shop.settings.smtp_url, message["From"].addresses[0].domain) as server:
            smtp.hand_over(server, message, lambda: _mark(shop, letter, note))
            _note_taken(shop, letter.id, note, now)
    else:
        _put_down(shop.settings.mail, letter, message)
        _note_sent(shop, letter.id, note, now)
    log.info("letter %s (%s) went out", letter.id, letter.kind)
    return True


def invoice_file(shop: Shop, invoice_id: int) -> Attachment:
    """An invoice as the file that is kept of it; printed now if nobody has needed it yet."""
    paper = invoice_files.get(shop, invoice_id, "pdf")
    return Attachment(paper.file_name, paper.mimetype, paper.content)


def _mark(shop: Shop, letter: Letter, note: dict[str, str]) -> bool:
    """Note, for good, that the mail server gets the letter now."""
    with shop.database.writing() as session:
        return outbox.hand_over(session, letter, subject=note["subject"], body=note["body"], now=shop.clock())


def _note_taken(shop: Shop, letter_id: int, note: dict[str, str], now: datetime) -> None:
    """Note that the mail server has taken a letter; where that cannot be written (full disk), it stays marked."""
    try:
        _note_sent(shop, letter_id, note, now)
    except Exception as error:  # as a failure it would be sent a second time
        log.exception("letter %s went out, but that cannot be noted", letter_id)
        raise NotOurs from error


def _note_sent(shop: Shop, letter_id: int, note: dict[str, str], now: datetime) -> None:
    with shop.database.writing() as session:
        outbox.sent(session, letter_id, subject=note["subject"], body=note["body"], now=now)


def _note_failure(shop: Shop, letter: Letter, error: str, *, is_final: bool = False) -> None:
    log.warning("letter %s (%s), try %s: %s", letter.id, letter.kind, letter.tries, error)
    with shop.database.writing() as session:
        outbox.failed(session, letter, error[:300], shop.clock(), is_final=is_final)


def _note_doubt(shop: Shop, letter: Letter, error: str) -> None:
    log.warning("letter %s (%s) may or may not have gone out: %s", letter.id, letter.kind, error)
    assert letter.id is not None
    with shop.database.writing() as session:
        outbox.doubt(session, letter.id, error[:300], shop.clock())


def _address(text: str, name: str, whose: str) -> Address:
    if not text:
        raise NoAddress(f"Die E-Mail-Adresse {whose} fehlt. Bitte tragen Sie Ihre Adresse im Profil des Ladens ein.")
    try:
        user, at, domain = text.rpartition("@")
        spelled = domain if domain.isascii() else domain.encode("idna").decode()  # every server understands that
        return Address(display_name=" ".join(name.split()), addr_spec=user + at + spelled)
    except (ValueError, IndexError) as error:
        raise NoAddress(f"„{text}“ ist keine E-Mail-Adresse ({whose}).") from error


def _answer_to(letter: Letter, draft: Draft, owner: Profile) -> str:
    """Whom an answer reaches: the shopper where the letter goes to the owner, else the owner."""
    if letter.recipient != OWNER:
        return owner.email
    about = draft.context.get("withdrawal") or draft.context.get("order")
    return str(about.email) if about else ""


def _write_body(message: EmailMessage, written: Written) -> None:
    """The text, and beside it the same as HTML, to which its pictures belong."""
    message.set_content(written.text, cte="quoted-printable")
    message.add_alternative(written.html, subtype="html", cte="quoted-printable")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    for picture in written.pictures:
        html.add_related(
            picture.content,
            "image",
            picture.subtype,
            cid=f"<{picture.cid}>",
            disposition="inline",
            filename=picture.file_name,
        )


def is_only_filed(folder: Path, letter: Letter) -> bool:
    """Whether a letter was put into the mail folder because there was no mail server to take it."""
    return letter.sent_at is not None and _file_of(folder, letter).exists()


def _put_down(folder: Path, letter: Letter, message: EmailMessage) -> None:
    """Write the letter as a file that mail programs open; a second try overwrites the first."""
    folder.mkdir(exist_ok=True, mode=0o700)
    file = _file_of(folder, letter)
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(bytes(message))
    unfinished.replace(file)


def _file_of(folder: Path, letter: Letter) -> Path:
    return folder / f"{letter.id:06}-{letter.kind}.eml"
