"""Post and withdrawals: what could not be delivered is seen at once, and nothing is sent twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from checkout.outbox import Letter
from checkout.returns import Withdrawal
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
