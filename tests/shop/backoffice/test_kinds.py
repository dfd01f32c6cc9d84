"""The owner's kinds of goods: added, renamed, asked for facts, and removed while unused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import attributes, kinds
from catalog.attributes import AttributeType
from catalog.kinds import GoodsKind
from catalog.products import Product
from tests.make import NOW, make_product

Write = Callable[[], Any]
NUMBER = {"art": "number", "einheit": "cm", "stellen": "0", "auswahl": "", "filter": "ja"}


@pytest.fixture(autouse=True)
def built_in_facts(write: Write) -> None:
    with write() as session:
        attributes.ensure_types(session)


def id_of(write: Write, key: str) -> int:
    with write() as session:
        kind = kinds.find(session, key)
        assert kind is not None
        return kind.id or 0


def fact_of(session: Session, label: str) -> AttributeType:
    return session.exec(select(AttributeType).where(AttributeType.label == label)).one()


def asked(write: Write, key: str) -> list[str]:
    with write() as session:
        return [each.label for each in attributes.asked(session, key)]


def test_the_owner_adds_a_kind_and_a_fact(owner: FlaskClient, write: Write) -> None:
    assert "Warenarten" in owner.get("/backoffice/mehr").text
    answer = owner.post("/backoffice/warenarten", data={"name": "Wachstuch", "einheit": "length", "textil": "ja"})
    kind = id_of(write, "wachstuch")
    assert answer.headers["Location"] == f"/backoffice/warenarten/{kind}"
    typed = NUMBER | {"name": "Dicke", "einheit": "mm", "stellen": "1"}
    assert owner.post(f"/backoffice/angaben/neu/{kind}", data=typed).status_code == 303
    with write() as session:
        assert (fact_of(session, "Dicke").goods, fact_of(session, "Dicke").decimals) == ("wachstuch", 1)
        found = kinds.find(session, "wachstuch")
        assert found is not None
        assert (found.unit, found.is_textile) == ("length", True)
    page = owner.get("/backoffice/warenarten").text
    assert "Wachstuch" in page
    assert "Dicke" in page


@pytest.mark.parametrize("typed", [
    {"name": "", "einheit": "piece"}, {"name": "Stoff", "einheit": "piece"}, {"name": "Neu", "einheit": "elle"},
])  # fmt: skip
def test_a_kind_that_cannot_be_is_shown_again(owner: FlaskClient, write: Write, typed: dict[str, str]) -> None:
    assert owner.post("/backoffice/warenarten", data=typed).status_code == 422
    kind = id_of(write, "yarn")
    assert owner.post(f"/backoffice/warenarten/{kind}", data=typed).status_code == 422


def test_a_kind_is_renamed(owner: FlaskClient, write: Write) -> None:
    kind = id_of(write, "yarn")
    owner.post(f"/backoffice/warenarten/{kind}", data={"name": "Wolle", "einheit": "piece", "textil": "ja"})
    with write() as session:
        assert session.get_one(GoodsKind, kind).label == "Wolle"


def test_articles_without_fibres_become_drafts_once_their_kind_is_textile(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        product_id = make_product(session, "Filzplatte", kind="other").id
    kind = id_of(write, "other")
    page = owner.post(
        f"/backoffice/warenarten/{kind}",
        data={"name": "Filz", "einheit": "piece", "textil": "ja"},
        follow_redirects=True,
    )
    assert "„Filzplatte“ ist jetzt wieder ein Entwurf" in page.text
    with write() as session:
        assert not session.get_one(Product, product_id).is_published


def test_a_kind_in_use_stays_and_an_unused_one_goes(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_product(session, kind="yarn")
    yarn, zips = id_of(write, "yarn"), id_of(write, "zip")
    for kind in (yarn, zips):
        owner.post(f"/backoffice/warenarten/{kind}/entfernung")
    assert "1 Artikel ist von der Warenart" in owner.get("/backoffice/warenarten").text
    with write() as session:
        assert session.get(GoodsKind, yarn) is not None
        assert session.get(GoodsKind, zips) is None


def test_facts_are_taken_up_ordered_and_given_up(owner: FlaskClient, write: Write) -> None:
    kind = id_of(write, "tool")
    with write() as session:
        holes, material = fact_of(session, "Löcher").id, fact_of(session, "Material").id
    base = f"/backoffice/warenarten/{kind}/angaben"
    owner.post(base, data={"angabe": str(holes)})
    owner.post(base, data={"angabe": ""})
    assert asked(write, "tool") == ["Löcher", "Material"]
    owner.post(f"{base}/{material}/platz", data={"richtung": "vor"})
    assert asked(write, "tool") == ["Material", "Löcher"]
    owner.post(f"{base}/{material}/entfernung")
    assert asked(write, "tool") == ["Löcher"]
    assert owner.post(f"{base}/{material}/platz", data={"richtung": "vor"}).status_code == 404


def test_a_fact_is_changed_and_what_does_not_fit_is_said(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        width = fact_of(session, "Stoffbreite").id
        product = make_product(session, kind="fabric")
        attributes.set_values(session, product.id or 0, {"width": "145"}, NOW)
    address = f"/backoffice/angaben/{width}?warenart={id_of(write, 'fabric')}"
    assert 'value="Stoffbreite"' in owner.get(address).text
    assert owner.post(address, data=NUMBER | {"name": "Breite", "filter": ""}).status_code == 303
    answer = owner.post(address, data=NUMBER | {"name": "Breite", "art": "yes_no"})
    assert answer.status_code == 422
    assert "passt nicht zu einem Artikel" in answer.text
    for wrong in ({"name": ""}, {"name": "Rapport"}, {"art": "choice", "auswahl": "nur eine"}, {"stellen": "9"}):
        assert owner.post(address, data=NUMBER | {"name": "Breite"} | wrong).status_code == 422, wrong
    with write() as session:
        assert (fact_of(session, "Breite").is_filter, fact_of(session, "Breite").kind) == (False, "number")
    assert "Steht bei 1 Artikel" in owner.get(address).text
    owner.post(f"/backoffice/angaben/{width}/entfernung")
    assert "steht noch bei einem Artikel" in owner.get(address).text


def test_an_unused_fact_goes(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        gauge = fact_of(session, "Maschenprobe").id
    assert owner.post(f"/backoffice/angaben/{gauge}/entfernung").status_code == 303
    assert "Maschenprobe" not in asked(write, "yarn")


def test_a_new_fact_that_cannot_be_is_shown_again(owner: FlaskClient, write: Write) -> None:
    address = f"/backoffice/angaben/neu/{id_of(write, 'zip')}"
    assert "Neue Angabe" in owner.get(address).text
    answer = owner.post(address, data=NUMBER | {"name": "Zipper", "art": "choice", "auswahl": ""})
    assert answer.status_code == 422
    assert "mindestens zwei Möglichkeiten" in answer.text
    assert 'value="Zipper"' in answer.text


def test_facts_that_nothing_is_asked_for_are_still_found(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        attributes.labelled(session, "Muster")
    assert "Angaben ohne Warenart" in owner.get("/backoffice/warenarten").text


@pytest.mark.parametrize("path", ["warenarten/999", "angaben/999", "angaben/neu/999"])
def test_what_is_not_there_is_not_found(owner: FlaskClient, path: str) -> None:
    assert owner.get(f"/backoffice/{path}").status_code == 404
