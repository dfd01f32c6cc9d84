"""To ask the shopper from the cutting table, and to note what she says on the telephone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from catalog.products import Variant
from checkout import deliveries
from checkout.inquiries import Inquiry
from checkout.orders import Order, State
from checkout.outbox import Letter
from tests.checkout.ordering import make_cart, make_order, pay, place
from tests.make import make_fabric, make_variant
from tests.shop.papers.reading import words_of

Write = Callable[[], Any]
ORDER = "/backoffice/bestellungen/1"
WHY = {"passiert": "Nur noch 1,20 m am Stück."}


@pytest.fixture
def fabric(write: Write) -> str:
    """A paid order of 1,50 m and three buttons; gives the number of another fabric."""
    with write() as session:
        pay(session, place(session, make_cart(session, (make_fabric(session), 1, 150), (make_variant(session), 3, 1))))
        return str(make_fabric(session, "Jersey Wolken").sku)


def test_from_the_line_to_the_letter(owner: FlaskClient, write: Write, fabric: str) -> None:
    assert f"{ORDER}/frage/1" in owner.get(ORDER).text
    assert "EIN" not in owner.get(f"{ORDER}/frage/1").text
    typed = WHY | {"stuecke1": "1,20", "stuecke2": "2 x 0,75", "ersatz": fabric, "da": "1,20"}
    assert owner.post(f"{ORDER}/frage/1", data=typed).status_code == 303
    with write() as session:
        inquiry = session.exec(select(Inquiry)).one()
        sizes = [[(each.quantity, each.pieces) for each in offer] for offer in inquiry.offers]
        assert sizes == [[(120, 1)], [(75, 2)], [(150, 1)], []]
        assert session.get_one(Variant, 1).on_hand == 150  # what was promised still stands in the books
        assert session.exec(select(Letter.reason).where(Letter.kind == "inquiry")).all() == ["inquiry:1"]
    page = owner.get(ORDER).text
    assert "Kundin gefragt" in page
    assert "Ist zugeschnitten" not in page
    assert "Jersey Waldtiere" not in owner.get("/backoffice/zuschnitt").text
    assert "auf die Antwort der Kundin" in owner.get("/backoffice/").text
    assert "Kundin gefragt" in owner.get("/backoffice/bestellungen?zeigen=gefragt").text


def test_what_she_says_on_the_telephone_is_done_and_noted(
    owner: FlaskClient, write: Write, fabric: str, tmp_path: Path
) -> None:
    owner.post(f"{ORDER}/frage/1", data=WHY | {"stuecke1": "1,20"})
    choices = re.findall(r'name="wahl" value="([0-9-]+)"', owner.get(ORDER).text)
    assert choices == ["0-387", "1-1935"]
    said = {"wahl": "0-387", "notiz": "ruft Freitag noch mal an"}
    for _ in range(2):
        assert owner.post(f"{ORDER}/antwort/1", data=said).status_code == 303
    with write() as session:
        inquiry = session.exec(select(Inquiry)).one()
        assert (inquiry.choice, inquiry.note) == (0, "ruft Freitag noch mal an")
        assert session.get_one(Order, 1).reduced_cents == 387
    page = owner.get(ORDER).text
    assert "EIN\u00a0Stück 1,20\u00a0m" in page
    assert "EIN Stück 1,20 m" in words_of(owner.get(f"{ORDER}/packliste.pdf").data, tmp_path)
    assert "EIN\u00a0Stück 1,20\u00a0m" in owner.get("/backoffice/zuschnitt").text


def test_a_question_can_be_taken_back(owner: FlaskClient, write: Write, fabric: str) -> None:
    owner.post(f"{ORDER}/frage/1", data=WHY)
    assert owner.post(f"{ORDER}/versand", data={"dienst": "DHL"}).status_code == 409
    for _ in range(2):
        assert owner.post(f"{ORDER}/antwort/1/zurueck").status_code == 303
    assert owner.post(f"{ORDER}/versand", data={"dienst": "DHL"}).status_code == 303
    with write() as session:
        assert session.get_one(Order, 1).state == State.SHIPPED


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"passiert": ""}, "in einem Satz"),
        ({"stuecke1": "ganz viel"}, "ganz viel"),
        ({"stuecke1": "0"}, "Bitte so eintragen"),
        ({"ersatz": "gibtsnicht"}, "kennt der Laden nicht"),
        ({"da": "x"}, "„x“"),
    ],
)
def test_what_cannot_be_read_is_asked_again(
    owner: FlaskClient, write: Write, fabric: str, typed: dict[str, str], sentence: str
) -> None:
    answer = owner.post(f"{ORDER}/frage/1", data=WHY | typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    with write() as session:
        assert session.exec(select(Inquiry)).all() == []


def test_buttons_are_no_substitute_for_fabric(owner: FlaskClient, write: Write, fabric: str) -> None:
    with write() as session:
        button = str(session.get_one(Variant, 2).sku)
    answer = owner.post(f"{ORDER}/frage/1", data=WHY | {"ersatz": button})
    assert answer.status_code == 422
    assert "gleich gemessen" in answer.text


def test_lines_and_questions_of_another_order_are_not_there(owner: FlaskClient, write: Write, fabric: str) -> None:
    owner.post(f"{ORDER}/frage/1", data=WHY)
    with write() as session:
        make_order(session)
    other = "/backoffice/bestellungen/2"
    assert owner.get(f"{other}/frage/1").status_code == 404
    assert owner.post(f"{other}/antwort/1", data={"wahl": "0-1"}).status_code == 404
    assert owner.post(f"{other}/antwort/1/zurueck").status_code == 404
    assert owner.post(f"{ORDER}/antwort/1", data={"wahl": "x"}).status_code == 400


def test_strangers_stay_outside(client: FlaskClient, write: Write, fabric: str) -> None:
    for address in (f"{ORDER}/frage/1", f"{ORDER}/antwort/1", f"{ORDER}/antwort/1/zurueck"):
        assert client.post(address, data=WHY).status_code in (302, 303, 401, 403)
    with write() as session:
        assert session.exec(select(Inquiry)).all() == []
        assert [part.left for part in deliveries.deliverable(session, session.get_one(Order, 1))] == [1, 3]
