"""Notices, labels and warnings on the shopper's way: article, cart, confirmation, order, letter."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session, select

from catalog import products
from catalog.products import Product, Variant
from checkout import wordings
from checkout.orders import Order, OrderLine
from shop import artwork, mail
from shop.app import create_shop
from shop.context import Shop
from shop.settings import Settings
from tests.make import NOW
from tests.shop.artworks import hang, painted
from tests.shop.storefront.selling import FABRIC, another_visitor, fill_cart, open_shop, place_order, tell, words

LINE = "Haltbarkeitsgarantie des Herstellers: 3 Jahre, Marke Nordgarn, Modell N 3"
TERMS = "Nordgarn GmbH, Spinnweg 1, Bremen, ersetzt drei Jahre lang."


@dataclass(frozen=True)
class Told:
    """What somebody has seen and got who bought the fabric."""

    app: Flask
    pages: dict[str, str]
    letter: EmailMessage


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, lay_out: Callable[[Path], Settings]) -> Iterator[Told]:
    """One purchase for all tests that only look."""
    app = create_shop(lay_out(tmp_path_factory.mktemp("told")), clock=lambda: NOW)
    furnish(app)
    seen = pages(app)
    place_order(another_visitor(app))
    yield Told(app, seen, letter(app))
    shop_of(app).database.close()


@pytest.fixture
def furnished(shop_app: Flask) -> Flask:
    """A shop of one's own."""
    furnish(shop_app)
    return shop_app


def furnish(app: Flask) -> None:
    """Open a shop with a notice, and fabric with all that can be said of it."""
    open_shop(app)
    shop = shop_of(app)
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


def test_c10_the_notice_stands_whole_above_the_goods(told: Told) -> None:
    page = told.pages["confirmation"]
    with shop_of(told.app).database.reading() as session:
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


def test_c10_the_notice_has_a_page_of_its_own_with_the_words_and_the_link(told: Told) -> None:
    page = another_visitor(told.app).get("/gewaehrleistung").text
    assert 'class="guarantee__artwork"' in page
    assert wordings.GUARANTEE_LINK in page
    assert "in zwei Jahren ab der Ablieferung" in words(page)
    assert 'href="/gewaehrleistung"' in another_visitor(told.app).get("/").text


def test_c10_the_letter_brings_the_notice_along_byte_for_byte(told: Told) -> None:
    message = told.letter
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


def test_c11_the_guarantee_stands_in_all_four_places(told: Told) -> None:
    label = re.compile(r'<img class="guarantee-label" src="/artwork/[0-9a-f]{64}\.png" alt="[^"]*3 Jahre[^"]*"')
    for name, page in told.pages.items():
        assert LINE in words(page), name
        assert label.search(page), name
        assert TERMS in words(page), name
    message = told.letter
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


def test_c14_c12_what_a_maker_says_and_what_proves_it_stand_with_the_article(told: Told) -> None:
    page = told.pages["article"]
    assert "Ersatzteile zehn Jahre" in page
    assert "GOTS-zertifiziert" in page
    assert 'href="https://nordgarn.example/gots"' in page


def test_c15_electrics_show_the_bin_the_notice_and_the_number(told: Told) -> None:
    page = told.pages["article"]
    assert page.count('class="bin"') == 2
    assert wordings.ELECTRIC_NOTICE in words(page)
    assert "WEEE-Reg.-Nr. des Herstellers: DE12345678" in words(page)


def test_c16_batteries_have_a_written_and_a_pictorial_notice(furnished: Flask) -> None:
    shop, visitor = shop_of(furnished), another_visitor(furnished)
    with shop.database.writing() as session:
        fabric = jersey(session)
        fabric.is_electric, address = False, f"/artikel/{fabric.slug}"
    page = visitor.get(address).text
    assert page.count('class="bin"') == 1
    assert wordings.BATTERY_NOTICE in words(page)
    with shop.database.writing() as session:
        fabric = jersey(session)
        fabric.has_battery = False
        products.touch(session, fabric.id or 0, NOW)
    assert 'class="bin"' not in visitor.get(address).text


def test_c17_warnings_are_read_before_buying(told: Told) -> None:
    for name, page in told.pages.items():
        assert "Nicht für Kinder unter drei Jahren." in words(page), name
    plain = told.letter.get_body(("plain",))
    assert plain is not None
    assert "Warnhinweise: Nicht für Kinder unter drei Jahren." in plain.get_content()


def test_before_an_upload_the_notice_stands_in_words(shop_app: Flask) -> None:
    open_shop(shop_app)
    page = pages(shop_app)["confirmation"]
    assert wordings.GUARANTEE_NOTICE in words(page)
    assert "/artwork/" not in page
