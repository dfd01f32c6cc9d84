"""The folded part of an article's form."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from catalog import duties, editing
from catalog.products import Product
from shop.backoffice import duties_form, product_form
from tests.catalog.test_duties import TOLD
from tests.make import make_fabric

Write = Callable[[], Any]


def form_of(write: Write) -> dict[str, str]:
    with write() as session:
        if session.get(Product, 1) is None:
            make_fabric(session)
            session.flush()
        facts = editing.facts_of(session, session.get_one(Product, 1))
        return dict(product_form.typed_of(facts).texts) | {"gesehen": editing.fingerprint(facts)}


def test_what_is_told_is_kept_and_shown_again(owner: FlaskClient, write: Write) -> None:
    typed = form_of(write) | duties_form.typed_of(TOLD)
    assert owner.post("/backoffice/artikel/1", data=typed).status_code == 303
    with write() as session:
        assert duties.of(session.get_one(Product, 1)) == TOLD
    page = owner.get("/backoffice/artikel/1").text
    assert 'value="2,5"' in page
    assert "Garantie, Strom, Batterien, Umweltaussagen, alte Ware, Reparatur" in page


def test_a_guarantee_needs_more_than_two_years_and_all_its_facts(owner: FlaskClient, write: Write) -> None:
    for wrong, name in (
        ({"garantie-jahre": "2"}, "garantie-jahre"),
        ({"garantie-jahre": "2,3"}, "garantie-jahre"),
        ({"garantie-jahre": "3"}, "garantie-modell"),
        ({"garantie-jahre": "3", "garantie-marke": "N", "garantie-modell": "3"}, "garantie-text"),
        ({"umwelt-link": "javascript:alert(1)"}, "umwelt-link"),
    ):
        answer = owner.post("/backoffice/artikel/1", data=form_of(write) | wrong)
        assert answer.status_code == 422
        assert f'id="{name}-fehler"' in answer.text
