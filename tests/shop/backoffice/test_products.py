"""Articles: the short form, the long one, two people at once, and a list that stays quick."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import Session, select

from catalog import attributes, categories, editing, fibres, images, makers, readiness
from catalog.images import Picture
from catalog.makers import Maker
from catalog.products import Kind, Product, Variant
from catalog.units import Unit
from shop.backoffice import product_form
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], Any]
NEW = {"name": "Jersey Waldtiere", "art": "fabric", "einheit": "length", "preis": "12,90", "bestand": "8,40 m"}


def test_a_new_article_is_a_draft_with_price_stock_and_picture(owner: FlaskClient, write: Write) -> None:
    answer = owner.post("/backoffice/artikel", data=NEW | {"bilder": [(photograph(), "foto.jpg")]})
    assert answer.status_code == 303
    with write() as session:
        product, variant = session.exec(select(Product)).one(), session.exec(select(Variant)).one()
        assert not product.is_published
        assert (variant.price_cents, variant.on_hand, variant.sku) == (1290, 840, "A-00001")
        assert session.exec(select(Picture)).one().product_id == product.id


def test_nothing_typed_is_lost_when_something_does_not_fit(owner: FlaskClient) -> None:
    answer = owner.post("/backoffice/artikel", data=NEW | {"preis": "zwölf", "bestand": "1,23456 m"})
    assert answer.status_code == 422
    for text in ("Jersey Waldtiere", "zwölf", "1,23456 m", "ist kein Betrag", "feiner, als wir messen"):
        assert text in answer.text


def test_the_form_of_an_article_is_saved_whole(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        attributes.ensure_types(session)
        make_fabric(session)
        category_id = categories.at_path(session, ["Stoffe"]).id
    typed = form_of(write) | {
        "name": "Jersey Füchse",
        "zusammensetzung": "95 % Baumwolle, 5 % Elasthan",
        "merkmal-width": "150 cm",
        "kategorie": str(category_id),
        "hersteller-neu": "Nordgarn GmbH",
        "schritt": "25 cm",
    }
    assert owner.post("/backoffice/artikel/1", data=typed).status_code == 303
    with write() as session:
        facts = editing.facts_of(session, session.get_one(Product, 1))
        assert (facts.name, facts.step, facts.category_ids) == ("Jersey Füchse", 25, (category_id,))
        assert facts.composition == "95\u00a0% Baumwolle, 5\u00a0% Elasthan"
        assert facts.values == {"width": "150\u00a0cm"}
        assert session.get_one(Maker, facts.maker_id).name == "Nordgarn GmbH"


def test_every_mistake_has_its_sentence_beside_its_field(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    wrong = {"name": "", "zusammensetzung": "70 % Merino", "mindestens": "ein Meter", "lieferzeit-bis": "1"}
    answer = owner.post("/backoffice/artikel/1", data=form_of(write) | wrong)
    assert answer.status_code == 422
    for name in wrong:
        assert f'id="{name}-fehler"' in answer.text
    assert "70 % Merino" in answer.text


def test_the_second_of_two_people_is_asked_and_overwrites_nothing(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    first, second = form_of(write) | {"kurz": "Von der Ersten"}, form_of(write) | {"kurz": "Von der Zweiten"}
    assert owner.post("/backoffice/artikel/1", data=first).status_code == 303
    refused = owner.post("/backoffice/artikel/1", data=second)
    assert refused.status_code == 409
    assert "Inzwischen hat jemand anderes" in refused.text
    assert "Jetzt gespeichert: Von der Ersten" in refused.text
    assert "Von der Zweiten" in refused.text
    with write() as session:
        assert session.get_one(Product, 1).summary == "Von der Ersten"


def test_after_comparing_the_second_person_may_save_all_the_same(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    second = form_of(write) | {"kurz": "Von der Zweiten"}
    owner.post("/backoffice/artikel/1", data=form_of(write) | {"kurz": "Von der Ersten"})
    assert owner.post("/backoffice/artikel/1", data=second).status_code == 409
    assert owner.post("/backoffice/artikel/1", data=second | {"gesehen": form_of(write)["gesehen"]}).status_code == 303
    with write() as session:
        assert session.get_one(Product, 1).summary == "Von der Zweiten"


def test_a_sale_meanwhile_is_no_conflict(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    typed = form_of(write)
    owner.post("/backoffice/varianten/1/bestand", data={"grund": "sold_in_store", "menge": "1,20 m"})
    assert owner.post("/backoffice/artikel/1", data=typed | {"kurz": "Neu"}).status_code == 303


def test_the_unit_cannot_change_while_goods_lie_in_the_store(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    answer = owner.post(
        "/backoffice/artikel/1", data=form_of(write) | {"einheit": "weight", "mindestens": "", "schritt": ""}
    )
    assert answer.status_code == 422
    assert "Verkaufseinheit kann nicht geändert werden" in answer.text


def test_an_article_is_published_only_when_nothing_is_missing(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, kind=Kind.FABRIC, unit=Unit.LENGTH, published=False))
    owner.post("/backoffice/artikel/1/veroeffentlichung")
    with write() as session:
        product = session.get_one(Product, 1)
        assert not product.is_published
        assert [gap.where for gap in readiness.missing(session, product)] == ["bilder", "zusammensetzung", "hersteller"]
        complete(session, product)
    owner.post("/backoffice/artikel/1/veroeffentlichung")
    with write() as session:
        assert session.get_one(Product, 1).is_published
    owner.post("/backoffice/artikel/1/entwurf")
    with write() as session:
        assert not session.get_one(Product, 1).is_published


def test_articles_are_found_by_words_in_any_case_and_by_number(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Ösenband grün"), sku="OES-1")
        make_variant(session, make_product(session, "Jersey"), sku="J-1")
    for words in ("ösen", "GRÜN ösen", "oes-1"):
        found = owner.get("/backoffice/artikel", query_string={"q": words}).text
        assert "Ösenband" in found
        assert "Jersey" not in found
    assert "Hier ist nichts dabei" in owner.get("/backoffice/artikel?q=%25").text


def test_the_list_of_two_thousand_articles_is_quick(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        session.add_all(
            Product(slug=f"a{number}", name=f"Knopf {number}", created_at=NOW, updated_at=NOW) for number in range(2000)
        )
        session.flush()
        session.add_all(Variant(product_id=number + 1, sku=f"S{number}", price_cents=45) for number in range(2000))
    owner.get("/backoffice/artikel")
    for address in (
        "/backoffice/artikel",
        "/backoffice/artikel?zeigen=knapp&seite=50",
        "/backoffice/artikel?q=knopf+19",
    ):
        started = time.perf_counter()
        assert owner.get(address).status_code == 200
        assert time.perf_counter() - started < 0.3


def form_of(write: Write) -> dict[str, str]:
    """The form of article 1 as a browser would send it unchanged."""

    with write() as session:
        facts = editing.facts_of(session, session.get_one(Product, 1))
        return {**product_form.typed_of(facts).texts, "gesehen": editing.fingerprint(facts)}


def complete(session: Session, product: Product) -> None:
    """Give an article what the law wants."""
    assert product.id is not None
    fibres.set_composition(session, product.id, [("Baumwolle", 100)], NOW)
    images.attach(session, product.id, images.StoredPicture("0" * 64, 800, 600), alt="", now=NOW)
    maker = makers.named(session, "Nordgarn GmbH")
    maker.street, maker.city, maker.contact = "Spinnweg 1", "Bremen", "info@nordgarn.example"
    product.maker_id = maker.id
    session.add_all([maker, product])


def photograph() -> BytesIO:
    data = BytesIO()
    Image.new("RGB", (400, 300), (200, 90, 20)).save(data, "JPEG")
    data.seek(0)
    return data
