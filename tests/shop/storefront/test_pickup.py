"""Ordering for pickup with a name and a telephone number: no address, no e-mail, and still everything in hand."""

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import outbox
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.pickup import PickupTerms
from checkout.returns import Withdrawal
from shop.context import Shop
from tests.shop.storefront.selling import hidden, open_shop, place_order, words

BY_PHONE = {"email": "", "phone": "033999 123", "street": "", "postal_code": "", "city": "", "delivery": "pickup"}


def test_a_telephone_number_is_enough_and_the_page_shows_everything_at_once(
    shop_app: Flask, client: FlaskClient
) -> None:
    open_shop(shop_app)
    text = words(client.get(place_order(client, payment="on_pickup", **BY_PHONE)).text)
    for told in ("Bezahlen Sie bei der Abholung", "drucken Sie sie aus", "Widerrufsbelehrung", "Widerrufsformular",
                 "Allgemeine Geschäftsbedingungen"):  # fmt: skip
        assert told in text
    with _reading(shop_app) as session:
        order = session.exec(select(Order)).one()
        assert (order.email, order.phone, order.street, order.city) == ("", "033999 123", "", "")
        assert [letter.recipient for letter in session.exec(select(Letter)).all()] == [outbox.OWNER]


def test_the_promised_moment_stands_instead_of_days_of_delivery(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with _writing(shop_app) as session:
        session.add(PickupTerms(hours="Mo–Fr 9–18 Uhr", land="BB"))
        session.commit()
    page = words(client.get(place_order(client, payment="on_pickup", **BY_PHONE)).text)
    assert "Abholbereit ab Montag, 23. November, 11 Uhr" in page
    assert "Lieferzeit" not in page[: page.index("Widerrufsbelehrung")]


def test_who_transfers_first_still_reads_the_days_of_delivery(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with _writing(shop_app) as session:
        session.add(PickupTerms(hours="Mo–Fr 9–18 Uhr", land="BB"))
        session.commit()
    page = words(client.get(place_order(client, payment="transfer", **BY_PHONE)).text)
    assert "Abholbereit, sobald Ihre Zahlung da ist" in page
    assert "Lieferzeit" in page


def test_who_gave_an_address_for_letters_is_not_shown_the_papers_twice(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    text = words(client.get(place_order(client, payment="on_pickup", delivery="pickup")).text)
    assert "Widerrufsformular" not in text
    assert "geht an erika@kundin.example" in text


def test_an_order_without_email_is_withdrawn_by_its_link_alone(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    token = place_order(client, payment="on_pickup", **BY_PHONE).rpartition("/")[2]
    form = client.get(f"/widerruf?bestellung={token}").text
    assert "E-Mail-Adresse (freiwillig)" in form
    declared = {"name": "Erika Käufer", "email": "", "which_order": "meine", "bestellung": token}
    review = client.post("/widerruf", data=declared)
    assert review.status_code == 200
    done = client.post("/widerruf/bestaetigen", data=declared | {"schluessel": hidden(review.text, "schluessel")})
    receipt = client.get(done.headers["Location"]).text
    assert "Eingangsbestätigung herunterladen" in receipt
    assert "E-Mail-Adresse: " not in client.get(done.headers["Location"] + "/widerruf.txt").text
    with _reading(shop_app) as session:
        assert session.exec(select(Withdrawal.order_id)).one() == 1
        letters = session.exec(select(Letter).where(Letter.kind == "withdrawal_received")).all()
        assert letters == []


def test_a_number_alone_never_withdraws_an_order_without_email(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client, payment="on_pickup", **BY_PHONE)
    with _reading(shop_app) as session:
        number = session.exec(select(Order.number)).one()
    answer = client.post("/widerruf", data={"name": "Eve", "email": "", "which_order": number})
    assert answer.status_code == 422


def _writing(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.write_session()


def _reading(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.read_session()
