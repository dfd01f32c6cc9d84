"""Remnants at the desk: made into articles, put into the shop, or left as they are."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog import readiness
from catalog.products import Product, Variant
from catalog.rolls import Roll
from tests.make import make_fabric

Write = Callable[[], Any]


@pytest.fixture
def rest(write: Write) -> None:
    """Forty centimetres on a roll of fabric at 12,90 €/m."""
    with write() as session:
        make_fabric(session, on_hand=40)


@pytest.mark.usefixtures("rest")
def test_a_proposal_names_length_price_and_saving(owner: FlaskClient) -> None:
    assert "1</b> <span>Reststück auf den Ballen" in owner.get("/backoffice/").text
    page = owner.get("/backoffice/reststuecke").text
    for told in ("0,40\u00a0m", "4,12\u00a0€", "statt 5,16\u00a0€", "1,04\u00a0€ gespart", "Ballen 1"):
        assert told in page


@pytest.mark.usefixtures("rest")
def test_a_draft_leads_to_its_editor(owner: FlaskClient, write: Write) -> None:
    answer = owner.post("/backoffice/reststuecke/1/artikel")
    assert answer.location == "/backoffice/artikel/2"
    assert "Machen Sie noch ein Foto" in owner.get(answer.location).text
    with write() as session:
        assert not session.get_one(Product, 2).is_published
        assert session.get_one(Variant, 1).on_hand == 0
    assert owner.post("/backoffice/reststuecke/1/artikel").status_code == 409
    assert "kein Ballen so kurz" in owner.get("/backoffice/reststuecke").text


@pytest.mark.usefixtures("rest")
def test_what_lacks_something_stays_a_draft(owner: FlaskClient, write: Write) -> None:
    assert "Gleich in den Laden</button>" not in owner.get("/backoffice/reststuecke").text
    answer = owner.post("/backoffice/reststuecke/1/laden")
    assert answer.location == "/backoffice/artikel/2"
    assert "noch ein Entwurf" in owner.get(answer.location).text


@pytest.mark.usefixtures("rest")
def test_what_lacks_nothing_goes_into_the_shop(
    owner: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "missing", lambda session, product: [])
    monkeypatch.setattr(readiness, "missing_of", lambda session, product_ids: {})
    assert "Gleich in den Laden</button>" in owner.get("/backoffice/reststuecke").text
    assert owner.post("/backoffice/reststuecke/1/laden").location == "/backoffice/reststuecke"
    with write() as session:
        assert session.get_one(Product, 2).is_published


@pytest.mark.usefixtures("rest")
def test_what_the_owner_keeps_is_not_proposed_again(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/reststuecke/1/behalten").status_code == 303
    assert "kein Ballen so kurz" in owner.get("/backoffice/reststuecke").text
    assert "Reststück auf den Ballen" not in owner.get("/backoffice/").text
    with write() as session:
        assert session.get_one(Roll, 1).on_hand == 40
    assert owner.post("/backoffice/reststuecke/99/behalten").status_code == 404
