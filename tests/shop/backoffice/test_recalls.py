"""Recalls, and the texts and sheets that the law asks for outside the shop's pages."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select

from catalog import stock, suppliers
from catalog.products import Variant
from catalog.rolls import Roll
from checkout import wordings
from checkout.orders import Order, State
from shop import artwork
from shop.accounts import Account
from shop.context import Shop
from tests.make import NOW
from tests.shop.backoffice.conftest import NAME, QUICK_HASH, sign_in
from tests.shop.papers.reading import words_of
from tests.shop.storefront.selling import BUTTON, FABRIC, another_visitor, open_shop, place_order, words

Write = Callable[[], Any]


@pytest.fixture
def selling(shop_app: Flask, client: FlaskClient, write: Write) -> FlaskClient:
    """The owner of an open shop."""
    open_shop(shop_app)
    with write() as session:
        session.add(Account(name=NAME, password_hash=QUICK_HASH, session_key="anna", created_at=NOW))
    assert sign_in(client).status_code == 303
    return client


def test_g05_who_bought_an_article_is_found(selling: FlaskClient, shop_app: Flask, write: Write) -> None:
    sell(shop_app, write, "Erika Käufer", "=Doris Beispiel", "Fort Gegangen")
    page = words(selling.get(f"/backoffice/rueckruf?nummer={FABRIC}&von=2026-11-01&bis=2026-11-30").text)
    assert "2 Bestellungen" in page
    assert "Erika Käufer erika@kundin.example Am Anger 1, 01234 Lindow" in page
    assert "Fort Gegangen" not in page
    assert "Produktsicherheitsrückruf" in page
    rows = selling.get(f"/backoffice/rueckruf/liste.csv?nummer={FABRIC}").data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Bestellung;Bestellt am;Artikel")
    assert len(rows) == 3
    assert "'=Doris Beispiel" in rows[2]  # no formula for a spreadsheet

    for others in (f"nummer={BUTTON}", f"nummer={FABRIC}&bis=2026-11-21", f"nummer={FABRIC}&von=2026-11-23"):
        assert "Keine Bestellungen" in words(selling.get(f"/backoffice/rueckruf?{others}").text)
    assert "gibt es nicht" in words(selling.get("/backoffice/rueckruf?nummer=FALSCH").text)
    assert selling.get("/backoffice/rueckruf?nummer=X&von=quatsch").status_code == 200

    with write() as session:
        for roll in session.exec(select(Roll)).all():
            roll.lot = "L7"
    assert "2 Bestellungen" in words(selling.get(f"/backoffice/rueckruf?nummer={FABRIC}&partie=L7").text)
    assert "Keine Bestellungen" in words(selling.get(f"/backoffice/rueckruf?nummer={FABRIC}&partie=L8").text)


def test_g03_the_supplier_is_asked_where_goods_come_in(selling: FlaskClient, write: Write) -> None:
    with write() as session:
        fabric, button = (session.exec(select(Variant.id).where(Variant.sku == sku)).one() for sku in (FABRIC, BUTTON))
    received = {"grund": "received", "menge": "2", "lieferant": "Weberei Nord"}
    assert selling.post(f"/backoffice/varianten/{fabric}/ballen", data=received).status_code == 303
    assert selling.post(f"/backoffice/varianten/{button}/bewegungen", data=received).status_code == 303
    with write() as session:
        for sku in (FABRIC, BUTTON):
            assert suppliers.receipts(session, sku, NOW)[0].supplier == "Weberei Nord"
    assert "von Weberei Nord" in words(selling.get(f"/backoffice/varianten/{button}/bestand").text)
    assert "Weberei Nord" in words(selling.get(f"/backoffice/rueckruf?nummer={BUTTON}").text)


def test_a09_g04_answers_to_complaints_name_the_board_and_offer_both_remedies(selling: FlaskClient) -> None:
    page = words(selling.get("/backoffice/vorlagen").text)
    assert " ".join(wordings.DISPUTES_REPLY.split()) in page
    assert "77694 Kehl" in page
    assert "Wir bessern ihn nach oder schicken Ihnen einen neuen" in page
    assert "zwölf Monate" in page


def test_g06_the_notice_for_the_store_is_one_sheet(
    selling: FlaskClient, shop_app: Flask, write: Write, tmp_path: Path
) -> None:
    page = selling.get("/backoffice/vorlagen").text
    assert "fehlt die amtliche Bildtafel" in page
    pdf = selling.get("/backoffice/vorlagen/aushang.pdf")
    assert pdf.mimetype == "application/pdf"
    said = " ".join(words_of(pdf.data, tmp_path).split())
    assert " ".join(wordings.GUARANTEE_NOTICE.split()) in said
    assert said.count("Seite 1 von 1") == 1
    shop: Shop = shop_app.extensions["dorfladen"]
    shop.settings.artwork.mkdir(parents=True, exist_ok=True)
    picture = _picture()
    name = f"{'a' * 64}.png"
    (shop.settings.artwork / name).write_bytes(picture)
    with write() as session:
        session.add(artwork.GuaranteeNotice(file=name, width=840, height=1188, uploaded_at=NOW, author="x"))
    with_picture = selling.get("/backoffice/vorlagen/aushang.pdf").data
    assert b"/Subtype /Image" in with_picture
    assert with_picture.count(b"/Type /Page\n") == 1
    assert "fehlt die amtliche Bildtafel" not in selling.get("/backoffice/vorlagen").text


def sell(app: Flask, write: Write, *buyers: str) -> None:
    """Each of them buys fabric; the last one gives her order up."""
    with write() as session:
        fabric = session.exec(select(Variant).where(Variant.sku == FABRIC)).one()
        stock.receive(session, fabric, 2000, now=NOW - timedelta(days=1), author="test")
    for name in buyers:
        place_order(another_visitor(app), name=name)
    with write() as session:
        session.exec(select(Order).where(Order.name == buyers[-1])).one().state = State.CANCELLED


def _picture() -> bytes:
    """A stand-in of the right size, not the official picture."""
    file = BytesIO()
    Image.radial_gradient("L").resize((840, 1188)).convert("RGB").save(file, "PNG")
    return file.getvalue()
