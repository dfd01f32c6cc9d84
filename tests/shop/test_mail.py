"""Letters reach a real mail server once, whatever the server does."""

import asyncio
import email
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlmodel import select

from checkout import outbox, returns
from checkout.outbox import OWNER, Letter
from checkout.returns import Declared
from shop import mail, smtp
from shop.app import create_shop
from shop.profile import Profile
from shop.settings import Settings
from tests.make import NOW


class Postman:
    """What the mail server does with letters, and those that it took."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to_recipients = "250 OK"
        self.to_content = "250 OK"
        self.fault: tuple[str, str] = ("", "")  # a stage, and "dies" or "hangs"
        self.offered = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self._perhaps_fail("greeting", server)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._perhaps_fail("sender", server)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._perhaps_fail("recipient", server)
        if self.to_recipients.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipients

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.offered += 1
        await self._perhaps_fail("before taking", server)
        if self.to_content.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            message = email.message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            self.taken.append(message)
        await self._perhaps_fail("after taking", server)
        return self.to_content

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await self._perhaps_fail("goodbye", server)
        return "221 Bye"

    async def _perhaps_fail(self, stage: str, server: SMTP) -> None:
        if self.fault == (stage, "dies"):
            transport = server.transport
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
        if self.fault[0] == stage:
            await asyncio.sleep(2 if self.fault[1] == "hangs" else 0)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def smtp_url(postman: Postman) -> Iterator[str]:
    controller = Controller(postman, hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@pytest.fixture
def open_shop(settings: Settings, clock: Clock) -> Iterator[Callable[..., Flask]]:
    opened: list[Flask] = []

    def open_with(**changes: Any) -> Flask:
        app = create_shop(replace(settings, url="https://naehladen.example", **changes), clock=clock)
        with app.extensions["dorfladen"].database.writing() as session:
            session.merge(Profile(id=1, shop_name="Nähstübchen Äpfel & Öl", email="laden@naehladen.example"))
        opened.append(app)
        return app

    yield open_with
    for app in opened:
        app.extensions["dorfladen"].database.close()


@pytest.fixture
def shop(open_shop: Callable[..., Flask], smtp_url: str) -> Flask:
    return open_shop(smtp_url=smtp_url)


def owe(app: Flask, name: str = "Grete Müßig", address: str = "grete@post.example") -> None:
    """A withdrawal, which owes its receipt to the consumer and a word to the owner."""
    with app.extensions["dorfladen"].database.writing() as session:
        returns.declare(session, Declared(name, address, "die Knöpfe"), key="one", now=NOW)
        returns.look_up(session, NOW)


def letters_of(app: Flask) -> list[Letter]:
    with app.extensions["dorfladen"].database.reading() as session:
        return list(session.exec(select(Letter).order_by("id")).all())


def test_letters_go_out_once_with_umlauts_intact(shop: Flask, postman: Postman) -> None:
    owe(shop)
    assert mail.deliver_due(shop) == 2
    assert mail.deliver_due(shop) == 0
    receipt = next(each for each in postman.taken if each["To"] == "grete@post.example")
    assert receipt["Subject"] == "Eingang Ihres Widerrufs bei Nähstübchen Äpfel & Öl"
    for kind in ("plain", "html"):
        assert "Grete Müßig" in said(receipt, kind)
        assert "die Knöpfe" in said(receipt, kind)
    assert receipt["From"].addresses[0].display_name == "Nähstübchen Äpfel & Öl"
    assert receipt["Date"].datetime == NOW


def test_the_owner_can_answer_the_shopper(shop: Flask, postman: Postman) -> None:
    owe(shop)
    mail.deliver_due(shop)
    notice = next(each for each in postman.taken if each["To"] == "laden@naehladen.example")
    assert notice["Reply-To"] == "grete@post.example"


def test_what_went_out_is_kept_with_its_letter(shop: Flask) -> None:
    owe(shop)
    mail.deliver_due(shop)
    receipt = letters_of(shop)[0]
    assert receipt.sent_at == NOW
    assert receipt.subject.startswith("Eingang Ihres Widerrufs")
    assert "Knöpfe" in receipt.body


def test_message_id_is_the_letters_own(shop: Flask, postman: Postman) -> None:
    owe(shop)
    mail.deliver_due(shop)
    fixed = {f"<{letter.message_id}@naehladen.example>" for letter in letters_of(shop)}
    assert {message["Message-ID"] for message in postman.taken} == fixed


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("to_recipients", "451 4.7.1 Greylisted"),
        ("to_recipients", "550 5.7.1 Relaying denied"),
        ("to_recipients", "554 Relay access denied"),
        ("to_content", "451 Try later"),
        ("to_content", "550 5.4.5 Daily quota exceeded"),
        ("to_content", "554 5.7.1 Looks like spam"),
    ],
)
def test_a_refused_letter_is_tried_again_later(
    shop: Flask, postman: Postman, clock: Clock, stage: str, answer: str
) -> None:
    owe(shop)
    setattr(postman, stage, answer)
    assert mail.deliver_due(shop) == 0
    assert answer in letters_of(shop)[0].last_error
    setattr(postman, stage, "250 OK")
    assert mail.deliver_due(shop) == 0  # not before its pause is over
    clock.now += timedelta(minutes=2)
    assert mail.deliver_due(shop) == 2
    assert len(postman.taken) == 2


def test_a_letter_that_nobody_takes_is_given_up_after_two_days(shop: Flask, postman: Postman, clock: Clock) -> None:
    owe(shop)
    postman.to_recipients = "450 Try later"
    for _ in range(60):
        mail.deliver_due(shop)
        clock.now += timedelta(hours=1)
    letter = letters_of(shop)[0]
    assert letter.given_up_at is not None
    assert timedelta(days=1) < letter.given_up_at - NOW < timedelta(days=3)


@pytest.mark.parametrize("answer", ["550 No such user", "550 5.1.1 Unknown", "553 Bad name", "552 5.2.2 Full"])
def test_an_address_that_does_not_exist_is_given_up_at_once(shop: Flask, postman: Postman, answer: str) -> None:
    owe(shop)
    postman.to_recipients = answer
    mail.deliver_due(shop)
    for letter in letters_of(shop):
        assert letter.given_up_at == NOW
        assert letter.last_error == (
            f"Diese E-Mail-Adresse gibt es nicht, oder ihr Postfach nimmt nichts an. Der Mailserver sagt: {answer}"
        )


@pytest.mark.parametrize("how", ["dies", "hangs"])
@pytest.mark.parametrize("stage", ["greeting", "sender", "recipient"])
def test_a_server_that_fails_before_it_has_the_letter_is_tried_again(
    shop: Flask, postman: Postman, clock: Clock, monkeypatch: pytest.MonkeyPatch, stage: str, how: str
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.3)
    owe(shop)
    postman.fault = (stage, how)
    assert mail.deliver_due(shop) == 0
    assert [letter.handing_over_at for letter in letters_of(shop)] == [None, None]
    postman.fault = ("", "")
    clock.now += timedelta(minutes=2)
    assert mail.deliver_due(shop) == 2
    assert len(postman.taken) == 2


@pytest.mark.parametrize("how", ["dies", "hangs"])
@pytest.mark.parametrize("stage", ["before taking", "after taking"])
def test_a_letter_is_in_doubt_when_the_answer_is_lost_and_never_goes_twice(
    shop: Flask, postman: Postman, clock: Clock, monkeypatch: pytest.MonkeyPatch, stage: str, how: str
) -> None:
    monkeypatch.setattr(smtp, "LAST_ANSWER_S", 0.3)
    owe(shop)
    postman.fault = (stage, how)
    assert mail.deliver_due(shop) == 0
    doubtful = letters_of(shop)[0]
    assert outbox.is_in_doubt(doubtful, NOW)
    assert "hatte den Brief schon" in doubtful.last_error
    assert (doubtful.subject[:7], "die Knöpfe" in doubtful.body) == ("Eingang", True)
    postman.fault = ("", "")
    for _ in range(60):
        mail.deliver_due(shop)
        clock.now += timedelta(hours=1)
    assert postman.offered == 2, "once the letter in doubt, once the owner's"


def test_a_letter_in_doubt_goes_again_under_its_message_id_if_the_owner_wants_it(
    shop: Flask, postman: Postman, clock: Clock
) -> None:
    owe(shop)
    postman.fault = ("after taking", "dies")
    mail.deliver_due(shop)
    postman.fault = ("", "")
    with shop.extensions["dorfladen"].database.writing() as session:
        outbox.send_again(session, 1, author="Anna", now=clock.now)
    mail.deliver_due(shop)
    to_grete = [message["Message-ID"] for message in postman.taken if message["To"] == "grete@post.example"]
    assert len(to_grete) == 2
    assert to_grete[0] == to_grete[1]


def test_a_taken_letter_is_sent_however_the_server_says_goodbye(shop: Flask, postman: Postman) -> None:
    owe(shop)
    postman.fault = ("goodbye", "dies")
    assert mail.deliver_due(shop) == 2
    assert all(letter.sent_at for letter in letters_of(shop))


class Killed(BaseException):
    """The machine dies here."""


@pytest.mark.parametrize(("where", "offered"), [("_mark", 0), ("_note_sent", 1)])
def test_a_worker_that_dies_between_mark_and_note_leaves_a_doubt(
    shop: Flask, postman: Postman, clock: Clock, monkeypatch: pytest.MonkeyPatch, where: str, offered: int
) -> None:
    owe(shop)
    with monkeypatch.context() as killing:
        done = getattr(mail, where)

        def die(*facts: Any) -> None:
            if where == "_mark":
                done(*facts)
            raise Killed

        killing.setattr(mail, where, die)
        with pytest.raises(Killed):
            mail.deliver_due(shop)
    assert postman.offered == offered
    clock.now += timedelta(hours=1)
    assert mail.deliver_due(shop) == 1, "the owner's letter"
    assert outbox.is_in_doubt(letters_of(shop)[0], clock.now)
    assert postman.offered == offered + 1


def test_a_worker_that_dies_before_the_mark_sends_later(
    shop: Flask, postman: Postman, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*facts: Any) -> None:
        raise Killed

    owe(shop)
    with monkeypatch.context() as killing:
        killing.setattr(mail, "_mark", die)
        with pytest.raises(Killed):
            mail.deliver_due(shop)
    assert postman.offered == 0
    clock.now += timedelta(minutes=11)
    assert mail.deliver_due(shop) == 2
    assert len(postman.taken) == 2


def test_a_letter_that_went_out_but_cannot_be_noted_is_not_sent_again(
    shop: Flask, postman: Postman, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*facts: Any) -> None:
        raise OSError("disk full")

    owe(shop)
    with monkeypatch.context() as failing:
        failing.setattr(mail, "_note_sent", full)
        mail.deliver_due(shop)
    clock.now += timedelta(days=1)
    mail.deliver_due(shop)
    assert postman.offered == 2
    assert all(outbox.is_in_doubt(letter, clock.now) for letter in letters_of(shop))


def test_a_line_with_a_single_dot_is_not_the_end(shop: Flask, postman: Postman) -> None:
    with shop.extensions["dorfladen"].database.writing() as session:
        returns.declare(session, Declared("A", "a@b.example", "x\n.\n..\n.y"), key="k", now=NOW)
        returns.look_up(session, NOW)
    assert mail.deliver_due(shop) == 2
    assert "Bestellung: x\n.\n..\n.y\n" in said(postman.taken[0], "plain").replace("\r", "")


def test_an_address_with_umlauts_is_written_as_the_server_knows_it(shop: Flask, postman: Postman) -> None:
    owe(shop, address="grete@müssig.example")
    assert mail.deliver_due(shop) == 2
    assert str(postman.taken[0]["To"]) == "grete@xn--mssig-kva.example"


def test_an_unreachable_server_is_asked_once_a_round(open_shop: Callable[..., Flask]) -> None:
    app = open_shop(smtp_url=f"smtp://127.0.0.1:{_free_port()}")
    owe(app)
    assert mail.deliver_due(app) == 0
    assert sorted(letter.tries for letter in letters_of(app)) == [0, 1]
    assert "nicht erreichbar" in letters_of(app)[0].last_error


def test_a_hanging_server_holds_nothing_up(open_shop: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = open_shop(smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        owe(app)
        delivering = threading.Thread(target=mail.deliver_due, args=(app,))
        delivering.start()
        owe_another(app)  # a writer is not kept waiting while the server hangs
        delivering.join(10)
    assert not delivering.is_alive()
    assert letters_of(app)[0].last_error


def owe_another(app: Flask) -> None:
    with app.extensions["dorfladen"].database.writing() as session:
        outbox.queue(session, "withdrawal_received", "withdrawal:1", "zwei@post.example", NOW)


def test_a_password_never_travels_in_clear(
    open_shop: Callable[..., Flask], smtp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_LOCAL_HOSTS", ())
    app = open_shop(smtp_url=smtp_url.replace("//", "//grete:geheim@"))
    owe(app)
    assert mail.deliver_due(app) == 0
    assert "keine Verschlüsselung" in letters_of(app)[0].last_error


def test_without_a_server_letters_lie_in_the_folder(open_shop: Callable[..., Flask], settings: Settings) -> None:
    app = open_shop()
    owe(app)
    assert mail.deliver_due(app) == 2
    files = sorted(settings.mail.iterdir())
    assert [file.name for file in files] == ["000001-withdrawal_received.eml", "000002-withdrawal_for_owner.eml"]
    assert "Grete Müßig" in said(_read(files[0]), "plain")


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@post.example", "Eve\nSubject: Neu", "Eve\u2028Bcc: x@post.example"])
def test_no_header_can_be_smuggled_in(shop: Flask, postman: Postman, name: str) -> None:
    owe(shop, name=name)
    mail.deliver_due(shop)
    for message in postman.taken:
        assert message["Bcc"] is None
        assert len(message.get_all("Subject", [])) == 1


@pytest.mark.parametrize("address", ["", "kein.at", "a@b.example\r\nBcc: c@d.example", "a b@c.example"])
def test_a_broken_address_stops_only_its_own_letter(shop: Flask, postman: Postman, address: str) -> None:
    with shop.extensions["dorfladen"].database.writing() as session:
        returns.declare(session, Declared("A", "a@b.example", "1"), key="k", now=NOW)
        returns.look_up(session, NOW)
        outbox.queue(session, "withdrawal_received", "withdrawal:1", address or "x", NOW)
    assert mail.deliver_due(shop) == 2
    assert letters_of(shop)[-1].last_error


def test_a_letter_about_nothing_does_not_stop_the_others(
    shop: Flask, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    with shop.extensions["dorfladen"].database.writing() as session:
        outbox.queue(session, "order_received", "order:99", OWNER, NOW)
    owe(shop)
    assert mail.deliver_due(shop) == 2
    assert "lässt sich nicht schreiben" in letters_of(shop)[0].last_error


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_shop(request: pytest.FixtureRequest, open_shop: Callable[..., Flask], smtp_url: str) -> Flask:
    """The shop on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return open_shop(smtp_url=smtp_url)
    return open_shop(smtp_url=smtp_url, database_url=request.getfixturevalue("postgres_database").url)


def test_two_workers_deliver_each_letter_once(either_shop: Flask, postman: Postman) -> None:
    with either_shop.extensions["dorfladen"].database.writing() as session:
        returns.declare(session, Declared("A", "a@b.example", "1"), key="k", now=NOW)
        returns.look_up(session, NOW)
        for number in range(20):
            outbox.queue(session, "withdrawal_received", "withdrawal:1", f"nr{number}@post.example", NOW)
    workers = [threading.Thread(target=mail.deliver_due, args=(either_shop,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    addressees = [str(message["To"]) for message in postman.taken]
    assert len(addressees) == 22
    assert len(set(addressees)) == 22


def said(message: EmailMessage, kind: str) -> str:
    """The words of a letter's part, "plain" or "html"."""
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    content: str = part.get_content()
    return content


def _read(file: Path) -> EmailMessage:
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
