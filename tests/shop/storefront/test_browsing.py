"""Home, departments, search, and what machines ask for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import categories, prices, products
from catalog.products import Product, Variant
from catalog.search import index
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], AbstractContextManager[Session]]


def put_in(session: Session, variant: Variant, *path: str) -> None:
    category = categories.at_path(session, path)
    assert category.id is not None
    products.place_in(session, variant.product_id, [category.id], NOW)


def position(page: str, *names: str) -> list[str]:
    return sorted(names, key=lambda name: page.index(f">{name}</a>"))


def test_home_of_an_empty_shop_opens(client: FlaskClient) -> None:
    assert client.get("/").status_code == 200


def test_home_puts_the_window_before_what_is_new(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session, "Cord")
        shown = make_fabric(session, "Leinen")
        session.get_one(Product, shown.product_id).is_featured = True
        products.touch(session, shown.product_id, NOW)
    assert position(client.get("/").text, "Cord", "Leinen") == ["Leinen", "Cord"]


def test_home_shows_a_new_price_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    assert "12,90" in client.get("/").text
    with write() as session:
        prices.set_regular(session, session.exec(select(Variant)).one(), 1390, now=NOW, author="test")
    assert "13,90" in client.get("/").text


def test_department_shows_goods_of_those_below(client: FlaskClient, write: Write) -> None:
    with write() as session:
        put_in(session, make_fabric(session), "Stoffe", "Jersey")
    page = client.get("/kategorie/stoffe").text
    assert "Jersey Waldtiere" in page
    assert 'href="/kategorie/jersey"' in page


def test_department_is_sorted_by_the_price_of_the_moment(client: FlaskClient, write: Write) -> None:
    with write() as session:
        dear = make_fabric(session, "Wollstoff", price_cents=3000, now=NOW - timedelta(days=40))
        put_in(session, dear, "Stoffe")
        put_in(session, make_fabric(session, "Cord", price_cents=1500), "Stoffe")
        prices.reduce(session, dear, 900, starts_at=NOW, ends_at=None, now=NOW, author="test")
    rising = client.get("/kategorie/stoffe?sortierung=preis-auf").text
    falling = client.get("/kategorie/stoffe?sortierung=preis-ab").text
    by_name = client.get("/kategorie/stoffe?sortierung=name").text
    assert position(rising, "Cord", "Wollstoff") == ["Wollstoff", "Cord"]
    assert position(falling, "Cord", "Wollstoff") == ["Cord", "Wollstoff"]
    assert position(by_name, "Cord", "Wollstoff") == ["Cord", "Wollstoff"]


def test_nonsense_in_the_address_is_ignored(client: FlaskClient, write: Write) -> None:
    with write() as session:
        put_in(session, make_fabric(session), "Stoffe")
    assert client.get("/kategorie/stoffe?sortierung=xx&seite=-3").status_code == 200


def test_twenty_five_goods_need_two_pages(client: FlaskClient, write: Write) -> None:
    with write() as session:
        for number in range(25):
            put_in(session, make_variant(session, make_product(session, f"Knopf {number}")), "Knöpfe")
    assert client.get("/kategorie/knoepfe").text.count("<article") == 24
    assert client.get("/kategorie/knoepfe?seite=2").text.count("<article") == 1
    assert client.get("/kategorie/knoepfe?seite=3").status_code == 404


def test_department_shows_a_reduction_at_once(client: FlaskClient, write: Write) -> None:
    with write() as session:
        put_in(session, make_fabric(session, now=NOW - timedelta(days=40)), "Stoffe")
    client.get("/kategorie/stoffe")
    with write() as session:
        fabric = session.exec(select(Variant)).one()
        prices.reduce(session, fabric, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    page = client.get("/kategorie/stoffe").text
    assert "9,90\xa0€" in page
    assert "Niedrigster Grundpreis der letzten 30 Tage vor der Preissenkung: 12,90\xa0€" in page


def test_every_price_in_a_list_names_tax_and_shipping(client: FlaskClient, write: Write) -> None:
    with write() as session:
        for name in ("Cord", "Leinen", "Samt"):
            put_in(session, make_fabric(session, name), "Stoffe")
    page = client.get("/kategorie/stoffe").text
    assert page.count('class="price"') == page.count(
        'inkl. MwSt., <a href="/versand">zzgl. Versandkosten</a></span>\n</div>'
    )


def test_search_finds(shop_app: Flask, client: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.rebuild(session, shop.search.engine)
    assert "Jersey Waldtiere" in client.get("/suche?q=jersey").text


def test_search_without_hits_says_so(client: FlaskClient) -> None:
    page = client.get("/suche?q=%3Cb%3Exyzzy").text
    assert "nichts gefunden" in page
    assert "<b>xyzzy" not in page
    assert client.get("/suche").status_code == 200


def test_sitemap_names_what_is_on_offer(client: FlaskClient, write: Write) -> None:
    with write() as session:
        put_in(session, make_fabric(session), "Stoffe")
        make_variant(session, make_product(session, "Entwurf", published=False))
    page = client.get("/sitemap.xml").text
    assert "/artikel/jersey-waldtiere</loc>" in page
    assert "/kategorie/stoffe</loc>" in page
    assert "entwurf" not in page
    assert "Sitemap: " in client.get("/robots.txt").text
