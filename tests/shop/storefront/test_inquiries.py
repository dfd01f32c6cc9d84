"""The shopper's answer behind her link: looking decides nothing, pressing once, and strangers learn nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import stock
from catalog.products import Variant
from checkout import deliveries, inquiries, orders
from checkout.amendments import Goods
from checkout.inquiries import Inquiry
from checkout.orders import Order, State
from tests.checkout.ordering import id_of, make_order, pay
from tests.make import NOW, make_fabric
from tests.shop.storefront.selling import words

Write = Callable[[], Any]
BY: dict[str, Any] = {"now": NOW, "author": "Anna"}


def asked(session: Session, *, is_paid: bool = True) -> Inquiry:
    """A question about 1,50 m: 1,20 m, clouds instead, or nothing."""
    order = make_order(session)
    if is_paid:
        pay(session, order)
    (line,) = orders.lines_of(session, order)
    clouds = make_fabric(session, "Jersey Wolken", on_hand=150)
    options = [
        [Goods(line.variant_id, line.sku, line.name, line.options, 120, 1)],
        [Goods(id_of(clouds), clouds.sku, "Jersey Wolken", "", 150, 1)],
    ]
    return inquiries.ask(session, order, line, happened="Der Stoff reicht nicht.", options=options, **BY)


@pytest.fixture
def link(write: Write) -> str:
    """The address of the question."""
    with write() as session:
        return f"/rueckfrage/{asked(session).token}"


def test_she_looks_chooses_confirms_and_sees_what_was_done(client: FlaskClient, write: Write, link: str) -> None:
    page = words(client.get(link).text)
    for told in ("Der Stoff reicht nicht.", "Sie bekommen 3,87 € zurück.", "Jersey Wolken", "Es bleibt beim Preis.",
                 "Bitte weglassen", "Sie bekommen Ihr Geld zurück: 24,25 €."):  # fmt: skip
        assert told in page
    confirm = words(client.get(f"{link}?wahl=0").text)
    assert "Ja, so machen wir es" in confirm
    with write() as session:
        assert session.exec(select(Inquiry)).one().is_open
    for _ in range(2):
        assert client.post(link, data={"wahl": "0", "weniger": "387"}).status_code == 303
    assert "So machen wir es: 1 Stück à 1,20 m Jersey Waldtiere." in words(client.get(link).text)
    with write() as session:
        order = session.exec(select(Order)).one()
        assert (order.reduced_cents, order.state) == (387, State.PAID)
        assert [part.goods.quantity for part in deliveries.deliverable(session, order)] == [120]


def test_another_tab_shows_what_was_decided_first(client: FlaskClient, write: Write, link: str) -> None:
    client.post(link, data={"wahl": "0", "weniger": "387"})
    assert client.post(link, data={"wahl": "2", "weniger": "2425"}).status_code == 303
    with write() as session:
        assert session.exec(select(Order)).one().state == State.PAID


def test_what_is_gone_says_so_and_offers_the_rest(client: FlaskClient, write: Write, link: str) -> None:
    with write() as session:
        clouds = session.exec(select(Variant).order_by(Variant.id.desc())).first()  # type: ignore[union-attr]
        stock.count(session, clouds, 0, **BY)
    answer = client.post(link, data={"wahl": "1", "weniger": "0"})
    assert answer.status_code == 409
    assert "inzwischen leider auch nicht mehr da" in answer.text
    assert client.post(link, data={"wahl": "0", "weniger": "387"}).status_code == 303


def test_a_changed_offer_is_shown_again(client: FlaskClient, link: str) -> None:
    answer = client.post(link, data={"wahl": "0", "weniger": "1"})
    assert answer.status_code == 409
    assert "geändert" in answer.text
    assert client.post(link, data={"wahl": "x"}).status_code == 409


def test_who_has_not_paid_pays_less(client: FlaskClient, write: Write) -> None:
    with write() as session:
        token = asked(session, is_paid=False).token
    assert "Sie bezahlen 3,87 € weniger." in words(client.get(f"/rueckfrage/{token}").text)


def test_a_question_that_was_taken_back_asks_nothing(client: FlaskClient, write: Write, link: str) -> None:
    with write() as session:
        inquiries.take_back(session, session.exec(select(Inquiry)).one(), note="", **BY)
    assert "hat sich erledigt" in client.get(link).text
    assert client.post(link, data={"wahl": "0", "weniger": "387"}).status_code == 303
    with write() as session:
        assert session.exec(select(Order)).one().reduced_cents == 0


def test_strangers_learn_nothing(client: FlaskClient, link: str) -> None:
    pages = [client.get("/rueckfrage/abc"), client.get(f"{link}x"), client.post("/rueckfrage/abc", data={"wahl": "0"})]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    known = client.get(link)
    assert known.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in known.headers["X-Robots-Tag"]
    assert "no-store" in known.headers["Cache-Control"]
