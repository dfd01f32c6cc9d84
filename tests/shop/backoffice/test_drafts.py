"""Drafts: what they lack, finished ones that go into the shop together, and makers that take theirs out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from catalog import fibres, kinds, makers, products
from catalog.makers import Maker
from catalog.products import Kind, Product
from tests.make import NOW, make_product, make_ready, make_variant

Write = Callable[[], Any]
WHOLE = {
    "name": "Nordgarn GmbH", "strasse": "Spinnweg 1", "plz": "28195", "ort": "Bremen", "land": "DE",
    "kontakt": "info@nordgarn.example", "eu": "",
}  # fmt: skip


@pytest.fixture
def shelf(write: Write) -> None:
    """Two finished drafts (the second withdrawn on purpose), an unfinished one, and one in the shop."""
    with write() as session:
        for name in ("Fertig", "Zurückgezogen", "Im Laden"):
            product = make_product(session, name, published=name == "Im Laden")
            make_variant(session, product, sku=name)
            make_ready(session, product)
        withdrawn = session.get_one(Product, 2)
        products.publish(session, withdrawn, NOW)
        products.unpublish(session, withdrawn, NOW)
        make_product(session, "Unfertig", kind=Kind.FABRIC, published=False)


@pytest.mark.usefixtures("shelf")
def test_the_list_says_of_every_draft_what_it_lacks(owner: FlaskClient) -> None:
    page = owner.get("/backoffice/artikel?zeigen=entwuerfe").text
    assert "es fehlt: Bild, Preis, Zusammensetzung, Hersteller" in page
    assert "Alle 2 fertigen Entwürfe in den Laden stellen" in page
    assert "am 22.11.2026 herausgenommen" in page


@pytest.mark.usefixtures("shelf")
def test_what_was_withdrawn_on_purpose_is_named_and_not_ticked(owner: FlaskClient) -> None:
    page = owner.get("/backoffice/artikel/entwuerfe").text
    assert 'value="1" checked' in page
    assert 'value="2">' in page
    assert "am 22.11.2026 aus dem Laden genommen" in page
    assert "Unfertig" not in page


@pytest.mark.usefixtures("shelf")
def test_ticked_drafts_go_into_the_shop_together(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/artikel/entwuerfe", data={"artikel": ["1", "4", "99"]}).status_code == 303
    page = owner.get("/backoffice/artikel").text
    assert "1 Artikel ist jetzt im Laden." in page
    assert "1 davon ist Entwurf geblieben" in page
    with write() as session:
        published = select(Product.name).where(col(Product.published_at).is_not(None)).order_by(col(Product.id))
        shown = session.exec(published).all()
        assert shown == ["Fertig", "Im Laden"]


@pytest.mark.usefixtures("shelf")
def test_a_maker_who_loses_the_address_takes_the_articles_out_of_the_shop(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/hersteller/1", data=WHOLE | {"strasse": ""}).status_code == 303
    assert "„Im Laden“ ist jetzt wieder ein Entwurf" in owner.get("/backoffice/hersteller").text
    with write() as session:
        product = session.get_one(Product, 3)
        assert (product.is_published, product.withdrawn_at) == (False, None)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(("typed", "field"), [
    ({"kontakt": "0421 1234"}, "kontakt"), ({"eu": "Importhaus, Wien"}, "eu"), ({"land": "XX"}, "land"),
    ({"name": ""}, "name"),
])  # fmt: skip
def test_a_makers_data_is_checked_at_the_field(
    owner: FlaskClient, write: Write, typed: dict[str, str], field: str
) -> None:
    answer = owner.post("/backoffice/hersteller/1", data=WHOLE | typed)
    assert (answer.status_code, f'id="{field}-fehler"' in answer.text) == (422, True)
    with write() as session:
        assert session.get_one(Maker, 1).contact == "info@nordgarn.example"


def test_makers_are_added_once(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/hersteller", data=WHOLE).status_code == 303
    again = owner.post("/backoffice/hersteller", data=WHOLE)
    assert "Diesen Hersteller gibt es schon" in again.text
    with write() as session:
        assert makers.missing(session.exec(select(Maker)).one()) == []


def test_a_shop_with_many_drafts_looks_through_them_in_portions(
    owner: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.backoffice.drafts.COUNTED", 2)
    with write() as session:
        for number in range(5):
            product = make_product(session, f"Knopf {number}", published=False, now=NOW + timedelta(minutes=number))
            make_variant(session, product)
            if number in (0, 4):
                make_ready(session, product)
    assert "Alle fertigen Entwürfe in den Laden stellen" in owner.get("/backoffice/artikel?zeigen=entwuerfe").text
    page = owner.get("/backoffice/artikel/entwuerfe").text
    assert ("Knopf 0" in page, "Knopf 4" in page, "Knopf 2" in page) == (True, True, False)


def test_a_kind_that_becomes_textile_asks_its_articles_for_fibres(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        button = make_product(session, "Stoffknopf", kind=Kind.BUTTON)
        make_variant(session, button)
        make_ready(session, button)
        fibres.set_composition(session, button.id or 0, [], NOW)
        kind = kinds.find(session, Kind.BUTTON)
        assert kind is not None
        address = f"/backoffice/warenarten/{kind.id}"
    owner.post(address, data={"name": "Knöpfe", "einheit": "piece"})
    with write() as session:
        assert session.get_one(Product, 1).is_published
    owner.post(address, data={"name": "Knöpfe", "einheit": "piece", "textil": "ja"})
    with write() as session:
        assert not session.get_one(Product, 1).is_published


def test_bottled_goods_owe_what_is_in_them(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/warenarten", data={"name": "Textilkleber", "einheit": "volume"})
    page = owner.get("/backoffice/artikel/neu?art=textilkleber").text
    assert "Preis je Stück" in page
    assert 'name="inhalt"' in page
