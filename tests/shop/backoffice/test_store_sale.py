"""Sold in the store: the stock stays right, the last sale can be taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from catalog import products, rolls, stock
from catalog.movements import StockMovement, Why
from catalog.products import Variant
from catalog.rolls import Roll
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], Any]
DOOR = "/backoffice/ladenverkauf"


@pytest.fixture
def goods(write: Write) -> None:
    """Ten buttons, and fabric on two rolls of five metres."""
    with write() as session:
        make_variant(session, make_product(session, "Holzknopf"), sku="KN-1", gtin="4006381333931")
        fabric = make_fabric(session, "Jersey Waldtiere")
        products.set_options(session, fabric, [("Farbe", "petrol", "")], NOW)
        stock.receive(session, fabric, 500, now=NOW, author="Anna")


def left(write: Write, variant_id: int = 1) -> int:
    with write() as session:
        return int(session.get_one(Variant, variant_id).on_hand)


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("q", ["4006381333931", "kn-1", "holz"])
def test_what_was_scanned_or_found_is_sold_at_once(owner: FlaskClient, write: Write, q: str) -> None:
    assert 'name="variante" value="1"' in owner.get(DOOR, query_string={"q": q}).text
    answer = owner.post(DOOR, data={"variante": "1", "menge": "3"})
    assert left(write) == 7
    page = owner.get(answer.location).text
    assert "3\u00a0Stück</b> Holzknopf abgezogen" in page
    assert "keine Kasse" in page


@pytest.mark.usefixtures("goods")
def test_among_several_one_is_chosen(owner: FlaskClient) -> None:
    page = owner.get(DOOR, query_string={"q": "o"}).text
    assert f'href="{DOOR}?variante=2"' in page
    assert 'name="variante" value="2"' in owner.get(DOOR, query_string={"variante": "2"}).text
    assert 'name="variante" value="2"' in owner.get(DOOR, query_string={"q": "waldtiere petrol"}).text


@pytest.mark.usefixtures("goods")
def test_fabric_is_sold_from_the_roll_that_was_tapped(owner: FlaskClient, write: Write) -> None:
    assert owner.post(DOOR, data={"variante": "2", "menge": "1,20"}).status_code == 422
    assert owner.post(DOOR, data={"variante": "2", "menge": "1,20", "ballen": "9"}).status_code == 422
    sold = owner.post(DOOR, data={"variante": "2", "menge": "1,20", "ballen": "2"})
    with write() as session:
        assert [roll.on_hand for roll in rolls.of(session, [2])[2]] == [500, 380]
    number = sold.location.rpartition("=")[2]
    assert owner.post(f"{DOOR}/{number}/rueckgaengig").status_code == 303
    with write() as session:
        assert session.get_one(Roll, 2).on_hand == 500


@pytest.mark.usefixtures("goods")
def test_a_sale_is_taken_back_once_and_both_stay_in_the_ledger(owner: FlaskClient, write: Write) -> None:
    number = owner.post(DOOR, data={"variante": "1", "menge": "3"}).location.rpartition("=")[2]
    assert owner.post(f"{DOOR}/{number}/rueckgaengig").status_code == 303
    again = owner.post(f"{DOOR}/{number}/rueckgaengig")
    assert again.status_code == 409
    assert "schon rückgängig" in again.text
    assert left(write) == 10
    with write() as session:
        of_store = select(StockMovement.change).where(StockMovement.why == Why.SOLD_IN_STORE)
        assert session.exec(of_store.order_by(col(StockMovement.id))).all() == [-3, 3]
    assert "Rückgängig" not in owner.get(f"{DOOR}?verkauft={number}").text


@pytest.mark.usefixtures("goods")
def test_only_sales_in_the_store_can_be_taken_back(owner: FlaskClient, write: Write) -> None:
    assert owner.post(f"{DOOR}/1/rueckgaengig").status_code == 404
    assert owner.post(f"{DOOR}/99/rueckgaengig").status_code == 404
    assert left(write) == 10


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(("amount", "status"), [("", 422), ("0", 422), ("viel", 422), ("11", 409)])
def test_what_cannot_have_been_sold_is_refused(owner: FlaskClient, write: Write, amount: str, status: int) -> None:
    assert owner.post(DOOR, data={"variante": "1", "menge": amount}).status_code == status
    assert owner.post(DOOR, data={"variante": "99", "menge": "1"}).status_code == 404
    assert left(write) == 10


@pytest.mark.usefixtures("goods")
def test_the_same_tap_twice_is_one_sale(owner: FlaskClient, write: Write) -> None:
    for _ in range(2):
        owner.post(DOOR, data={"variante": "1", "menge": "3", "zuletzt": "2"})
    assert left(write) == 7


def test_goods_without_a_count_need_no_sale(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Vlies"), counts_stock=False)
    assert "hier ist nichts zu tun" in owner.get(DOOR, query_string={"q": "vlies"}).text
    assert "kennen wir nicht" in owner.get(DOOR, query_string={"q": "100%_"}).text
