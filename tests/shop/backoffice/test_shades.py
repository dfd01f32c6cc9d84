"""Many colours at once: looked at first, then added, all or none."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import func, select

from catalog.products import Variant
from catalog.units import Unit
from tests.make import make_variant

Write = Callable[[], Any]
TYPED = {"anfang": "MERINO", "option-1": "Farbe", "preis": "4,95", "inhalt": "50 g", "gewicht": "60"}


@pytest.fixture
def merino(write: Write) -> None:
    with write() as session:
        make_variant(
            session, sku="MERINO-101", content=50, content_unit=Unit.WEIGHT, options=[("Farbe", "101 Natur", "")]
        )


def number_of(write: Write) -> int:
    with write() as session:
        number: int = session.exec(select(func.count()).select_from(Variant)).one()
        return number


@pytest.mark.usefixtures("merino")
def test_the_form_begins_like_the_last_variant(owner: FlaskClient) -> None:
    page = owner.get("/backoffice/artikel/1/farben").text
    for begun in ('value="4,95"', 'value="50 g"', 'value="MERINO-101"'):
        assert begun in page


@pytest.mark.usefixtures("merino")
def test_two_hundred_colours_are_looked_at_and_then_added(owner: FlaskClient, write: Write) -> None:
    lines = "\n".join(f"{number}; Farbe {number}; #{number:06x}; 10" for number in range(200, 400))
    seen = owner.post("/backoffice/artikel/1/farben", data=TYPED | {"zeilen": lines})
    assert seen.status_code == 200
    assert "200 Farben anlegen" in seen.text
    assert "MERINO-399" in seen.text
    assert number_of(write) == 1
    assert (
        owner.post("/backoffice/artikel/1/farben", data=TYPED | {"zeilen": lines, "dann": "anlegen"}).status_code == 303
    )
    assert number_of(write) == 201
    page = owner.get("/backoffice/artikel/1").text
    assert "200 Farben sind angelegt." in page
    assert "Alle 201 zeigen" in page


@pytest.mark.usefixtures("merino")
def test_a_line_that_does_not_fit_stops_all(owner: FlaskClient, write: Write) -> None:
    lines = "102; Rot; #b3122e; 3\n103; Blau; blau; 3"
    answer = owner.post("/backoffice/artikel/1/farben", data=TYPED | {"zeilen": lines, "dann": "anlegen"})
    assert answer.status_code == 422
    assert "Zeile 2 „103; Blau; blau; 3“: „blau“ ist keine Farbe" in answer.text
    assert "102; Rot" in answer.text
    assert number_of(write) == 1


@pytest.mark.usefixtures("merino")
@pytest.mark.parametrize("field", ["zeilen", "anfang", "preis", "option-1"])
def test_what_is_missing_is_said_at_its_field(owner: FlaskClient, field: str) -> None:
    answer = owner.post("/backoffice/artikel/1/farben", data=TYPED | {"zeilen": "102; Rot"} | {field: ""})
    assert (answer.status_code, f'id="{field}-fehler"' in answer.text) == (422, True)
