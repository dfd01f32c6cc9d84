"""Notices, labels and warnings on the shopper's way: article, cart, confirmation, order, letter."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from flask import Flask
from sqlmodel import Session, select

from catalog.products import Product, Variant
from checkout import wordings
from checkout.orders import Order, OrderLine
from shop import artwork, mail
from shop.context import Shop
from tests.shop.artworks import hang, painted
from tests.shop.storefront.selling import FABRIC, another_visitor, fill_cart, open_shop, place_order, tell, words

LINE = "Haltbarkeitsgarantie des Herstellers: 3 Jahre, Marke Nordgarn, Modell N 3"
TERMS = "Nordgarn GmbH, Spinnweg 1, Bremen, ersetzt drei Jahre lang."


@pytest.fixture
def furnished(shop_app: Flask) -> Flask:
    """An open shop with a notice, and fabric with all that can be said of it."""
    open_shop(shop_app)
    shop = shop_of(shop_app)
    with shop.database.writing() as session:
        hang(session, shop.settings.artwork)
        label = artwork.check(painted(400, 400, colour="#ffcc00"), "label")
        artwork.keep(shop.settings.artwork, painted(400, 400, colour="#ffcc00"), label)
        fabric = jersey(session)
        fabric.guarantee_months, fabric.guarantee_brand, fabric.guarantee_model = 36, "Nordgarn", "N 3"
        fabric.guarantee_terms, fabric.guarantee_label = TERMS, label.file
        fabric.is_electric, fabric.weee_number, fabric.has_battery = True, "DE12345678", True
        fabric.warnings = "Nicht für Kinder unter drei Jahren."
        fabric.claim_evidence, fabric.claim_link = "GOTS-zertifiziert", "https://nordgarn.example/gots"
        fabric.repair_info = "Ersatzteile zehn Jahre"
    return shop_app


def shop_of(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop


def jersey(session: Session) -> Product:
    variant = session.exec(select(Variant).where(Variant.sku == FABRIC)).one()
    return session.get_one(Product, variant.product_id)


def pages(app: Flask) -> dict[str, str]:
    """The article, the cart and the confirmation as somebody sees them who has the fabric in her cart."""
    visitor = another_visitor(app)
    with shop_of(app).database.reading() as session:
        slug = jersey(session).slug
    fill_cart(visitor)
    found = {"article": visitor.get(f"/artikel/{slug}").text, "cart": visitor.get("/warenkorb").text}
    tell(visitor)
    return found | {"confirmation": visitor.get("/kasse/pruefen").text}


def letter(app: Flask) -> EmailMessage:
    """The confirmation as it goes out."""
    mail.deliver_due(app)
    (file,) = shop_of(app).settings.mail.glob("*-order_received.eml")
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_c10_the_notice_stands_whole_above_the_goods(furnished: Flask) -> None:
    page = pages(furnished)["confirmation"]
    with shop_of(furnished).database.reading() as session:
        notice = artwork.notice(session)
        assert notice is not None
    picture = re.search(rf'<img[^>]*src="/artwork/{notice.file}"[^>]*>', page)
    assert picture is not None
    assert f'width="{notice.width}" height="{notice.height}"' in picture[0]
    assert "in zwei Jahren ab der Ablieferung" in picture[0]
    before = page[: picture.start()]
    for fold in ("details", "dialog"):
        assert before.count(f"<{fold}") == before.count(f"</{fold}>")
    assert before.rfind("Widerrufsbelehrung") < picture.start() < page.index("goods-table")
    assert page.index(wordings.GUARANTEE_LINK) < page.index("goods-table")


def test_c10_the_notice_has_a_page_of_its_own_with_the_words_and_the_link(furnished: Flask) -> None:
    page = another_visitor(furnished).get("/gewaehrleistung").text
    assert 'class="guarantee__artwork"' in page
    assert wordings.GUARANTEE_LINK in page
    assert "in zwei Jahren ab der Ablieferung" in words(page)
    assert 'href="/gewaehrleistung"' in another_visitor(furnished).get("/").text


def test_c10_the_letter_brings_the_notice_along_byte_for_byte(furnished: Flask) -> None:
    place_order(another_visitor(furnished))
    message = letter(furnished)
    parts = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert painted() in [part.get_payload(decode=True) for part in parts]
    html = message.get_body(("html",))
    assert html is not None
    assert all(f"cid:{part['Content-ID'].strip('<>')}" in html.get_content() for part in parts if part["Content-ID"])
    assert wordings.GUARANTEE_LINK in html.get_content()


def test_c10_an_order_keeps_the_notice_that_it_was_placed_under(furnished: Flask) -> None:
    shop = shop_of(furnished)
    place_order(another_visitor(furnished))
    with shop.database.writing() as session:
        first = artwork.notice(session)
        hang(session, shop.settings.artwork, painted(colour="#993300"))
        assert first is not None
        assert session.exec(select(Order.guarantee_notice)).one() == first.file
    assert painted() in [part.get_payload(decode=True) for part in letter(furnished).walk()]


def test_c11_the_guarantee_stands_in_all_four_places(furnished: Flask) -> None:
    label = re.compile(r'<img class="guarantee-label" src="/artwork/[0-9a-f]{64}\.png" alt="[^"]*3 Jahre[^"]*"')
    for name, page in pages(furnished).items():
        assert LINE in words(page), name
        assert label.search(page), name
        assert TERMS in words(page), name
    place_order(another_visitor(furnished))
    message = letter(furnished)
    html, plain = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert plain is not None
    for text in (words(html.get_content()), plain.get_content()):
        assert LINE in text
        assert TERMS in text
    assert painted(400, 400, colour="#ffcc00") in [part.get_payload(decode=True) for part in message.walk()]


def test_c11_a_change_of_the_article_changes_no_order(furnished: Flask) -> None:
    place = place_order(client := another_visitor(furnished))
    with shop_of(furnished).database.writing() as session:
        fabric = jersey(session)
        fabric.guarantee_months, fabric.guarantee_brand, fabric.guarantee_terms = 60, "Neufassung", "Neufassung"
        fabric.warnings = "Neufassung"
    with shop_of(furnished).database.reading() as session:
        line = session.exec(select(OrderLine)).one()
        assert (line.guarantee, line.guarantee_terms) == (LINE, TERMS)
        assert line.guarantee_label
    page = words(client.get(place).text)
    assert LINE in page
    assert "Neufassung" not in page


def test_c11_without_years_nothing_is_shown(furnished: Flask) -> None:
    with shop_of(furnished).database.writing() as session:
        jersey(session).guarantee_months = None
    for page in pages(furnished).values():
        assert "garantie des Herstellers" not in page
        assert "guarantee-label" not in page


def test_c14_c12_what_a_maker_says_and_what_proves_it_stand_with_the_article(furnished: Flask) -> None:
    page = pages(furnished)["article"]
    assert "Ersatzteile zehn Jahre" in page
    assert "GOTS-zertifiziert" in page
    assert 'href="https://nordgarn.example/gots"' in page


def test_c15_electrics_show_the_bin_the_notice_and_the_number(furnished: Flask) -> None:
    page = pages(furnished)["article"]
    assert page.count('class="bin"') == 2
    assert wordings.ELECTRIC_NOTICE in words(page)
    assert "WEEE-Reg.-Nr. des Herstellers: DE12345678" in words(page)


def test_c16_batteries_have_a_written_and_a_pictorial_notice(furnished: Flask) -> None:
    with shop_of(furnished).database.writing() as session:
        jersey(session).is_electric = False
    page = pages(furnished)["article"]
    assert page.count('class="bin"') == 1
    assert wordings.BATTERY_NOTICE in words(page)
    with shop_of(furnished).database.writing() as session:
        jersey(session).has_battery = False
        fabric = jersey(session)
        fabric.version += 1
    assert 'class="bin"' not in pages(furnished)["article"]


def test_c17_warnings_are_read_before_buying(furnished: Flask) -> None:
    for name, page in pages(furnished).items():
        assert "Nicht für Kinder unter drei Jahren." in words(page), name
    place_order(another_visitor(furnished))
    plain = letter(furnished).get_body(("plain",))
    assert plain is not None
    assert "Warnhinweise: Nicht für Kinder unter drei Jahren." in plain.get_content()


def test_before_an_upload_the_notice_stands_in_words(shop_app: Flask) -> None:
    open_shop(shop_app)
    page = pages(shop_app)["confirmation"]
    assert wordings.GUARANTEE_NOTICE in words(page)
    assert "/artwork/" not in page
