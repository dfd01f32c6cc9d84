"""Money in the backoffice: something off, money back, goods back; each is shown first and done once."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import fulfilment, gift_sales, redeeming, refunds, taking_back
from checkout.allowances import Allowance
from checkout.gift_sales import GiftTerms
from checkout.orders import Order, State
from checkout.refunds import Refund
from tests.checkout.ordering import make_cart, make_order, pay, place, tell
from tests.checkout.vouchering import make_gift
from tests.make import NOW, make_fabric
from tests.shop.storefront.selling import hidden, words

Write = Callable[[], Any]
ORDER = "/backoffice/bestellungen/1"
BY: dict[str, Any] = {"now": NOW, "author": "test"}


@pytest.fixture
def paid(write: Write) -> None:
    """An order of two pieces à 1,50 m for 43,60 €, paid by transfer."""
    with write() as session:
        pay(session, make_order(session, pieces=2))


@pytest.fixture
def sent(write: Write, paid: None) -> None:
    """The same, sent."""
    with write() as session:
        fulfilment.ship(session, session.get_one(Order, 1), carrier="DHL", tracking="", **BY)


def test_an_allowance_is_shown_first_and_given_once(owner: FlaskClient, write: Write, paid: None) -> None:
    check = owner.post(f"{ORDER}/nachlass", data={"betrag": "5,00", "grund": "Kleiner Webfehler"})
    assert "5,00 € überweisen Sie bitte" in words(check.text)
    assert "kostet dann 38,60 €" in words(check.text)
    with write() as session:
        assert session.exec(select(Allowance)).all() == []
    sure = {"betrag": "5,00", "grund": "Kleiner Webfehler", "schluessel": hidden(check.text, "schluessel"), "ja": "ja"}
    for _ in range(2):
        assert owner.post(f"{ORDER}/nachlass", data=sure).status_code == 303
    with write() as session:
        (allowance,) = session.exec(select(Allowance)).all()
        assert (allowance.cents, allowance.reason, allowance.author) == (500, "Kleiner Webfehler", "Anna")
        assert [each.cents for each in session.exec(select(Refund)).all()] == [500]
    page = words(owner.get(ORDER).text)
    assert "Jetzt zu bezahlen 38,60 €" in page
    assert "steht an" in page


def test_one_line_and_the_shipping_may_be_taken_off(owner: FlaskClient, write: Write, paid: None) -> None:
    given = {"zeile-1": "10,00", "versand": "4,90", "grund": "Kulanz", "schluessel": "k" * 20, "ja": "ja"}
    assert owner.post(f"{ORDER}/nachlass", data=given).status_code == 303
    with write() as session:
        allowance = session.exec(select(Allowance)).one()
        assert (allowance.lines, allowance.shipping_cents) == ([{"line_id": 1, "cents": 1000}], 490)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"betrag": "5,00"}, 422),
        ({"grund": "Kulanz"}, 422),
        ({"grund": "Kulanz", "betrag": "x"}, 422),
        ({"grund": "Kulanz", "betrag": "1,00", "versand": "1,00"}, 422),
        ({"grund": "Kulanz", "betrag": "99,00"}, 409),
        ({"grund": "Kulanz", "zeile-1": "99,00"}, 409),
    ],
)
def test_what_does_not_fit_is_asked_again(
    owner: FlaskClient, write: Write, paid: None, typed: dict[str, str], status: int
) -> None:
    assert owner.post(f"{ORDER}/nachlass", data=typed | {"ja": "ja"}).status_code == status
    with write() as session:
        assert session.get_one(Order, 1).reduced_cents == 0


def test_what_is_overpaid_goes_back_once_and_needs_nobody_any_more(
    owner: FlaskClient, write: Write, paid: None
) -> None:
    with write() as session:
        order = session.get_one(Order, 1)
        fulfilment.mark_paid(session, order, cents=700, reference="noch einmal", method="transfer", **BY)
        assert "zu viel bezahlt" in order.attention
    page = owner.get(ORDER).text
    assert "7,00 € zu viel bezahlt" in words(page)
    assert "7,00 € überweisen Sie bitte" in words(page)
    for _ in range(2):
        assert owner.post(f"{ORDER}/rueckzahlung", data={"schluessel": hidden(page, "schluessel")}).status_code == 303
    with write() as session:
        assert [each.cents for each in session.exec(select(Refund)).all()] == [700]
        assert session.get_one(Order, 1).attention == ""


def test_a_refund_that_failed_is_tried_with_a_new_one(owner: FlaskClient, write: Write, paid: None) -> None:
    owner.post(f"{ORDER}/nachlass", data={"betrag": "5", "grund": "Kulanz", "schluessel": "a" * 20, "ja": "ja"})
    with write() as session:
        refunds.failed(session, session.exec(select(Refund)).one(), "Konto erloschen", **BY)
    page = owner.get(ORDER).text
    assert "gescheitert" in page
    assert "Konto erloschen" in page
    assert "Rückzahlung gescheitert" in owner.get("/backoffice/bestellungen").text
    owner.post(f"{ORDER}/rueckzahlung", data={"schluessel": "b" * 20})
    with write() as session:
        assert [each.state for each in session.exec(select(Refund)).all()] == ["failed", "owed"]
        assert session.get_one(Order, 1).overpaid_cents == 0
    assert "Rückzahlung gescheitert" not in owner.get("/backoffice/bestellungen").text


def test_goods_come_back_with_what_she_gets_shown_first(owner: FlaskClient, write: Write, sent: None) -> None:
    assert "Rückgabe eintragen" in owner.get(ORDER).text
    part = hidden_part(owner.get(f"{ORDER}/rueckgabe").text)
    check = owner.post(f"{ORDER}/rueckgabe", data={part: "2", "abzug": "5,00", "warum": "gewaschen"})
    for told in (
        "Ware 38,70 €",
        "Abzug: gewaschen −5,00 €",
        "Versand (günstigste Standardlieferung) 4,90 €",
        "38,60 € überweisen Sie bitte",
    ):
        assert told in words(check.text)
    with write() as session:
        assert session.get_one(Order, 1).reduced_cents == 0
    sure = {part: "2", "abzug": "5,00", "warum": "gewaschen", "versand": "4,90", "ja": "ja"}
    for _ in range(2):
        done = owner.post(f"{ORDER}/rueckgabe", data=sure | {"schluessel": hidden(check.text, "schluessel")})
        assert done.status_code == 303
    with write() as session:
        order = session.get_one(Order, 1)
        assert (order.reduced_cents, order.held_cents) == (3860, 500)
    page = words(owner.get(ORDER).text)
    assert "Zurückgekommen am" in page
    assert "Rückgabe eintragen" not in page


def test_more_than_was_sent_does_not_come_back(owner: FlaskClient, sent: None) -> None:
    part = hidden_part(owner.get(f"{ORDER}/rueckgabe").text)
    assert owner.post(f"{ORDER}/rueckgabe", data={part: "3"}).status_code == 409
    assert owner.post(f"{ORDER}/rueckgabe", data={part: "0"}).status_code == 409
    assert owner.post(f"{ORDER}/rueckgabe", data={part: "1", "abzug": "1,00"}).status_code == 422


def test_strangers_move_no_money(client: FlaskClient, write: Write, sent: None) -> None:
    for door in ("nachlass", "rueckzahlung", "rueckgabe"):
        answer = client.post(f"{ORDER}/{door}", data={"betrag": "5", "grund": "x", "ja": "ja"})
        assert answer.status_code in (302, 303, 401, 403)
    with write() as session:
        assert session.get_one(Order, 1).reduced_cents == 0


def hidden_part(page: str) -> str:
    """The name of the one field for pieces."""
    start = page.index('name="teil-') + 6
    return page[start : page.index('"', start)]


def test_a_gift_voucher_is_taken_back_with_its_money(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        basket = make_cart(session)
        gift_sales.add(session, basket, 2500, "", GiftTerms(is_sold=True), NOW)
        pay(session, place(session, basket, shipping_cents=0))
    assert "Gutschein sperren und 25,00 € zurückzahlen" in words(owner.get("/backoffice/bestellungen/1").text)
    assert owner.post("/backoffice/bestellungen/1/gutscheine-zurueck").status_code == 303
    page = words(owner.get("/backoffice/bestellungen/1").text)
    assert "Gutschein sperren" not in page
    with write() as session:
        order = session.get_one(Order, 1)
        assert (order.owed_cents, order.held_cents, order.refunded_cents) == (0, 0, 2500)


def test_what_the_till_has_taken_comes_back_from_the_till(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        basket = make_cart(session, (make_fabric(session), 1, 200))
        redeeming.enter(session, basket, make_gift(session, 1000).code, NOW)
        order = place(
            session, basket, shipping_cents=0, details=tell(session, basket, delivery="pickup", payment="on_pickup"),
            payment="on_pickup", first_state=State.CONFIRMED, reserved_until=None,
        )  # fmt: skip
        fulfilment.pick_up(session, order, **BY)
        (part,) = taking_back.out_there(session, order)
    allowance = words(owner.post(f"{ORDER}/nachlass", data={"betrag": "2,00", "grund": "Kleiner Webfehler"}).text)
    assert "Sie hat im Laden bezahlt: Bitte geben Sie ihr das Geld aus Ihrer Ladenkasse zurück." in allowance
    assert "Sie bezahlt entsprechend weniger" not in allowance
    check = words(owner.post(f"{ORDER}/rueckgabe", data={"teil-" + "-".join(map(str, part.size)): "1"}).text)
    assert "10,00 € geht auf den Geschenkgutschein zurück" in check
    assert "15,80 € hat sie im Laden bezahlt: Bitte geben Sie ihr das Geld aus Ihrer Ladenkasse zurück." in check
