"""Letters reach a real mail server once, whatever the server does."""

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
from shop import mail
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

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipients.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipients

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.to_content.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            message = email.message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            self.taken.append(message)
        return self.to_content


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
        returns.declare(session, key="one", name=name, email=address, which_order="die Knöpfe", extent="", now=NOW)


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


@pytest.mark.parametrize("answer", ["451 Try later", "550 No such user"])
@pytest.mark.parametrize("stage", ["to_recipients", "to_content"])
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
    postman.to_recipients = "550 No such user"
    for _ in range(60):
        mail.deliver_due(shop)
        clock.now += timedelta(hours=1)
    letter = letters_of(shop)[0]
    assert letter.given_up_at is not None
    assert timedelta(days=1) < letter.given_up_at - NOW < timedelta(days=3)


def test_an_unreachable_server_is_asked_once_a_round(open_shop: Callable[..., Flask]) -> None:
    app = open_shop(smtp_url=f"smtp://127.0.0.1:{_free_port()}")
    owe(app)
    assert mail.deliver_due(app) == 0
    assert sorted(letter.tries for letter in letters_of(app)) == [0, 1]
    assert "nicht erreichbar" in letters_of(app)[0].last_error


def test_a_hanging_server_holds_nothing_up(open_shop: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_S", 0.2)
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
    monkeypatch.setattr(mail, "_LOCAL_HOSTS", ())
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
        returns.declare(session, key="k", name="A", email="a@b.example", which_order="1", extent="", now=NOW)
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


def test_two_workers_deliver_each_letter_once(shop: Flask, postman: Postman) -> None:
    with shop.extensions["dorfladen"].database.writing() as session:
        returns.declare(session, key="k", name="A", email="a@b.example", which_order="1", extent="", now=NOW)
        for number in range(20):
            outbox.queue(session, "withdrawal_received", "withdrawal:1", f"nr{number}@post.example", NOW)
    workers = [threading.Thread(target=mail.deliver_due, args=(shop,)) for _ in range(3)]
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
