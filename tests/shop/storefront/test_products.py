"""The article's page: what it says, and that it never says what is no longer true."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import categories, fibres, holds, prices, products, revisions
from catalog.makers import Maker
from catalog.products import Product, Variant
from catalog.units import Unit
from shop.profile import Profile
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], AbstractContextManager[Session]]
FABRIC = "/artikel/jersey-waldtiere"


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\xa0", " "))


def look(client: FlaskClient, address: str = FABRIC) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words(answer.text)


def variant(session: Session) -> Variant:
    return session.exec(select(Variant)).first() or pytest.fail("no variant")


def test_fabric_is_sold_by_length_and_cuts(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, on_hand=345)
    page = client.get(FABRIC).text
    for field in ('name="laenge"', 'name="stuecke"', 'name="variante"', 'action="/warenkorb"'):
        assert field in page
    assert "12,90 € / m" in words(page)
    assert "höchstens 3,40 m am Stück" in words(page)
    assert "ab 0,50 m, in Schritten von 10 cm" in words(page)
    assert "Lieferzeit: 2–4 Werktage" in words(page)
    assert "In den Warenkorb" in page


def test_packed_yarn_shows_its_price_per_kilogram(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Sockenwolle"), content=50, content_unit=Unit.WEIGHT)
    assert "Grundpreis: 99,00 € / 1 kg" in look(client, "/artikel/sockenwolle")
    assert 'name="menge"' in client.get("/artikel/sockenwolle").text


def test_price_names_tax_and_shipping(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    assert "inkl. MwSt., zzgl. Versandkosten" in look(client)
    assert 'href="/versand">zzgl. Versandkosten' in client.get(FABRIC).text


def test_small_business_never_names_a_tax(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
        session.add(Profile(is_small_business=True))
        revisions.bump(session)
    page = look(client)
    assert "Endpreis, steuerfrei nach § 19 UStG (Kleinunternehmer), zzgl. Versandkosten" in page
    assert "MwSt" not in page


def test_reduction_names_the_lowest_price_of_thirty_days(client: FlaskClient, write: Write) -> None:
    with write() as session:
        fabric = make_fabric(session, now=NOW - timedelta(days=40))
        prices.reduce(session, fabric, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    page = look(client)
    assert "9,90 € / m" in page
    assert "Niedrigster Grundpreis der letzten 30 Tage vor der Preissenkung: 12,90 € / m" in page
    assert "−23 %" in page


def test_two_hundred_shades_can_be_chosen_without_script(client: FlaskClient, write: Write) -> None:
    with write() as session:
        thread = make_product(session, "Nähgarn")
        for number in range(200):
            make_variant(session, thread, sku=f"N{number}", options=[("Farbe", f"Nr. {number}", "#a03a2a")])
    page = client.get("/artikel/naehgarn?v=N150").text
    assert page.count('type="radio"') == 200
    assert 'value="N150" checked' in page
    assert page.count(" checked") == 1


def test_unknown_variant_shows_the_first(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, sku="J1")
    assert "Art.-Nr. J1" in look(client, f"{FABRIC}?v=nix")


def test_maker_fibres_and_warnings_stand_there(client: FlaskClient, write: Write) -> None:
    with write() as session:
        fabric = make_fabric(session)
        product = session.get_one(Product, fabric.product_id)
        maker = Maker(
            name="Weberei Tannhof", street="Am Bach 2", postal_code="09998", city="Tannhof", contact="a@b.example"
        )
        session.add(maker)
        session.flush()
        product.maker_id, product.warnings = maker.id, "Von Feuer fernhalten."
        fibres.set_composition(session, fabric.product_id, [("Baumwolle", 95), ("Elasthan", 5)], NOW)
    page = look(client)
    assert "Weberei Tannhof, Am Bach 2, 09998 Tannhof, Deutschland, a@b.example" in page
    assert "95 % Baumwolle, 5 % Elasthan" in page
    assert "Von Feuer fernhalten." in page


def test_machines_read_the_gross_price(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, "Jersey </script>", sku="J1")
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', client.get("/artikel/jersey-script").text)
    assert block
    described = json.loads(block[1])
    assert described["name"] == "Jersey </script>"
    assert described["offers"]["price"] == "12.90"


def test_draft_is_not_found(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Entwurf", published=False))
    assert client.get("/artikel/entwurf").status_code == 404


def test_refused_length_comes_back_with_its_reason(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, sku="J1")
    answer = client.post("/warenkorb", data={"variante": "J1", "laenge": "1,23", "stuecke": "2"})
    assert answer.status_code == 422
    assert "Möglich wäre 1,20 m oder 1,30 m." in words(answer.text)
    assert 'value="1,23"' in answer.text


def test_new_price_shows_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    assert "12,90 €" in look(client)
    with write() as session:
        prices.set_regular(session, variant(session), 1390, now=NOW, author="test")
    assert "13,90 €" in look(client)


def test_reduction_starts_and_ends_by_the_clock_alone(client: FlaskClient, write: Write, clock: list[datetime]) -> None:
    with write() as session:
        fabric = make_fabric(session, now=NOW - timedelta(days=40))
        starts, ends = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
        prices.reduce(session, fabric, 990, starts_at=starts, ends_at=ends, now=NOW, author="test")
    for moment, price in ((NOW, "12,90 €"), (starts, "9,90 €"), (ends, "12,90 €")):
        clock[0] = moment
        page = look(client)
        assert f" {price} / m" in page
        assert ("−23 %" in page) is (moment == starts)


def test_stock_shows_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, on_hand=500)
    assert "höchstens 5,00 m am Stück" in look(client)
    with write() as session:
        holds.hold(session, "D-1", [holds.Wanted(variant(session).id or 0, 460)], now=NOW)
    assert "nur noch ein Rest von 0,40 m" in look(client)


def test_profile_shows_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    look(client)
    with write() as session:
        session.add(Profile(shop_name="Nähkästchen"))
        revisions.bump(session)
    assert "Nähkästchen" in look(client)


def test_renamed_department_shows_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        category = categories.at_path(session, ["Stoffe"])
        products.place_in(session, make_fabric(session).product_id, [category.id or 0], NOW)
    assert "Stoffe" in look(client)
    with write() as session:
        categories.at_path(session, ["Stoffe"]).name = "Meterware"
        revisions.bump(session)
    assert "Meterware" in look(client)
    assert "Stoffe" not in look(client)


def test_price_of_a_related_article_shows_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        category = categories.at_path(session, ["Stoffe"])
        for name in ("Jersey Waldtiere", "Cord"):
            products.place_in(session, make_fabric(session, name).product_id, [category.id or 0], NOW)
    assert "13,90" not in look(client)
    with write() as session:
        cord = session.exec(select(Variant).join(Product).where(Product.name == "Cord")).one()
        prices.set_regular(session, cord, 1390, now=NOW, author="test")
    assert "13,90 €" in look(client)


def test_unchanged_page_is_not_sent_again(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    first = client.get(FABRIC)
    assert first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(FABRIC, headers=known).status_code == 304
    with write() as session:
        prices.set_regular(session, variant(session), 1390, now=NOW, author="test")
    assert client.get(FABRIC, headers=known).status_code == 200


def test_everyone_sees_their_own_cart_count(shop_app: Flask, client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, sku="J1")
    client.get(FABRIC)
    client.post("/warenkorb", data={"variante": "J1", "laenge": "1,5 m", "stuecke": "2"})
    assert '<span class="cart-link__count">2</span>' in client.get(FABRIC).text
    assert '<span class="cart-link__count"></span>' in shop_app.test_client().get(FABRIC).text
