"""Rules about the way to an order: each is kept as the shop stands, and told when a theme or a setting breaks it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import wordings
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.shipping import PICKUP
from shop.law import specimen
from shop.profile import Profile
from tests.checkout.ordering import make_order
from tests.shop.law.looking import break_letter, break_page, faults, sight_of, wear
from tests.shop.storefront.selling import fill_cart, open_shop, place_order, seen, tell

PROGRAM = Path(__file__).parents[3]

# What a stranger's theme might do: the page ("" is the order's letter), what stands there, what instead, what is told.
BROKEN: dict[str, list[tuple[str, str, str, str]]] = {
    "D01": [
        ("cart", "Deutschland", "dorthin", "nicht als Lieferland"),
        ("cart", "Bezahlung bei Abholung", "Geld", "Zahlungsart"),
    ],
    "D02": [
        ("checkout-problems", 'role="alert"', "", "sagt nicht, welche Angabe"),
    ],
    "D03": [
        ("agb", "Verhaltenskodizes", "Regeln", "die Verhaltenskodizes"),
        ("confirm", "deutscher Sprache", "Worten", "die Sprache des Vertrags"),
    ],
    "D04": [
        ("confirm", "97\u00a0% Baumwolle", "Baumwolle", "die Zusammensetzung"),
        ("confirm", "99,00", "9,90", "der Grundpreis"),
        ("confirm", "2–4 Werktage", "bald", "die Lieferzeit"),
        ("confirm", "Stoffbreite: 145", "Breite", "die wesentlichen Eigenschaften"),
        ("confirm", "Am Anger 1", "", "Lieferanschrift"),
        ("confirm", "<button class", '<a href="/agb">AGB</a><button class', "ein Link oder ein Feld"),
        ("confirm", "<button class", '<input type="checkbox" name="agb"><button class', "ein Link oder ein Feld"),
        ("confirm", "<table class", "<div class", "keine Tabelle"),
    ],
    "D05": [
        ("confirm", "zahlungspflichtig bestellen</button>", "Jetzt kaufen</button>", "statt „zahlungspflichtig"),
        ("confirm", "</button>", '</button><button name="x">zahlungspflichtig bestellen</button>', "2 Schaltfl"),
        ("cart", "</main>", '<form action="/kasse/bestellen"><button>Los</button></form></main>', "Auch auf"),
        ("cart", "</main>", '<form><button formaction="/kasse/bestellen">Los</button></form></main>', "Auch auf"),
        (
            "confirm",
            'action="/kasse/bestellen"',
            'action="/kasse/bestellen" id="b"><button form="b">Los</button',
            "2 Schaltfl",
        ),
    ],
    "D06": [
        (
            "cart",
            "</main>",
            '<form action="https://psp.example/x"><button>Mit P bezahlen</button></form></main>',
            "bevor bestellt ist",
        ),
        ("product-STOFF-1", "</main>", '<button formaction="//psp.example">Direkt</button></main>', "bevor bestellt"),
    ],
    "D07": [
        ("checkout", "</form>", '<input type="checkbox" name="versicherung" checked></form>', "schon angekreuzt"),
        ("cart", "</main>", '<input type="checkbox" name="karte" checked="checked"></main>', "schon angekreuzt"),
        ("checkout", "</form>", '<input type="radio" name="extra" CHECKED="true"></form>', "schon angekreuzt"),
    ],
    "D10": [
        ("", "Sockengarn Vierfach", "Garn", "fehlt der Artikel"),
        ("", "60,30", "60,00", "Gesamtbetrag"),
    ],
    "D11": [
        ("", "binnen vierzehn Tagen ohne Angabe von Gründen", "bald", "die Widerrufsbelehrung"),
        ("", "Muster-Widerrufsformular", "Zettel", "das Muster-Widerrufsformular"),
        ("", "Wie der Vertrag zustande kommt", "Vertrag", "die AGB"),
    ],
    "D12": [
        ("order", "bestaetigung.pdf", "bestaetigung.txt", "Vertrag als PDF"),
        ("order", 'href="/agb"', 'href="/x"', "fehlt der Link zu: AGB"),
        ("order", "/bestaetigung.pdf", "/x", "als PDF"),
    ],
    "D13": [
        ("checkout", "</form>", '<input type="password" name="passwort"></form>', "ein Passwort"),
    ],
    "D14": [
        ("checkout", "</form>", '<input name="phone2" required></form>', "obwohl der Vertrag"),
        ("checkout", "</form>", '<input name="geburtsdatum"></form>', "geburtsdatum"),
    ],
    "D15": [
        ("checkout", '<option value="FR"', '<option value="XX"', "Frankreich"),
    ],
}


def check_breaks(app: Flask, patch: pytest.MonkeyPatch, name: str) -> None:
    """The rule is kept as the shop stands, and each break of it is told."""
    assert faults(app, name) == []
    for page, old, new, message in BROKEN[name]:
        with patch.context() as broken:
            if page:
                break_page(broken, app, page, old, new)
            else:
                break_letter(broken, app, "order_received", old, new)
            assert any(message in each for each in faults(app, name)), (page, message)


def test_d01_the_cart_names_countries_and_ways_to_pay(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D01")


def test_d01_every_country_that_is_served_is_named(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        session.add(Profile(delivery_countries="DE AT NL"))
    assert faults(shop_app, "D01") == []


def test_d02_mistakes_can_be_seen_and_mended(
    shop_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_breaks(shop_app, monkeypatch, "D02")
    with monkeypatch.context() as broken:
        break_page(broken, shop_app, "confirm", "ändern", "ansehen")
        assert len(faults(shop_app, "D02")) == 2


def test_d02_address_amount_and_payment_are_changed_from_the_last_page(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    wrong = client.post("/kasse", data={"postal_code": "1", "street": "Neue Gasse 5"})
    assert wrong.status_code == 422
    assert "Neue Gasse 5" in wrong.text  # what was typed stays
    tell(client, street="Neue Gasse 5", delivery=PICKUP, payment="on_pickup")
    client.post("/warenkorb/1", data={"stuecke": "1", "laenge": "2"})
    page = client.get("/kasse/pruefen").text
    assert "1 Stück à 2,00" in page.replace("\u00a0", " ")
    assert "Abholung im Laden" in page


def test_d03_the_technical_steps_are_told_before_the_order(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D03")


def test_d04_what_is_ordered_stands_right_above_the_button(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D04")


def test_d04_the_guarantee_notice_stands_there_from_its_day_on(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_page(monkeypatch, shop_app, "confirm", wordings.GUARANTEE_LINK, "/versand")
    assert faults(shop_app, "D04", date(2026, 9, 26)) == []
    assert any("Gewährleistung" in each for each in faults(shop_app, "D04", date(2026, 9, 27)))


def test_d04_the_total_above_the_button_is_what_is_charged(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    break_page(monkeypatch, shop_app, "confirm", "60,30", "60,29")
    assert any("Gesamtbetrag" in each for each in faults(shop_app, "D04"))


def test_d05_one_button_with_the_words_of_the_law(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D05")
    assert wordings.ORDER_BUTTON == "zahlungspflichtig bestellen"


def test_d06_no_payment_provider_before_the_order(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D06")


def test_d06_only_the_last_page_and_the_telephone_place_orders() -> None:
    files = [file for folder in ("shop", "checkout") for file in (PROGRAM / folder).rglob("*.py")]
    placing = {
        file.relative_to(PROGRAM).as_posix()
        for file in files
        if re.search(r"(?<!def )\bplace_cart\(|placing\.place\(", file.read_text("utf-8"))
    }
    assert placing == {"shop/storefront/checkout.py", "shop/backoffice/phone_orders.py"}


def test_d07_nothing_is_ticked_beforehand(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D07")


def test_d08_cards_and_transfers_cost_nothing(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(shop_app, "D08") == []
    methods = shop_app.extensions["dorfladen"].payments
    monkeypatch.setattr(methods["on_pickup"], "fee_cents", 50, raising=False)
    assert any("nichts kostet" in each for each in faults(shop_app, "D08"))  # the only one of this shop
    monkeypatch.setattr(methods["transfer"], "fee_cents", 50, raising=False)
    monkeypatch.setattr(methods["transfer"], "missing", lambda: "")
    assert any("§ 270a BGB" in each for each in faults(shop_app, "D08"))


def test_d09_no_template_asks_for_a_card(shop_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert faults(shop_app, "D09") == []
    (tmp_path / "karte.html").write_text('<input name="kartennummer" autocomplete="cc-number">', "utf-8")
    monkeypatch.setattr("shop.themes.chain", lambda themes, name: [tmp_path])
    assert any("karte.html" in each for each in faults(shop_app, "D09"))


def test_d10_the_receipt_names_goods_and_total(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D10")


def test_d10_the_receipt_is_owed_in_the_orders_own_transaction(session: Session) -> None:
    order = make_order(session)
    owed = session.exec(select(Letter.kind).where(Letter.reason == f"order:{order.id}")).all()
    assert "order_received" in owed  # nothing has been committed yet


def test_d11_the_contract_stands_in_the_letter_itself(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D11")


def test_d11_the_contract_travels_as_a_pdf(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with sight_of(shop_app) as sight:
        walked = specimen.of(sight)
    bare = replace(walked.letter("order_received"), attachments=())
    wear(monkeypatch, replace(walked, letters={**walked.letters, "order_received": bare}))
    assert any("nicht als PDF" in each for each in faults(shop_app, "D11"))


def test_d11_the_html_of_the_letter_says_it_all_too(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with sight_of(shop_app) as sight:
        walked = specimen.of(sight)
    letter = walked.letter("order_received")
    short = replace(letter, html=letter.html.replace("binnen vierzehn Tagen ohne Angabe von Gründen", "bald"))
    wear(monkeypatch, replace(walked, letters={**walked.letters, "order_received": short}))
    assert any("die Widerrufsbelehrung" in each for each in faults(shop_app, "D11"))


def test_d12_the_order_can_be_looked_up(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D12")


def test_d13_nobody_needs_a_password_to_buy(
    shop_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_breaks(shop_app, monkeypatch, "D13")
    open_shop(shop_app)
    assert client.get(place_order(client)).status_code == 200


def test_d14_no_more_is_asked_than_the_contract_needs(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D14")


def test_d15_an_invoice_goes_to_every_country_of_the_eu(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    check_breaks(shop_app, monkeypatch, "D15")


def test_d15_a_frenchwoman_has_it_sent_to_germany(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(
        client, billing_name="Anne Dupont", billing_street="1 Rue du Fil", billing_postal_code="67000",
        billing_city="Strasbourg", billing_country="FR",
    )  # fmt: skip
    with shop_app.extensions["dorfladen"].database.reading() as session:
        assert session.exec(select(Order.billing_country)).one() == "FR"


def test_d15_the_program_asks_nobody_where_an_address_lies() -> None:
    files = [*PROGRAM.glob("*/**/*.py"), PROGRAM / "pyproject.toml"]
    ours = [
        each for each in files if each.parts[len(PROGRAM.parts)] in ("shop", "checkout", "catalog", "pyproject.toml")
    ]
    assert not [each.name for each in ours if re.search("geo_?ip|maxmind|ip2country", each.read_text("utf-8"), re.I)]


def test_d16_fetching_it_is_a_purchase_with_all_its_rights(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    tell(client, delivery=PICKUP, payment="on_pickup")
    page = client.get("/kasse/pruefen").text
    assert "zahlungspflichtig bestellen" in page
    assert "Widerrufsbelehrung" in page
    placed = client.post("/kasse/bestellen", data=seen(client))
    assert "Vertrag widerrufen" in client.get(placed.headers["Location"]).text
