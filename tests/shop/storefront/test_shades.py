"""Many shades at once: the list of all variants puts everything into the cart, or nothing and says why."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from catalog import prices, products, redirects
from catalog.products import Product, Variant
from checkout.cart import CartLine
from tests.make import NOW, make_fabric, make_product, make_shades, make_variant
from tests.shop.storefront.test_products import words

Write = Callable[[], AbstractContextManager[Session]]
LIST = "/artikel/naehgarn/farben"


def fields(write: Write, *skus: str) -> list[str]:
    with write() as session:
        ids = {each.sku: each.id for each in session.exec(select(Variant)).all()}
    return [f"menge-{ids[sku]}" for sku in skus]


def cart_lines(write: Write) -> list[tuple[str, int, int]]:
    with write() as session:
        lines = select(Variant.sku, CartLine.pieces, CartLine.quantity).join(CartLine)
        return sorted(session.exec(lines.order_by(col(CartLine.id))).all())


def test_list_has_a_named_field_for_each_shade_that_can_be_had(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 400)
    page = client.get(LIST).text
    assert page.count('name="menge-') == 360
    assert page.count(">ausverkauft<") == 40
    assert page.count('<svg class="shade" color="#a03a2a"') == 400
    assert "Menge 7 Rot" in words(page)
    assert "Art.-Nr. N7" in words(page)


def test_three_shades_go_into_the_cart_together(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 40)
    first, second, third, empty = fields(write, "N1", "N20", "N31", "N3")
    answer = client.post(LIST, data={first: "2", second: "1", third: " 12 ", empty: "0"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/warenkorb"
    assert cart_lines(write) == [("N1", 2, 1), ("N20", 1, 1), ("N31", 12, 1)]


def test_one_refused_row_keeps_all_out_and_says_why_at_its_place(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 40)
    good, much, odd = fields(write, "N1", "N2", "N3")
    answer = client.post(LIST, data={good: "2", much: "41", odd: "drei"})
    assert answer.status_code == 422
    assert cart_lines(write) == []
    assert "Set-Cookie" not in answer.headers
    page = words(answer.text)
    assert "im Warenkorb liegt noch nichts davon" in page
    assert page.count("„drei“ können wir nicht lesen") == 2  # above all rows, and at its own
    for field, typed in ((good, "2"), (much, "41"), (odd, "drei")):
        row = re.search(rf'<input id="{field}"[^>]*>', answer.text)
        assert row is not None
        assert f'value="{typed}"' in row[0]
        assert ('aria-invalid="true"' in row[0]) is (field != good)


def test_empty_list_asks_for_a_quantity(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 4)
    answer = client.post(LIST, data={})
    assert answer.status_code == 422
    assert "tragen Sie ein, wie viel" in answer.text


def test_hundreds_at_once_are_asked_to_come_in_two(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 120)
    every = fields(write, *(f"N{number}" for number in range(120) if number % 10 != 9))
    answer = client.post(LIST, data=dict.fromkeys(every, "1"))
    assert answer.status_code == 422
    assert "Mehr als 100 auf einmal" in answer.text
    assert cart_lines(write) == []


def test_lengths_are_cuts_of_their_own(client: FlaskClient, write: Write) -> None:
    with write() as session:
        first = make_fabric(session, sku="J1", options=[("Farbe", "Petrol", "#0f6b6e")])
        make_variant(session, session.get_one(Product, first.product_id), sku="J2", on_hand=300,
                     options=[("Farbe", "Senf", "#d9a514")])  # fmt: skip
    petrol, senf = fields(write, "J1", "J2")
    shades = "/artikel/jersey-waldtiere/farben"
    assert "höchstens 3,00 m am Stück" in words(client.get(shades).text)
    for lengths in ({petrol: "1,5", senf: "80 cm"}, {petrol: "2 m"}):
        assert client.post(shades, data=lengths).status_code == 303
    assert cart_lines(write) == [("J1", 1, 150), ("J1", 1, 200), ("J2", 1, 80)]
    refused = client.post(shades, data={petrol: "1,23"})
    assert refused.status_code == 422
    assert "Möglich wäre 1,20 m oder 1,30 m." in words(refused.text)


def test_shade_sold_out_meanwhile_says_so_at_its_row(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 12)
    gone = fields(write, "N9")[0]
    answer = client.post(LIST, data={gone: "1"})
    assert answer.status_code == 422
    assert f'id="{gone}-problem"' in answer.text


def test_variants_of_other_articles_are_left_alone(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 4)
        make_variant(session, make_product(session, "Knopf"), sku="K1")
    foreign = fields(write, "K1")[0]
    assert client.post(LIST, data={foreign: "1"}).status_code == 422
    assert cart_lines(write) == []


def test_list_shows_new_prices_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 4)
    assert "9,99 €" not in words(client.get(LIST).text)
    with write() as session:
        shade = session.exec(select(Variant).where(Variant.sku == "N0")).one()
        prices.set_regular(session, shade, 999, now=NOW, author="test")
    assert "9,99 €" in words(client.get(LIST).text)


def test_one_price_stands_once_above_the_list(client: FlaskClient, write: Write) -> None:
    with write() as session:
        yarn = make_product(session, "Wolle")
        for number in range(3):
            make_variant(session, yarn, options=[("Farbe", f"{number}", "")])
    assert words(client.get("/artikel/wolle/farben").text).count("4,95 €") == 1


def test_drafts_have_no_list_and_old_addresses_lead_on(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 4, "Entwurf", published=False)
        thread = make_shades(session, 4)
        redirects.rename_product(session, thread, "allesnaeher", NOW + timedelta(days=1))
    assert client.get("/artikel/entwurf/farben").status_code == 404
    assert client.post("/artikel/entwurf/farben", data={}).status_code == 404
    assert client.get(LIST).status_code == 301
    with write() as session:
        products.unpublish(session, session.get_one(Product, thread.id), NOW)
    assert client.get("/artikel/allesnaeher/farben").status_code == 404
