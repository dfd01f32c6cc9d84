"""The article's page: what it says, and that it never says what is no longer true."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import categories, fibres, holds, prices, products, revisions, stock
from catalog.makers import Maker
from catalog.products import Kind, Product, Variant
from catalog.units import Unit
from shop.profile import Profile
from tests.make import NOW, make_fabric, make_product, make_shades, make_variant

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


def test_deep_link_chooses_a_shade_and_the_canonical_link_stays_without(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 400)
    page = client.get("/artikel/naehgarn?v=N317").text
    assert 'value="N317" checked' in page
    assert "Gewählt: 317 Rot" in words(page)
    canonical = re.search(r'<link rel="canonical" href="([^"]+)">', page)
    assert canonical is not None
    assert canonical[1].endswith("/artikel/naehgarn")


def test_colours_times_lengths_stand_under_their_lengths(client: FlaskClient, write: Write) -> None:
    with write() as session:
        zips = make_product(session, "Reißverschluss")
        for length in ("12 cm", "18 cm"):
            for colour in ("Rot", "Blau", "Grün", "Gelb", "Grau"):
                make_variant(session, zips, options=[("Farbe", colour, "#cc0000"), ("Länge", length, "")])
    page = client.get("/artikel/reissverschluss").text
    assert '<a href="#gruppe-2">18 cm</a>' in page
    assert re.search(r'<fieldset [^>]*id="gruppe-2"><legend>18 cm</legend>', page)
    assert "Gewählt: Rot, 12 cm" in words(page)


def test_choice_by_the_form_alone_leads_to_the_deep_link(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 30)
    chosen = client.get("/artikel/naehgarn?variante=N7&menge=1")
    assert chosen.status_code == 303
    assert chosen.headers["Location"] == "/artikel/naehgarn?v=N7"


def test_script_gets_only_what_changes_with_the_choice(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_shades(session, 400)
    part = client.get("/artikel/naehgarn/auswahl?v=N317")
    assert part.headers["X-Robots-Tag"] == "noindex"
    followed = re.findall(r'data-follows-variant="(\w+)"', part.text)
    assert sorted(followed) == ["amount", "facts", "gallery", "name", "price"]
    assert sorted(re.findall(r'data-follows-variant="(\w+)"', client.get("/artikel/naehgarn").text)) == sorted(followed)
    assert "Art.-Nr. N317" in words(part.text)
    assert len(part.text) < 8_000


def test_fields_and_hints_follow_the_rule_of_the_chosen_variant(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, sku="J1")
        border = make_variant(session, session.exec(select(Product)).one(), sku="J2", on_hand=900)
        border.minimum, border.step, border.maximum = 100, 50, 500
        buttons = make_product(session, "Knopf")
        buttons.minimum, buttons.step, buttons.maximum = 5, 5, 50
        make_variant(session, buttons, on_hand=100)
    assert "ab 0,50 m, in Schritten von 10 cm." in look(client)
    own = look(client, f"{FABRIC}?v=J2")
    assert "ab 1,00 m, in Schritten von 50 cm." in own
    assert own.count("höchstens") == 1  # one limit, of stock and rule together: two would contradict each other
    page = client.get("/artikel/knopf").text
    assert 'min="5" step="5" max="50" value="5"' in page
    assert "ab 5 Stück, in Schritten von 5, höchstens 50 je Bestellung" in words(page)


def test_longest_piece_is_told_and_not_the_sum(client: FlaskClient, write: Write) -> None:
    with write() as session:
        fabric = make_fabric(session, on_hand=340)
        stock.receive(session, fabric, 120, now=NOW, author="test")
    assert "höchstens 3,40 m am Stück" in look(client)


def test_balls_of_one_lot_are_told(client: FlaskClient, write: Write) -> None:
    with write() as session:
        yarn = make_variant(session, make_product(session, "Sockenwolle", kind=Kind.YARN), on_hand=0)
        stock.receive(session, yarn, 12, lot="4711", now=NOW, author="test")
        stock.receive(session, yarn, 5, lot="4712", now=NOW, author="test")
    assert "Auf Lager, bis 12 Knäuel aus einer Farbpartie" in look(client, "/artikel/sockenwolle")


def test_remnant_says_what_it_is_and_where_there_is_more(client: FlaskClient, write: Write) -> None:
    with write() as session:
        jersey = make_fabric(session, sku="J1", options=[("Farbe", "Petrol", "")])
        rest = make_variant(session, make_product(session, "Rest"), on_hand=1, content=85, content_unit=Unit.LENGTH)
        rest.cut_from_id = jersey.id
    page = look(client, "/artikel/rest")
    assert "Reststück von 0,85 m" in page
    assert "ein Einzelstück" in page
    assert 'href="/artikel/jersey-waldtiere?v=J1">Jersey Waldtiere, Petrol</a>' in client.get("/artikel/rest").text
    with write() as session:
        products.unpublish(session, session.exec(select(Product).where(Product.slug == "jersey-waldtiere")).one(), NOW)
    assert "Jersey Waldtiere" not in look(client, "/artikel/rest")


def test_sample_can_be_ordered_where_one_is_offered(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
        session.add(Profile(sample_cents=80))
        revisions.bump(session)
    assert "Stoffmuster" not in look(client)
    with write() as session:
        product = session.exec(select(Product)).one()
        product.offers_sample = True
        products.touch(session, product.id or 0, NOW)
    page = client.get(FABRIC).text
    assert 'formaction="/warenkorb/muster"' in page
    assert "Stoffmuster bestellen (0,80 €)" in words(page)


def test_area_is_measured_in_square_metres_for_machines_too(client: FlaskClient, write: Write) -> None:
    with write() as session:
        leather = make_product(session, "Leder", unit=Unit.AREA, minimum=2500, step=100)
        make_variant(session, leather, price_cents=4900, on_hand=40_000)
    page = client.get("/artikel/leder").text
    assert '"unitCode": "MTK"' in page
    assert "ab 0,25 m², in Schritten von 0,01 m²" in words(page)


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


def described(client: FlaskClient, path: str) -> Any:
    """The article as search engines read it."""
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', client.get(path).text)
    assert block
    return json.loads(block[1])


def test_machines_read_the_gross_price(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, "Jersey </script>", sku="J1")
    read = described(client, "/artikel/jersey-script")
    assert read["name"] == "Jersey </script>"
    assert read["offers"]["price"] == "12.90"
    assert read["offers"]["priceSpecification"]["referenceQuantity"]["unitCode"] == "MTR"


@pytest.mark.parametrize(("content", "unit", "price", "value", "code"), [
    (50, Unit.WEIGHT, "99.00", 1, "KGM"), (2500, Unit.AREA, "19.80", 1, "MTK"), (100, Unit.VOLUME, "49.50", 1, "LTR"),
    (300, Unit.LENGTH, "1.65", 1, "MTR"), (20_000, Unit.LENGTH, "2.48", 100, "MTR"),
    (10_000_000, Unit.LENGTH, "0.05", 1000, "MTR"),
])  # fmt: skip
def test_machines_read_the_base_price_of_packed_goods(
    client: FlaskClient, write: Write, content: int, unit: Unit, price: str, value: int, code: str
) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Garn"), price_cents=495, content=content, content_unit=unit)
    offer = described(client, "/artikel/garn")["offers"]
    assert offer["price"] == "4.95"
    assert (offer["priceSpecification"]["@type"], offer["priceSpecification"]["price"]) == (
        "UnitPriceSpecification",
        price,
    )
    assert offer["priceSpecification"]["referenceQuantity"] == {
        "@type": "QuantitativeValue", "value": value, "unitCode": code,
    }  # fmt: skip


def test_machines_read_no_base_price_where_none_is_owed(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Knopf"))
    told = described(client, "/artikel/knopf")["offers"]["priceSpecification"]
    assert (told["@type"], told["price"], told["valueAddedTaxIncluded"]) == ("PriceSpecification", "4.95", True)
    assert "referenceQuantity" not in told


def test_machines_read_that_sending_costs_extra(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Knopf"))
        session.add(Profile(delivery_countries="DE AT"))
    told = described(client, "/artikel/knopf")["offers"]["shippingDetails"]
    assert told["shippingDestination"]["addressCountry"] == ["DE", "AT"]
    assert told["shippingSettingsLink"].endswith("/versand")


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
