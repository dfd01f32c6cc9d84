"""Cutting: from which roll, in which order of shelves, and what is left afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import rolls, stock
from catalog.products import Variant
from catalog.rolls import Roll
from catalog.units import Unit
from checkout.orders import OrderEvent, OrderLine, State
from shop.backoffice import cut_list
from tests.checkout.ordering import make_cart, make_order, place
from tests.make import NOW, make_fabric, make_product, make_variant
from tests.shop.papers.reading import words_of

Write = Callable[[], Any]
ORDER = "/backoffice/bestellungen/1"


@pytest.fixture
def order(write: Write) -> str:
    """A paid order of two pieces of 1,50 m from a roll of five metres; gives its number."""
    with write() as session:
        fabric = make_fabric(session)
        rolls.describe(session, roll_of(session, fabric), lot="4711", place="Regal 3", now=NOW)
        return make_order(session, fabric, pieces=2, first_state=State.PAID).number


def roll_of(session: Session, variant: Variant) -> Roll:
    return rolls.of(session, [variant.id or 0])[variant.id or 0][0]


@pytest.mark.parametrize(
    ("pieces", "quantity", "unit", "words"),
    [
        (1, 150, Unit.LENGTH, "EIN\u00a0Stück 1,50\u00a0m"),
        (2, 150, Unit.LENGTH, "2\u00a0Stück à 1,50\u00a0m"),
        (3, 1, Unit.PIECE, "3\u00a0Stück"),
        (1, 250, Unit.WEIGHT, "EIN\u00a0Stück 250\u00a0g"),
    ],
)
def test_one_piece_is_said_so_that_nobody_cuts_it_in_two(pieces: int, quantity: int, unit: Unit, words: str) -> None:
    assert cut_list.in_words(pieces, quantity, unit) == words


@pytest.mark.usefixtures("order")
def test_an_order_says_from_which_roll_to_cut(owner: FlaskClient) -> None:
    page = owner.get(ORDER).text
    assert "von Ballen 1 · Partie 4711 · Regal 3" in page
    assert "Laut Büchern bleiben 2,00\u00a0m" in page


@pytest.mark.usefixtures("order")
def test_what_is_cut_leaves_its_roll_and_the_real_rest_is_written_down(owner: FlaskClient, write: Write) -> None:
    assert owner.post(f"{ORDER}/zuschnitt", data={"rest-1": "1,94"}).status_code == 303
    with write() as session:
        roll, fabric = session.get_one(Roll, 1), session.get_one(Variant, 1)
        assert (roll.on_hand, roll.held, fabric.on_hand, fabric.held) == (194, 0, 194, 0)
        assert "cut" in session.exec(select(OrderEvent.kind)).all()
    page = owner.get(ORDER).text
    assert "geschnitten" in page
    assert "Ist zugeschnitten" not in page
    assert "Ist verschickt" in page


@pytest.mark.usefixtures("order")
def test_cutting_twice_cuts_once(owner: FlaskClient, write: Write) -> None:
    for _ in range(2):
        assert owner.post(f"{ORDER}/zuschnitt").status_code == 303
    with write() as session:
        assert session.get_one(Roll, 1).on_hand == 200


@pytest.mark.usefixtures("order")
def test_a_rest_that_cannot_be_is_refused_and_nothing_is_cut(owner: FlaskClient, write: Write) -> None:
    assert owner.post(f"{ORDER}/zuschnitt", data={"rest-1": "viel"}).status_code == 422
    with write() as session:
        other = make_order(session, session.get_one(Variant, 1), quantity=100, first_state=State.PAID).number
    refused = owner.post(f"{ORDER}/zuschnitt", data={"rest-1": "0,90"})
    assert refused.status_code == 409
    assert other in refused.text
    assert 'value="0,90"' in refused.text
    with write() as session:
        assert session.get_one(Roll, 1).on_hand == 500


@pytest.mark.usefixtures("order")
def test_a_rest_is_no_longer_than_the_roll_was(owner: FlaskClient, write: Write) -> None:
    refused = owner.post(f"{ORDER}/zuschnitt", data={"rest-1": "75"})
    assert refused.status_code == 422
    assert "Vor dem Schneiden lagen dort 5,00\u00a0m" in refused.text
    assert 'value="75"' in refused.text
    with write() as session:
        assert session.get_one(Roll, 1).on_hand == 500


def test_what_is_not_paid_is_not_cut(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_order(session)
    assert "Ist zugeschnitten" not in owner.get(ORDER).text
    assert owner.post(f"{ORDER}/zuschnitt").status_code == 409


def test_the_list_goes_from_shelf_to_shelf(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        for place_, name in (("Regal 10", "Canvas"), ("", "Popeline"), ("Regal 2", "Jersey")):
            fabric = make_fabric(session, name)
            rolls.describe(session, roll_of(session, fabric), place=place_, now=NOW)
            make_order(session, fabric, first_state=State.PAID)
        make_order(session, make_fabric(session, "Unbezahlt"))
    page = owner.get("/backoffice/zuschnitt").text
    assert page.index("Regal 2") < page.index("Regal 10") < page.index("Ohne Platz")
    assert page.index("Jersey") < page.index("Canvas") < page.index("Popeline")
    assert "Unbezahlt" not in page
    assert "EIN\u00a0Stück 1,50\u00a0m" in page


def test_one_roll_stands_once_with_all_its_pieces(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        fabric = make_fabric(session)
        for _ in range(2):
            make_order(session, fabric, first_state=State.PAID)
        (spot,) = cut_list.to_do(session)
        assert (len(spot.pieces), spot.rest) == (2, 200)
    assert owner.get("/backoffice/zuschnitt").text.count("auf dem Ballen, danach noch 2,00\u00a0m") == 1


def test_an_empty_list_says_so(owner: FlaskClient) -> None:
    assert "Es ist nichts zu schneiden." in owner.get("/backoffice/zuschnitt").text


def test_balls_are_taken_from_their_lots_and_the_papers_name_them(
    owner: FlaskClient, write: Write, tmp_path: Path
) -> None:
    with write() as session:
        yarn = make_variant(session, make_product(session, "Merino"), on_hand=0)
        for lot, balls in (("77", 3), ("78", 2)):
            stock.receive(session, yarn, balls, lot=lot, place="Wollregal", now=NOW, author="Anna")
        place(session, make_cart(session, (yarn, 5, 1)), first_state=State.PAID)
    page = owner.get(ORDER).text
    assert "aus Partie 77 · Wollregal" in page
    assert "aus Partie 78 · Wollregal" in page
    assert "Ist zugeschnitten" not in page
    note = words_of(owner.get(f"{ORDER}/lieferschein.pdf").data, tmp_path)
    assert "3 Stück aus Partie 77" in note
    assert "2 Stück aus Partie 78" in note
    assert "Wollregal" not in note
    to_pack = words_of(owner.get(f"{ORDER}/packliste.pdf").data, tmp_path)
    assert "3 Stück: Ballen 1 · Partie 77 · Wollregal" in to_pack
    assert "2 Stück: Ballen 2 · Partie 78 · Wollregal" in to_pack


@pytest.mark.usefixtures("order")
def test_a_sample_is_called_one_on_page_and_papers(owner: FlaskClient, write: Write, tmp_path: Path) -> None:
    with write() as session:
        line = session.exec(select(OrderLine)).one()
        facts = line.model_dump(exclude={"id"}) | {"is_sample": True, "position": 2, "pieces": 1, "quantity": 1}
        session.add(OrderLine(**facts))
    assert "Stoffmuster" in owner.get(ORDER).text
    for paper in ("packliste.pdf", "lieferschein.pdf"):
        assert "Stoffmuster" in words_of(owner.get(f"{ORDER}/{paper}").data, tmp_path)
