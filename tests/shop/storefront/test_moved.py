"""Links to what was renamed: one permanent hop to today's address, whatever stood behind the "?"."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import categories, redirects
from catalog.categories import Category
from catalog.products import Product
from tests.make import NOW, make_fabric

Write = Callable[[], AbstractContextManager[Session]]


def rename(write: Write, *names: str) -> None:
    with write() as session:
        product = session.exec(select(Product)).one()
        category = session.exec(select(Category)).one()
        for name in names:
            redirects.rename_product(session, product, name, NOW)
            redirects.rename_category(session, category, name, NOW)


def stock(write: Write) -> None:
    with write() as session:
        make_fabric(session, "alt")
        categories.add(session, "alt")


def test_old_addresses_lead_to_todays_in_one_hop(client: FlaskClient, write: Write) -> None:
    stock(write)
    assert client.get("/artikel/alt").status_code == client.get("/kategorie/alt").status_code == 200
    rename(write, "neu", "neuer")
    for path in ("artikel", "kategorie"):
        for old in ("alt", "neu"):
            answer = client.get(f"/{path}/{old}?v=ART-1&x=%C3%A4")
            assert (answer.status_code, answer.headers["Location"]) == (301, f"/{path}/neuer?v=ART-1&x=%C3%A4")
        assert client.get(f"/{path}/neuer").status_code == 200
        assert client.get(f"/{path}/gibt-es-nicht").status_code == 404


def test_renaming_back_sends_nobody_round_in_a_ring(client: FlaskClient, write: Write) -> None:
    stock(write)
    rename(write, "neu")
    assert client.get("/artikel/alt").headers["Cache-Control"] == "no-cache", "browsers would keep a 301 for ever"
    rename(write, "alt")
    assert client.get("/artikel/alt").status_code == 200
    assert client.get("/artikel/neu").headers["Location"] == "/artikel/alt"
