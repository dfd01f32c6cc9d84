"""Articles: the form of one, two people at once, and a list that stays quick."""

import time
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import attributes, categories, editing, kinds, readiness, redirects, stock
from catalog.makers import Maker
from catalog.products import Kind, Product, Variant
from catalog.stock import Why
from catalog.units import Unit
from shop.backoffice import product_form
from tests.make import NOW, make_fabric, make_product, make_ready, make_variant

Write = Callable[[], Any]


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
    with write() as session:
        stock.move(session, session.get_one(Variant, 1), -120, Why.SOLD_IN_STORE, now=NOW, author="test")
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
        make_ready(session, product)
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
        started = time.process_time()
        assert owner.get(address).status_code == 200
        assert time.process_time() - started < 0.3


def test_all_that_can_be_said_of_a_fabric_is_saved(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    typed = form_of(write) | {
        "hoechstens": "3 m", "anzeigen-je": "50", "rest-unter": "80 cm", "muster": "ja", "keine-warnungen": "ja",
    }  # fmt: skip
    assert owner.post("/backoffice/artikel/1", data=typed).status_code == 303
    with write() as session:
        product = session.get_one(Product, 1)
        assert (product.maximum, product.shown_per, product.remnant_below) == (300, 50, 80)
        assert (product.offers_sample, product.needs_no_warnings) == (True, True)
    page = owner.get("/backoffice/artikel/1").text
    for said in ('value="3,00 m"', 'value="0,80 m"', '<option value="50" selected>'):
        assert said in page


def test_the_form_asks_only_what_the_goods_need(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        attributes.ensure_types(session)
        make_fabric(session)
        make_variant(session, make_product(session, "Perlmuttknopf", kind=Kind.BUTTON))
        session.get_one(Product, 1).kind = Kind.FABRIC
    fabric, button = owner.get("/backoffice/artikel/1").text, owner.get("/backoffice/artikel/2").text
    for name in ("zusammensetzung", "rest-unter", "muster", "anzeigen-je", "merkmal-width"):
        assert f'name="{name}"' in fabric, name
        assert f'name="{name}"' not in button, name
    assert 'name="merkmal-diameter"' in button


def test_an_article_may_be_of_the_owners_own_kind(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        kinds.add(session, "Filzplatten", is_textile=True)
        make_fabric(session)
    assert owner.post("/backoffice/artikel/1", data=form_of(write) | {"art": "filzplatten"}).status_code == 303
    with write() as session:
        assert session.get_one(Product, 1).kind == "filzplatten"
    assert 'name="zusammensetzung"' in owner.get("/backoffice/artikel/1").text
    assert owner.post("/backoffice/artikel/1", data=form_of(write) | {"art": "unsinn"}).status_code == 422


def test_a_new_address_keeps_the_old_one_alive(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_ready(session, make_fabric_product(session))
        make_fabric(session, "Cord")
    assert owner.post("/backoffice/artikel/1", data=form_of(write) | {"adresse": "Jersey Füchse"}).status_code == 303
    with write() as session:
        assert session.get_one(Product, 1).slug == "jersey-fuechse"
        assert redirects.product_at(session, "jersey-waldtiere") == "jersey-fuechse"
    taken = owner.post("/backoffice/artikel/1", data=form_of(write) | {"adresse": "cord"})
    assert (taken.status_code, 'id="adresse-fehler"' in taken.text) == (422, True)


def test_warnings_and_their_absence_are_never_said_together(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    owner.post("/backoffice/artikel/1", data=form_of(write) | {"warnungen": "Kleinteile", "keine-warnungen": "ja"})
    with write() as session:
        assert not session.get_one(Product, 1).needs_no_warnings


def test_an_article_that_loses_its_fibres_leaves_the_shop_and_says_so(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        product = make_product(session, kind=Kind.FABRIC)
        make_variant(session, product)
        make_ready(session, product)
    owner.post("/backoffice/artikel/1", data=form_of(write) | {"zusammensetzung": ""})
    with write() as session:
        assert not session.get_one(Product, 1).is_published
    assert "ist jetzt wieder ein Entwurf" in owner.get("/backoffice/artikel/1").text


def test_a_new_maker_is_told_of_within_the_article(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_fabric(session)
    typed = form_of(write) | {
        "kurz": "Weich", "hersteller-neu": "Nordgarn GmbH", "neu-strasse": "Spinnweg 1", "neu-plz": "28195",
        "neu-ort": "Bremen", "neu-land": "DE", "neu-kontakt": "Telefon",
    }  # fmt: skip
    refused = owner.post("/backoffice/artikel/1", data=typed)
    assert refused.status_code == 422
    for kept in ("Weich", "Spinnweg 1", 'id="neu-kontakt-fehler"'):
        assert kept in refused.text
    assert owner.post("/backoffice/artikel/1", data=typed | {"neu-kontakt": "www.nordgarn.de"}).status_code == 303
    with write() as session:
        maker = session.get_one(Maker, session.get_one(Product, 1).maker_id)
        assert (maker.name, maker.city, maker.contact) == ("Nordgarn GmbH", "Bremen", "www.nordgarn.de")


def test_the_way_to_the_maker_saves_the_article_first(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_ready(session, make_fabric_product(session))
    answer = owner.post("/backoffice/artikel/1", data=form_of(write) | {"kurz": "Weich", "dann": "hersteller"})
    assert answer.headers["Location"].endswith("/hersteller/1?artikel=1")
    with write() as session:
        assert session.get_one(Product, 1).summary == "Weich"
    back = owner.post("/backoffice/hersteller/1", data={"name": "Nordgarn GmbH", "artikel": "1", "land": "DE"})
    assert back.headers["Location"].endswith("/artikel/1#hersteller")


def make_fabric_product(session: Session) -> Product:
    return session.get_one(Product, make_fabric(session).product_id)


def form_of(write: Write) -> dict[str, str]:
    """The form of article 1 as a browser would send it unchanged."""

    with write() as session:
        facts = editing.facts_of(session, session.get_one(Product, 1))
        return {**product_form.typed_of(facts).texts, "gesehen": editing.fingerprint(facts)}
