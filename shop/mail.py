"""Delivering the letters owed: by SMTP, or into data/mail while no mail server is set.

No transaction is open while the mail server is spoken to. A letter is claimed (committed), handed
over, and noted as sent (committed). If the machine dies between the server's "accepted" and that last
commit, the letter goes out a second time, with the same Message-ID; SMTP offers no way to avoid this.
So nothing stands between the two, not even the goodbye to the server.
"""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask

from catalog.refusals import Refusal
from checkout import outbox
from checkout.outbox import OWNER, Letter
from shop import letters, profile
from shop.context import Shop
from shop.letters import Draft, Written
from shop.profile import Profile
from shop.settings import Settings

log = logging.getLogger("dorfladen.mail")

TIMEOUT_S = 20  # for each answer of the mail server
_AT_ONCE = 100
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class NoAddress(Refusal):
    """The shop has not said yet from where, or to whom, its letters go."""


class ServerAway(Exception):
    """The mail server cannot be reached or spoken to, so further letters need not be tried now."""


class LetterRefused(Exception):
    """The mail server does not take this letter."""


def deliver_due(app: Flask) -> int:
    """Deliver what is due, one letter at a time, and give how many went out. Stops when the server is away."""
    shop: Shop = app.extensions["dorfladen"]
    delivered = 0
    for _ in range(_AT_ONCE):
        letter = _claim_one(shop)
        if letter is None:
            break
        try:
            _deliver(app, shop, letter)
            delivered += 1
        except ServerAway as error:
            _note_failure(shop, letter, str(error))
            break
        except (LetterRefused, NoAddress) as error:
            _note_failure(shop, letter, str(error))
        except Exception as error:  # a letter that cannot be written must not hold up the others
            log.exception("letter %s (%s) cannot be written", letter.id, letter.kind)
            _note_failure(shop, letter, f"Der Brief lässt sich nicht schreiben: {type(error).__name__}: {error}")
    return delivered


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
        message["Reply-To"] = _address(answer_to, "", "für Antworten")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    _write_body(message, written)
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


def _deliver(app: Flask, shop: Shop, letter: Letter) -> None:
    now = shop.clock()
    with shop.database.reading() as session:
        owner = profile.load(session)
        draft = letters.compose(session, letter.kind, letter.reason, url=shop.settings.url, payments=shop.payments)
        message = write_message(app, shop.settings, owner, letter, draft, now)
    assert letter.id is not None
    body = message.get_body(("plain",))
    note = {"subject": str(message["Subject"]), "body": body.get_content() if body else ""}
    if shop.settings.smtp_url:
        with _connected(shop.settings.smtp_url, message) as server:
            _hand_over(server, message)
            _note_sent(shop, letter.id, note, now)
    else:
        _put_down(shop.settings.mail, letter, message)
        _note_sent(shop, letter.id, note, now)
    log.info("letter %s (%s) went out", letter.id, letter.kind)


def _note_sent(shop: Shop, letter_id: int, note: dict[str, str], now: datetime) -> None:
    with shop.database.writing() as session:
        outbox.sent(session, letter_id, subject=note["subject"], body=note["body"], now=now)


def _note_failure(shop: Shop, letter: Letter, error: str) -> None:
    assert letter.id is not None
    log.warning("letter %s (%s), try %s: %s", letter.id, letter.kind, letter.tries, error)
    with shop.database.writing() as session:
        outbox.failed(session, letter.id, error[:300], shop.clock())


def _address(text: str, name: str, whose: str) -> Address:
    if not text:
        raise NoAddress(f"Die E-Mail-Adresse {whose} fehlt. Bitte tragen Sie Ihre Adresse im Profil des Ladens ein.")
    try:
        return Address(display_name=" ".join(name.split()), addr_spec=text)
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
            picture.png, "image", "png", cid=f"<{picture.cid}>", disposition="inline", filename=picture.file_name
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


@contextmanager
def _connected(smtp_url: str, message: EmailMessage) -> Iterator[smtplib.SMTP]:
    """A connection that is signed in; whatever happens at its end, the letter's fate is settled by then."""
    server = _connect(smtp_url, message)
    try:
        yield server
        if server.sock:
            server.sock.settimeout(2)
        with suppress(OSError):
            server.quit()
    finally:
        server.close()


def _connect(smtp_url: str, message: EmailMessage) -> smtplib.SMTP:
    parts = urlsplit(smtp_url)
    host, own_name = parts.hostname or "localhost", message["From"].addresses[0].domain
    try:
        server = _open(parts.scheme, host, parts.port, own_name)
    except OSError as error:
        raise ServerAway(f"Der Mailserver {host} ist nicht erreichbar: {_words(error)}") from error
    try:
        is_secret = parts.scheme == "smtps" or _start_tls(server)
        if parts.username:
            if not is_secret and host not in _LOCAL_HOSTS:
                raise ServerAway(
                    f"Der Mailserver {host} bietet keine Verschlüsselung an; das Passwort geht so nicht hin."
                )
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except OSError as error:
        server.close()
        raise ServerAway(f"Der Mailserver {host} lässt uns nicht herein: {_words(error)}") from error
    except ServerAway:
        server.close()
        raise
    return server


def _open(scheme: str, host: str, port: int | None, own_name: str) -> smtplib.SMTP:
    if scheme == "smtps":
        secrecy = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, own_name, timeout=TIMEOUT_S, context=secrecy)
    return smtplib.SMTP(host, port or 587, own_name, timeout=TIMEOUT_S)


def _start_tls(server: smtplib.SMTP) -> bool:
    server.ehlo()
    if not server.has_extn("starttls"):
        return False
    server.starttls(context=ssl.create_default_context())
    return True


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
        raise LetterRefused(f"Der Mailserver nimmt den Brief nicht an: {_words(error)}") from error
    except OSError as error:  # the base of smtplib's other errors as well
        raise ServerAway(f"Der Mailserver antwortet nicht mehr: {_words(error)}") from error


def _words(error: Exception) -> str:
    """What a server or the machine said, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _words(smtplib.SMTPResponseException(*next(iter(error.recipients.values()))))
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return " ".join(str(error).split()) or type(error).__name__
