"""Rules about withdrawal, each shown in a shop that runs."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from catalog import exclusions, readiness
from catalog.exclusions import Exclusion
from catalog.products import Product
from checkout.orders import OrderLine
from checkout.outbox import Letter
from shop import letters, themes
from shop.context import Shop
from tests.make import NOW, make_fabric, make_product, make_ready, make_variant
from tests.shop.storefront.selling import hidden, open_shop, tell, words

REASON = "Wir sticken Ihren Namen auf."


def test_b08_an_exception_needs_a_reason(session: Session) -> None:
    product = make_ready(session, make_product(session, "Handtuch mit Namen", published=False))
    make_variant(session, product)
    product.withdrawal = Exclusion.CUSTOM_MADE
    assert [gap.where for gap in readiness.missing(session, product)] == ["widerrufsgrund"]
    product.withdrawal_reason = REASON
    assert readiness.missing(session, product) == []


def test_b08_goods_may_be_sent_back_unless_somebody_says_otherwise(session: Session) -> None:
    assert make_product(session).withdrawal == Exclusion.NORMAL
    assert exclusions.note(Exclusion.NORMAL, "irgendetwas") == ""


def test_b08_custom_made_fabric_from_the_roll_is_warned_of(session: Session) -> None:
    fabric = session.get_one(Product, make_fabric(session).product_id)
    fabric.withdrawal, fabric.withdrawal_reason = Exclusion.CUSTOM_MADE, "Zugeschnitten."
    assert exclusions.CUT_IS_NOT_MADE in [hint.sentence for hint in readiness.hints(session, fabric)]
    fabric.withdrawal = Exclusion.NORMAL
    assert exclusions.CUT_IS_NOT_MADE not in [hint.sentence for hint in readiness.hints(session, fabric)]


@pytest.mark.parametrize("exclusion", [each for each in Exclusion if each is not Exclusion.NORMAL])
def test_a07_what_may_not_be_sent_back_is_told_in_all_places(
    shop_app: Flask, client: FlaskClient, exclusion: Exclusion
) -> None:
    open_shop(shop_app)
    _exclude(shop_app, exclusion)
    note = " ".join(exclusions.note(exclusion, REASON).split())
    assert note in words(client.get("/artikel/holzknopf-20-mm").text)
    client.post("/warenkorb", data={"variante": "KNOPF-20", "menge": "1"})
    assert note in words(client.get("/warenkorb").text)
    tell(client)
    page = client.get("/kasse/pruefen").text
    assert note in words(page)
    placed = client.post("/kasse/bestellen", data={name: hidden(page, name) for name in ("schluessel", "gesehen")})
    _exclude(shop_app, Exclusion.NORMAL)  # a later change of the article does not change what was sold
    assert note in words(client.get(placed.headers["Location"]).text)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as opened:
        line = opened.exec(select(OrderLine)).one()
        assert (line.withdrawal, " ".join(line.withdrawal_note.split())) == (exclusion.value, note)
        reason = opened.exec(select(Letter.reason).where(col(Letter.kind) == "order_received")).one()
        folders = themes.chain(shop.settings.themes, shop.settings.theme)
        draft = letters.compose(
            opened, "order_received", reason, url=shop.settings.url, payments=shop.payments, themes=folders
        )
    written = letters.write(shop_app.jinja_env, draft)
    assert note in " ".join(written.text.split())
    assert note in words(written.html)


def _exclude(app: Flask, exclusion: Exclusion) -> None:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as opened:
        product = opened.exec(select(Product).where(Product.slug == "holzknopf-20-mm")).one()
        product.withdrawal, product.withdrawal_reason, product.updated_at = exclusion, REASON, NOW
