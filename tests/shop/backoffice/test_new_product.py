"""A new article in a minute: what is typed, what is taken over, and whether it is on sale afterwards."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import col, select

from catalog import attributes, categories, kinds, products, readiness
from catalog.images import Picture
from catalog.products import Kind, Product, Variant, VariantOption
from catalog.units import Unit
from tests.make import NOW, make_product, make_ready, make_variant

Write = Callable[[], Any]
NEW = {
    "art": "fabric", "einheit": "length", "name": "Jersey Füchse", "preis": "14,90", "bestand": "8,40",
    "faser": "100 % Baumwolle", "mindestens": "0,50 m", "schritt": "10 cm", "lieferzeit-von": "2",
    "lieferzeit-bis": "4", "steuer": "standard", "hersteller": "1", "keine-warnungen": "ja", "option-1": "Farbe",
}  # fmt: skip


@pytest.fixture
def jersey(write: Write) -> None:
    """A fabric with all that the law wants, in a category."""
    with write() as session:
        attributes.ensure_types(session)
        product = make_product(session, "Jersey", kind=Kind.FABRIC, unit=Unit.LENGTH, minimum=50, step=10)
        make_variant(session, product, weight_g=320)
        make_ready(session, product)
        category = categories.at_path(session, ["Stoffe", "Jersey"])
        products.place_in(session, product.id or 0, [category.id or 0], NOW)


@pytest.mark.usefixtures("jersey")
def test_a_fabric_is_on_sale_at_once(owner: FlaskClient, write: Write) -> None:
    answer = owner.post("/backoffice/artikel", data=NEW | {"dann": "laden", "farbe": "rost", "bilder": photograph()})
    assert answer.status_code == 303
    with write() as session:
        product = session.exec(select(Product).order_by(col(Product.id).desc())).first()
        assert (product.name, product.slug, product.is_published) == ("Jersey Füchse", "jersey-fuechse", True)
        variant = session.exec(select(Variant).where(Variant.product_id == product.id)).one()
        assert (variant.price_cents, variant.on_hand, variant.longest, variant.sku) == (1490, 840, 840, "A-00002")
        assert session.exec(select(VariantOption.value).where(VariantOption.variant_id == variant.id)).one() == "rost"
        picture = session.exec(select(Picture).where(Picture.product_id == product.id)).one()
        assert picture.alt == "Jersey Füchse, rost"
    assert "im Laden zu sehen" in owner.get(answer.headers["Location"]).text


@pytest.mark.usefixtures("jersey")
def test_the_form_is_filled_like_the_last_article_of_the_kind(owner: FlaskClient) -> None:
    page = owner.get("/backoffice/artikel/neu").text
    for remembered in (
        "Stoffe › Jersey · Nordgarn GmbH · ab 0,50 m in Schritten von 0,10 m",
        'value="100\u00a0% Baumwolle"',
        "Preis je Meter",
        "Wie lang ist der Ballen?",
        'value="320"',
    ):
        assert remembered in page


@pytest.mark.usefixtures("jersey")
@pytest.mark.parametrize(("lost", "where"), [
    ({"faser": ""}, "zusammensetzung"), ({"hersteller": ""}, "hersteller"), ({"bilder": None}, "bilder"),
])  # fmt: skip
def test_what_lacks_something_is_kept_as_a_draft_that_says_what(
    owner: FlaskClient, write: Write, lost: dict[str, Any], where: str
) -> None:
    sent = NEW | {"dann": "laden", "bilder": photograph()} | lost
    answer = owner.post("/backoffice/artikel", data={name: value for name, value in sent.items() if value is not None})
    page = owner.get(answer.headers["Location"]).text
    assert "noch nicht im Laden" in page
    assert f'href="#{where}"' in page
    with write() as session:
        product = session.get_one(Product, 2)
        assert not product.is_published
        assert [gap.where for gap in readiness.missing(session, product)] == [where]


@pytest.mark.usefixtures("jersey")
def test_a_draft_stays_a_draft_though_nothing_is_missing(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/artikel", data=NEW | {"dann": "entwurf", "bilder": photograph()})
    with write() as session:
        product = session.get_one(Product, 2)
        assert (product.is_published, readiness.missing(session, product)) == (False, [])


@pytest.mark.usefixtures("jersey")
def test_neither_words_nor_photographs_are_lost_when_something_does_not_fit(owner: FlaskClient, write: Write) -> None:
    wrong = owner.post("/backoffice/artikel", data=NEW | {"preis": "zwölf", "bilder": photograph()})
    assert wrong.status_code == 422
    for kept in ("Jersey Füchse", "zwölf", "ist kein Betrag", 'name="foto" value="'):
        assert kept in wrong.text
    photo = wrong.text.split('name="foto" value="')[1][:64]
    owner.post("/backoffice/artikel", data=NEW | {"dann": "laden", "foto": photo})
    with write() as session:
        product = session.get_one(Product, 2)
        assert product.is_published
        assert session.exec(select(Picture.hash).where(Picture.product_id == 2)).one() == photo


@pytest.mark.usefixtures("jersey")
def test_another_kind_asks_other_things_and_keeps_what_was_typed(owner: FlaskClient) -> None:
    page = owner.post("/backoffice/artikel/neu", data=NEW | {"andere-art": "yarn", "bilder": photograph()}).text
    for there in ('value="Jersey Füchse"', "Preis je Stück", 'name="inhalt"', 'name="zusammensetzung"', 'name="foto"'):
        assert there in page
    button = owner.post("/backoffice/artikel/neu", data=NEW | {"andere-art": "button"}).text
    assert 'id="zusammensetzung"' not in button
    assert 'name="inhalt"' not in button
    by_weight = owner.post("/backoffice/artikel/neu", data=NEW | {"andere-einheit": "weight"}).text
    assert "Preis je Kilo" in by_weight


def test_the_first_article_of_all_needs_no_other_page(owner: FlaskClient, write: Write) -> None:
    maker = {"hersteller": "", "hersteller-neu": "Nordgarn GmbH", "neu-strasse": "Spinnweg 1", "neu-plz": "28195",
             "neu-ort": "Bremen", "neu-land": "DE", "neu-kontakt": "info@nordgarn.example"}  # fmt: skip
    typed = NEW | maker | {"zusammensetzung": "95 % Baumwolle, 5 % Elasthan", "dann": "laden", "bilder": photograph()}
    assert owner.post("/backoffice/artikel", data=typed).status_code == 303
    with write() as session:
        assert session.get_one(Product, 1).is_published


def test_a_yarn_is_kept_with_what_a_ball_holds(owner: FlaskClient, write: Write) -> None:
    typed = NEW | {"art": "yarn", "einheit": "piece", "bestand": "12", "inhalt": "50 g", "gewicht": "54",
                   "mindestens": "1", "schritt": "1", "hersteller": ""}  # fmt: skip
    assert owner.post("/backoffice/artikel", data=typed).status_code == 303
    with write() as session:
        variant = session.exec(select(Variant)).one()
        assert (variant.content, variant.content_unit, variant.weight_g, variant.on_hand) == (50, "weight", 54, 12)


def test_the_owners_own_kind_has_its_place_on_the_page(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        kinds.add(session, "Filzplatten", unit=Unit.AREA, is_textile=True)
    page = owner.get("/backoffice/artikel/neu?art=filzplatten").text
    for there in ("Preis je Quadratmeter", 'id="zusammensetzung"', "Filzplatten"):
        assert there in page


def test_a_file_that_is_no_picture_is_named_and_the_article_is_kept(owner: FlaskClient, write: Write) -> None:
    answer = owner.post("/backoffice/artikel", data=NEW | {"hersteller": "", "bilder": (BytesIO(b"<svg>"), "x<b>.jpg")})
    assert "x&lt;b&gt;.jpg" in owner.get(answer.headers["Location"]).text
    with write() as session:
        assert session.exec(select(Picture)).all() == []


def test_a_hash_that_nobody_has_sent_hangs_no_picture(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/artikel", data=NEW | {"hersteller": "", "foto": "../../etc"}).status_code == 303
    with write() as session:
        assert session.exec(select(Picture)).all() == []


def photograph() -> tuple[BytesIO, str]:
    data = BytesIO()
    Image.new("RGB", (400, 300), (200, 90, 20)).save(data, "JPEG")
    data.seek(0)
    return data, "foto.jpg"
