"""Machines are stopped by their number, and people are told what to do instead."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout.orders import Order
from checkout.outbox import Letter
from checkout.returns import Withdrawal
from shop import guards, jobs
from shop.throttle import Occurrence
from tests.make import NOW
from tests.shop.storefront.selling import BUTTON, hidden, open_shop, tell

Write = Callable[[], Any]
BOT, NEIGHBOUR = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def shop(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An open shop with smaller figures, so that tests need not order thirty times."""
    open_shop(shop_app)
    monkeypatch.setattr(guards, "ORDERS", guards.Limit("order", 2, timedelta(hours=1)))
    return shop_app


def visitor_from(app: Flask, address: str) -> FlaskClient:
    visitor = app.test_client()
    visitor.environ_base |= {"HTTP_SEC_FETCH_SITE": "same-origin", "REMOTE_ADDR": address}
    return visitor


def order(app: Flask, address: str, email: str = "erika@kundin.example") -> Any:
    """Somebody with a browser of her own orders a button."""
    visitor = visitor_from(app, address)
    visitor.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    tell(visitor, email=email)
    page = visitor.get("/kasse/pruefen").text
    form = {name: hidden(page, name) for name in ("schluessel", "gesehen")}
    return visitor.post("/kasse/bestellen", data=form)


def test_too_many_orders_from_one_address_are_told_what_to_do(shop: Flask) -> None:
    assert [order(shop, BOT).status_code for _ in range(2)] == [303, 303]
    refused = order(shop, BOT)
    assert refused.status_code == 429
    assert "ungewöhnlich viele Bestellungen" in refused.text
    assert "in einer Stunde noch einmal oder rufen Sie uns an: 033 100. Ihr Warenkorb bleibt" in refused.text
    assert "Holzknopf" in refused.text, "nothing is lost"
    assert order(shop, NEIGHBOUR).status_code == 303, "others buy as before"


def test_a_limit_is_over_after_an_hour(shop: Flask, write: Write) -> None:
    for _ in range(3):
        order(shop, BOT)
    with write() as session:
        for each in session.exec(select(Occurrence)).all():
            each.happened_at -= timedelta(minutes=61)
    assert order(shop, BOT).status_code == 303


def test_a_double_click_counts_once(shop: Flask, write: Write) -> None:
    visitor = visitor_from(shop, BOT)
    visitor.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    tell(visitor)
    page = visitor.get("/kasse/pruefen").text
    form = {name: hidden(page, name) for name in ("schluessel", "gesehen")}
    for _ in range(5):
        assert visitor.post("/kasse/bestellen", data=form).status_code == 303
    with write() as session:
        assert len(session.exec(select(Occurrence).where(Occurrence.kind == "order")).all()) == 1


def test_many_orders_to_one_mailbox_are_stopped_from_wherever_they_come(
    shop: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "ORDERS_TO_MAILBOX", guards.Limit("order_mailbox", 2, timedelta(hours=1)))
    answers = [order(shop, f"203.0.113.{number}", "Opfer@Post.example").status_code for number in range(3)]
    assert answers == [303, 303, 429]
    assert order(shop, "203.0.113.99").status_code == 303


def test_unpaid_orders_at_once_are_limited_and_paid_ones_do_not_count(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setattr(guards, "ORDERS", guards.Limit("order", 99, timedelta(hours=1)))
    monkeypatch.setattr(guards, "UNPAID", 2)
    assert [order(shop, BOT).status_code for _ in range(3)] == [303, 303, 429]
    with write() as session:
        session.exec(select(Order)).first().state = "paid"
    assert order(shop, BOT).status_code == 303


def test_no_address_is_stored_with_orders(shop: Flask, write: Write) -> None:
    order(shop, BOT)
    with write() as session:
        for each in session.exec(select(Occurrence)).all():
            assert BOT not in each.who + each.about
            assert "erika" not in each.who


def test_guessed_orders_get_one_and_the_same_answer_and_then_none(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setattr(guards, "UNKNOWN_ORDERS", guards.Limit("unknown_order", 3, timedelta(hours=1)))
    known = order(shop, NEIGHBOUR).headers["Location"]
    bot = visitor_from(shop, BOT)
    guesses = [bot.get(f"/bestellung/{guess}") for guess in ("a", "b" * 43, "%27--")]
    assert {answer.status_code for answer in guesses} == {404}
    assert len({answer.text for answer in guesses}) == 1
    assert {bot.get("/bestellung/d").status_code, bot.get(known).status_code} == {429}
    assert bot.post(f"{known}/zahlung").status_code == 429
    assert visitor_from(shop, NEIGHBOUR).get(known).status_code == 200
    with write() as session:
        assert len(session.exec(select(Occurrence).where(Occurrence.kind == "unknown_order")).all()) == 3


def test_guessed_questions_count_like_guessed_orders(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "UNKNOWN_ORDERS", guards.Limit("unknown_order", 2, timedelta(hours=1)))
    known = order(shop, NEIGHBOUR).headers["Location"]
    bot = visitor_from(shop, BOT)
    assert bot.get("/rueckfrage/a").status_code == 404
    assert bot.post("/rueckfrage/b", data={"wahl": "0"}).status_code == 404
    assert {bot.get("/rueckfrage/c").status_code, bot.get(known).status_code} == {429}
    assert visitor_from(shop, NEIGHBOUR).get("/rueckfrage/c").status_code == 404


def test_the_withdrawal_form_knows_no_order_for_who_guesses(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "UNKNOWN_ORDERS", guards.Limit("unknown_order", 2, timedelta(hours=1)))
    token = order(shop, NEIGHBOUR).headers["Location"].removeprefix("/bestellung/")
    bot = visitor_from(shop, BOT)
    for guess in ("a", "b", token):
        answer = bot.get(f"/widerruf?bestellung={guess}")
        assert answer.status_code == 200, "the law wants the form to be there for everybody"
        assert "Erika" not in answer.text
    assert "Erika" in visitor_from(shop, NEIGHBOUR).get(f"/widerruf?bestellung={token}").text


def withdraw(app: Flask, address: str, email: str, number: int, token: str = "") -> None:
    typed = {"name": "Erika", "email": email, "which_order": f"die Wolle Nr. {number}", "schluessel": f"{number:020}",
             "bestellung": token}  # fmt: skip
    answer = visitor_from(app, address).post("/widerruf/bestaetigen", data=typed)
    assert answer.status_code == 303, "a withdrawal is never refused"


def waits(write: Write, kind: str = "withdrawal_received") -> list[timedelta]:
    with write() as session:
        letters = session.exec(select(Letter).where(Letter.kind == kind).order_by("id")).all()
        return [letter.due_at - NOW for letter in letters]


def test_receipts_of_withdrawals_fill_no_strangers_mailbox(shop: Flask, write: Write) -> None:
    for number in range(5):
        withdraw(shop, f"203.0.113.{number}", "opfer@post.example", number)
    at_once, hour = timedelta(0), timedelta(hours=1)
    assert waits(write) == [at_once, at_once, at_once, hour, 2 * hour]
    with write() as session:
        assert len(session.exec(select(Withdrawal)).all()) == 5


def test_a_machine_sends_receipts_to_many_strangers_slowly(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setattr(guards, "RECEIPTS", guards.Limit("receipt", 2, timedelta(days=1)))
    for number in range(4):
        withdraw(shop, BOT, f"opfer{number}@post.example", number)
    jobs.look_up_withdrawals(shop)
    assert waits(write) == waits(write, "withdrawal_for_owner") == [timedelta(hours=each) for each in (0, 0, 1, 2)]


def test_strangers_slow_no_receipt_of_who_has_the_link_of_her_own_order(shop: Flask, write: Write) -> None:
    for number in range(5):
        withdraw(shop, BOT, "erika@kundin.example", number)
    token = order(shop, NEIGHBOUR).headers["Location"].removeprefix("/bestellung/")
    for number in range(5, 11):
        withdraw(shop, NEIGHBOUR, "erika@kundin.example", number, token)
    assert set(waits(write)[5:]) == {timedelta(0)}


def test_who_orders_with_a_strangers_address_fills_her_mailbox_as_little(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setattr(guards, "RECEIPTS_OF_BUYER", guards.Limit("receipt_buyer", 2, timedelta(days=1)))
    token = order(shop, BOT, "opfer@post.example").headers["Location"].removeprefix("/bestellung/")
    for number in range(4):
        withdraw(shop, BOT, "opfer@post.example", number, token)
    assert waits(write) == [timedelta(hours=each) for each in (0, 0, 1, 2)]


def test_a_slowed_receipt_is_not_called_late(shop: Flask, write: Write) -> None:
    from shop import checks

    for number in range(5):
        withdraw(shop, BOT, "opfer@post.example", number)
    with write() as session:
        for letter in session.exec(select(Letter)).all():
            letter.queued_at -= timedelta(hours=2)
            letter.due_at += timedelta(hours=9)
    assert checks.letters_late(shop.extensions["dorfladen"]) == ""
