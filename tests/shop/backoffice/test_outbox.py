"""Post and withdrawals: what could not be delivered is seen at once, and nothing is sent twice."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient

from checkout import outbox
from checkout.outbox import Letter
from checkout.returns import Withdrawal
from shop.profile import Profile
from tests.checkout.ordering import make_order
from tests.make import NOW

Write = Callable[[], Any]


@pytest.fixture
def letters(write: Write) -> None:
    """One letter that was given up, and one that went out."""
    with write() as session:
        given_up: dict[str, Any] = {"given_up_at": NOW, "last_error": "550 Mailbox unavailable", "tries": 9}
        went_out: dict[str, Any] = {"sent_at": NOW, "subject": "Ihre Bestellung", "body": "Guten Tag <Anna>"}
        for number, facts in enumerate((given_up, went_out)):
            session.add(
                Letter(
                    kind="order_received",
                    reason=f"order:{number}",
                    recipient="erika@kundin.example",
                    message_id=str(number),
                    queued_at=NOW,
                    due_at=NOW,
                    **facts,
                )
            )


@pytest.mark.usefixtures("letters")
def test_an_undelivered_letter_stands_on_the_first_page(owner: FlaskClient) -> None:
    assert "1 Brief konnte nicht zugestellt werden" in owner.get("/backoffice/").text
    assert "nicht zugestellt" in owner.get("/backoffice/post").text
    assert "550 Mailbox unavailable" in owner.get("/backoffice/post/1").text


@pytest.mark.usefixtures("letters")
def test_a_letter_is_sent_again_only_if_it_never_went_out(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/post/1/versuch")
    owner.post("/backoffice/post/2/versuch")
    with write() as session:
        waiting, sent = session.get_one(Letter, 1), session.get_one(Letter, 2)
        assert (waiting.given_up_at, waiting.tries) == (None, 0)
        assert sent.sent_at == NOW


@pytest.mark.usefixtures("letters")
def test_a_sent_letter_is_shown_as_text(owner: FlaskClient) -> None:
    assert "Guten Tag &lt;Anna&gt;" in owner.get("/backoffice/post/2").text


def test_a_withdrawal_says_until_when_the_money_is_due(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        received = NOW - timedelta(days=1)
        session.add(
            Withdrawal(
                declaration_key="k",
                received_at=received,
                name="Erika",
                email="e@k.example",
                which_order="die rote Wolle",
            )
        )
    assert "Geld zurückzahlen" in owner.get("/backoffice/").text
    page = owner.get("/backoffice/widerrufe").text
    assert "21.11.2026, 11:00 Uhr" in page
    assert "05.12.2026" in page
    assert "die rote Wolle" in page


@pytest.mark.usefixtures("letters")
def test_a_letter_that_was_only_filed_is_not_called_sent(owner: FlaskClient, shop_app: Flask) -> None:
    assert "aufgehoben</span>" not in owner.get("/backoffice/post").text
    folder = shop_app.extensions["dorfladen"].settings.mail
    folder.mkdir()
    (folder / "000002-order_received.eml").write_text("Guten Tag", encoding="utf-8")
    assert "aufgehoben</span>" in owner.get("/backoffice/post").text
    assert "aufgehoben, nicht verschickt" in owner.get("/backoffice/post/2").text


@pytest.fixture
def doubtful(write: Write) -> None:
    """A letter whose worker died while handing it over."""
    with write() as session:
        session.add(
            Letter(kind="order_received", reason="order:1", recipient="erika@kundin.example", message_id="m",
                   queued_at=NOW, due_at=NOW, handing_over_at=NOW, subject="Ihre Bestellung", body="Guten Tag", tries=1)
        )  # fmt: skip


@pytest.mark.usefixtures("doubtful")
def test_a_letter_in_doubt_stands_red_with_two_ways_out(owner: FlaskClient) -> None:
    assert "1 Brief ist vielleicht angekommen, vielleicht nicht" in " ".join(owner.get("/backoffice/").text.split())
    assert "vielleicht angekommen</span>" in owner.get("/backoffice/post").text
    page = owner.get("/backoffice/post/1").text
    assert "ist angekommen</button>" in page
    assert "noch einmal senden</button>" in page


@pytest.mark.usefixtures("doubtful")
def test_the_owner_says_that_a_letter_has_arrived(owner: FlaskClient) -> None:
    answer = owner.post("/backoffice/post/1/entscheidung", data={"wie": "angekommen"}, follow_redirects=True).text
    assert "Der Brief gilt als angekommen." in answer
    assert ": ist angekommen)" in answer
    again = owner.post("/backoffice/post/1/entscheidung", data={"wie": "senden"})
    assert again.status_code == 409
    assert "schon entschieden" in again.text


@pytest.mark.usefixtures("doubtful")
def test_the_owner_sends_a_letter_in_doubt_again(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/post/1/versuch")
    with write() as session:
        assert session.get_one(Letter, 1).handing_over_at == NOW, "not by the button of other letters"
    owner.post("/backoffice/post/1/entscheidung", data={"wie": "senden"})
    with write() as session:
        letter = session.get_one(Letter, 1)
        assert (letter.handing_over_at, letter.message_id, letter.due_at) == (None, "m", NOW)


def with_mail(app: Flask, smtp_url: str) -> None:
    """Give the shop an address and a mail server."""
    shop = app.extensions["dorfladen"]
    app.extensions["dorfladen"] = replace(shop, settings=replace(shop.settings, smtp_url=smtp_url))
    with shop.database.writing() as session:
        session.merge(Profile(id=1, shop_name="Probe", email="laden@probe.example"))


def test_a_test_letter_without_a_mail_server_says_so(owner: FlaskClient, shop_app: Flask) -> None:
    with_mail(shop_app, "")
    page = owner.post("/backoffice/post/probebrief", follow_redirects=True).text
    assert "wurde nur aufgehoben, nicht verschickt" in page
    assert len(list(shop_app.extensions["dorfladen"].settings.mail.iterdir())) == 1


def test_a_test_letter_that_cannot_go_out_says_why_and_leaves_nothing(owner: FlaskClient, shop_app: Flask) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with_mail(shop_app, f"smtp://127.0.0.1:{closed.getsockname()[1]}")
        page = owner.post("/backoffice/post/probebrief", follow_redirects=True).text
    assert "Der Probebrief ging nicht hinaus. Der Mailserver 127.0.0.1 ist nicht erreichbar" in page
    assert "Noch keine Post." in page


def test_a_test_letter_that_was_taken_says_so(owner: FlaskClient, shop_app: Flask) -> None:
    taken = []

    class Postman:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            taken.append(envelope.rcpt_tos)
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Postman(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        with_mail(shop_app, f"smtp://127.0.0.1:{port}")
        page = owner.post("/backoffice/post/probebrief", follow_redirects=True).text
    finally:
        server.stop()
    assert "hat den Probebrief an laden@probe.example angenommen" in page
    assert taken == [["laden@probe.example"]]


def test_a_wrong_address_is_put_right_on_the_order(owner: FlaskClient, shop_app: Flask) -> None:
    shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        former = make_order(session).email
        letter = outbox.claim(session, NOW, 1)[0]
        outbox.failed(session, letter, "Diese E-Mail-Adresse gibt es nicht.", NOW, is_final=True)
    page = owner.get("/backoffice/bestellungen/1").text
    assert "Briefe kommen nicht an" in page
    assert "Diese E-Mail-Adresse gibt es nicht." in page
    refused = owner.post("/backoffice/bestellungen/1/adresse", data={"email": "kein.at"}, follow_redirects=True).text
    assert "„kein.at“ ist keine E-Mail-Adresse." in refused
    done = owner.post("/backoffice/bestellungen/1/adresse", data={"email": "erika@neu.example"},
                      follow_redirects=True).text  # fmt: skip
    assert "Ein Brief geht in der nächsten Minute hinaus." in done
    assert f"{former} → erika@neu.example" in done
    assert "Briefe kommen nicht an" not in done
    with shop.database.reading() as session:
        waiting = session.get_one(Letter, 1)
        assert (waiting.recipient, waiting.given_up_at) == ("erika@neu.example", None)
