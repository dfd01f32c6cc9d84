import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, func, select

from catalog import holds, prices
from catalog.products import Variant
from checkout.orders import Order, State
from checkout.outbox import Letter
from shop.context import Shop
from tests.make import NOW
from tests.shop.storefront.selling import ADDRESS, FABRIC, fill_cart, open_shop, place_order, seen, tell, words


def test_fabric_is_bought_by_transfer(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    page = client.get(place_order(client))
    text = words(page.text)
    assert "Bitte überweisen Sie 44,19 €" in text
    assert "DE89 3704 0044 0532 0130 00" in text
    assert "bis zum 30.11.2026" in text
    assert "<svg" in page.text
    with _reading(shop_app) as session:
        order = session.exec(select(Order)).one()
        letters = session.exec(select(Letter.kind, Letter.recipient).order_by(col(Letter.id))).all()
    assert (order.state, order.total_cents, order.terms_version > 0) == (State.AWAITING_PAYMENT, 4419, True)
    assert letters == [("order_received", ADDRESS["email"]), ("order_for_owner", "owner")]


def test_fabric_is_ordered_for_pickup_without_an_address(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    nothing = {"street": "", "postal_code": "", "city": ""}
    text = words(client.get(place_order(client, delivery="pickup", payment="on_pickup", **nothing)).text)
    assert "Bezahlen Sie bei der Abholung" in text
    assert "Dorfstraße 1" in text
    assert "Gesamtbetrag 38,70 €" in text


def test_the_confirmation_stands_in_the_order_of_the_law(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    page = client.get("/kasse/pruefen").text
    main = page[page.index("<main") : page.index("</main>")]
    marks = ("Am Anger 1", "Überweisung", "/agb", "/widerrufsbelehrung", "Gewährleistungsrecht", "Jersey Waldtiere",
             "Farbe: Petrol", "2 Stücke à 1,50\u00a0m", "95\u00a0% Baumwolle", "Lieferzeit", "Warenwert", "MwSt.",
             "Gesamtbetrag", "zahlungspflichtig bestellen</button>")  # fmt: skip
    places = [main.rindex(mark) for mark in marks]
    assert places == sorted(places)
    below_the_total = main[main.index("Gesamtbetrag") :]
    assert "<a " not in below_the_total
    assert "checkbox" not in main


def test_there_is_one_order_button_and_nothing_else_stands_on_it(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    page = client.get("/kasse/pruefen").text
    main = page[page.index("<main") : page.index("</main>")]
    assert re.findall(r"<button[^>]*>(.*?)</button>", main, re.DOTALL) == ["zahlungspflichtig bestellen"]


def test_every_block_of_the_confirmation_can_be_changed(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    page = client.get("/kasse/pruefen").text
    for target in ("/kasse#delivery", "/kasse#payment", "/warenkorb"):
        assert f'href="{target}"' in page


def test_what_is_missing_is_named_and_nothing_typed_is_lost(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    answer = client.post(
        "/kasse", data={"name": "Erika", "email": "keine Adresse", "delivery": "Paket", "note": "Danke"}
    )
    assert answer.status_code == 422
    for told in ("keine E-Mail-Adresse", "Straße und Hausnummer", "wie Sie bezahlen", 'value="Erika"',
                 'value="keine Adresse"', ">Danke</textarea>", 'aria-invalid="true"'):  # fmt: skip
        assert told in answer.text
    assert 'value="Erika"' in client.get("/kasse").text
    assert client.get("/kasse/pruefen").headers["Location"] == "/kasse"


def test_no_box_is_ticked_beforehand(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    page = client.get("/kasse").text
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert not any("checked" in box for box in boxes)
    assert re.findall(r'name="(\w+)" value="\w+" checked', page) == ["delivery"]


def test_paying_at_pickup_does_not_fit_a_parcel(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    answer = client.post("/kasse", data=ADDRESS | {"payment": "on_pickup"})
    assert answer.status_code == 422
    assert "passt nicht zur gewählten Lieferung" in answer.text


def test_an_invoice_may_go_abroad_while_the_parcel_stays(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    billing = {"billing_name": "Société", "billing_street": "Rue 1", "billing_postal_code": "75001",
               "billing_city": "Paris", "billing_country": "FR"}  # fmt: skip
    text = words(client.get(place_order(client, **billing)).text)
    assert "Rechnung an Société Rue 1 75001 Paris Frankreich" in text


def test_a_country_without_delivery_is_refused(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    assert "In dieses Land liefern wir leider nicht" in client.post("/kasse", data=ADDRESS | {"country": "FR"}).text


def test_the_country_decides_what_the_parcel_costs(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client, country="AT", postal_code="1010")
    assert "Paket 12,49 €" in words(client.get("/kasse/pruefen").text)


def test_a_changed_price_is_shown_before_it_is_ordered(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    form = seen(client)
    with _writing(shop_app) as session:
        prices.set_regular(session, _fabric(session), 1490, now=NOW, author="test")
        session.commit()
    answer = client.post("/kasse/bestellen", data=form)
    assert answer.status_code == 409
    assert "von 44,19 € auf 50,19 €" in words(answer.text)
    assert _orders(shop_app) == 0
    assert client.post("/kasse/bestellen", data=seen(client)).status_code == 303


def test_goods_sold_out_meanwhile_are_named_and_cannot_be_ordered(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    form = seen(client)
    with _writing(shop_app) as session:
        variant_id = _fabric(session).id
        assert variant_id is not None
        holds.hold(session, "somebody-else", [holds.Wanted(variant_id, 400)], now=NOW)
        session.commit()
    answer = client.post("/kasse/bestellen", data=form)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "Jersey Waldtiere: Davon haben wir höchstens 1,00 m am Stück." in words(answer.text)
    assert "bestellen</button>" not in answer.text
    assert '<a class="button button--primary button--wide" href="/warenkorb">Warenkorb ändern</a>' in answer.text
    assert _orders(shop_app) == 0


def test_a_second_click_finds_the_same_order(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    form = seen(client)
    first, second = (client.post("/kasse/bestellen", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert _orders(shop_app) == 1


@pytest.mark.parametrize("form", [{}, {"schluessel": "x", "gesehen": "4419"}, {"gesehen": "viel"}])
def test_a_tampered_confirmation_orders_nothing(shop_app: Flask, client: FlaskClient, form: dict[str, str]) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    assert client.post("/kasse/bestellen", data=form).status_code == 409
    assert _orders(shop_app) == 0


def test_nothing_is_ordered_from_a_foreign_page(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    answer = client.post("/kasse/bestellen", data=seen(client), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert _orders(shop_app) == 0


def test_an_empty_cart_goes_back_to_the_cart(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    for path in ("/kasse", "/kasse/pruefen"):
        assert client.get(path).headers["Location"] == "/warenkorb"
    for path in ("/kasse", "/kasse/bestellen"):
        assert client.post(path).headers["Location"] == "/warenkorb"


def test_a_small_business_never_speaks_of_vat(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, is_small_business=True)
    fill_cart(client)
    pages = [client.get("/warenkorb").text]
    tell(client)
    pages.append(client.get("/kasse/pruefen").text)
    pages.append(client.get(client.post("/kasse/bestellen", data=seen(client)).headers["Location"]).text)
    pages += [client.get(f"/{slug}").text for slug in ("agb", "versand", "impressum", "datenschutz")]
    for page in pages:
        assert not re.search(r"mwst|mehrwertsteuer", page, re.IGNORECASE)
    assert "steuerfrei nach § 19 UStG" in pages[1]


def test_personal_pages_are_kept_by_nobody(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    for path in ("/warenkorb", "/kasse", "/widerruf"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def _fabric(session: Session) -> Variant:
    return session.exec(select(Variant).where(Variant.sku == FABRIC)).one()


def _orders(app: Flask) -> int:
    with _reading(app) as session:
        return session.exec(select(func.count()).select_from(Order)).one()


def _reading(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.read_session()


def _writing(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.write_session()
