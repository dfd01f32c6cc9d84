import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from checkout import wordings
from checkout.shipping import ShippingRate
from shop import legal, pages
from shop.context import Shop
from tests.make import NOW
from tests.shop.papers.reading import words_of
from tests.shop.storefront.selling import fill_cart, open_shop, place_order, tell, words

SLUGS = (*legal.TITLES,)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_legal_page_stands_before_the_shop_is_furnished(client: FlaskClient, slug: str) -> None:
    page = client.get(f"/{slug}")
    assert page.status_code == 200
    assert not re.search(r"\[[^\]]*\]|None|\{\{", words(page.text))


@pytest.mark.parametrize(
    "path", ["/", "/warenkorb", "/kasse", "/widerruf", "/gibt-es-nicht", *(f"/{s}" for s in SLUGS)]
)
def test_every_page_leads_to_the_legal_texts_and_to_the_withdrawal(
    shop_app: Flask, client: FlaskClient, path: str
) -> None:
    open_shop(shop_app)
    fill_cart(client)
    page = client.get(path).text
    assert ">Impressum</a>" in page
    assert ">Datenschutz</a>" in page
    assert ">Widerrufsbelehrung</a>" in page
    assert re.search(r'href="/widerruf"[^>]*>Vertrag widerrufen</a>', page)


def test_the_shipping_page_shows_the_table_and_the_ways_to_pay(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    text = words(client.get("/versand").text)
    assert "Versand nach Deutschland" in text
    assert "Paket bis 31,5 kg 5,49 €" in text
    assert "Versand nach Österreich" in text
    assert "Überweisung" in text


def test_the_owners_page_is_shown_and_an_unknown_one_is_not(shop_app: Flask, client: FlaskClient) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        pages.publish(session, "naehkurse", "Nähkurse", "Jeden **Dienstag**.", now=NOW, author="test")
    assert "<strong>Dienstag</strong>" in client.get("/seite/naehkurse").text
    assert client.get("/seite/strickkurse").status_code == 404
    assert client.get("/seite/agb").headers["Location"] == "/agb"


def test_an_old_version_of_a_text_stays_to_be_read(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        old = pages.publish(session, "agb", "AGB", "Wie es war.", now=NOW, author="test").id
        pages.publish(session, "agb", "AGB", "Wie es ist.", now=NOW, author="test")
    page = client.get(f"/agb/fassung/{old}")
    assert "Wie es war." in words(page.text)
    assert "Fassung vom 22.11.2026" in words(page.text)
    assert client.get(f"/impressum/fassung/{old}").status_code == 404
    assert client.get("/agb/fassung/99999").status_code == 404


def test_a04_an_order_leads_to_its_own_versions_on_screen_and_on_paper(
    shop_app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    open_shop(shop_app)
    order = place_order(client)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        old = pages.latest(session, "agb")
        assert old is not None
        pages.publish(session, "agb", old.title, "Alles ist anders.", now=NOW + timedelta(days=9), author="test")
        number = old.id
    page = client.get(order).text
    assert f'href="/agb/fassung/{number}"' in page
    assert len(re.findall(r'href="/\w+/fassung/\d+\.pdf"', page)) == 3
    paper = client.get(f"/agb/fassung/{number}.pdf")
    assert paper.mimetype == "application/pdf"
    told = words_of(paper.data, tmp_path)
    assert "Fassung vom 22.11.2026" in told
    assert "Wie der Vertrag zustande kommt" in told
    assert "Alles ist anders" not in told
    assert client.get(f"/agb/fassung/{number}.pdf").data == paper.data
    assert client.get(f"/impressum/fassung/{number}.pdf").status_code == 404


def test_a06_the_model_form_is_there_to_print(shop_app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    open_shop(shop_app, tax_number="052/123/45678")
    assert 'href="/widerrufsformular.pdf"' in client.get("/widerrufsbelehrung").text
    told = " ".join(words_of(client.get("/widerrufsformular.pdf").data, tmp_path).split())
    for line in (wordings.MODEL_FORM_INTRODUCTION, *wordings.MODEL_FORM_LINES[1:], wordings.MODEL_FORM_FOOTNOTE):
        assert line in told
    assert "An Nähladen Probe, Petra Probe, Dorfstraße 1, 16835 Musterow, laden@probe.example:" in told
    assert "052/123/45678" not in told
    assert "Seite 1 von 1" in told


def test_h06_who_orders_to_switzerland_reads_of_customs_before_ordering(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, delivery_countries="DE CH")
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        session.add(ShippingRate(name="Paket", country="CH", max_weight_g=31_500, price_cents=1990))
    fill_cart(client)
    note = wordings.CUSTOMS_NOTE
    assert note in words(client.get("/warenkorb").text)
    tell(client)
    assert note not in words(client.get("/kasse/pruefen").text)
    tell(client, country="CH", postal_code="8001", city="Zürich")
    page = words(client.get("/kasse/pruefen").text)
    assert note in page
    assert " ".join(wordings.CUSTOMS_SENTENCE.split()) in page
    assert page.index(note) < page.index(wordings.ORDER_BUTTON)
