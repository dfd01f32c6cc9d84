"""What the law wants shown: an article that lacks some of it is a draft, and its list says what."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from catalog import fibres, images, kinds, makers, prices, products, readiness
from catalog.images import Picture
from catalog.makers import Maker
from catalog.products import Kind, Product, Variant
from catalog.units import Unit
from shop.db import Database
from tests.make import NOW, make_product, make_ready, make_variant


def lacks(session: Session, product: Product) -> list[str]:
    return [gap.short for gap in readiness.missing(session, product)]


@pytest.fixture
def fabric(session: Session) -> Product:
    """A published fabric that lacks nothing."""
    product = make_product(session, kind=Kind.FABRIC, unit=Unit.LENGTH, minimum=50, step=10)
    make_variant(session, product, price_cents=1290)
    return make_ready(session, product)


def test_a_bare_article_lacks_all_that_the_law_wants(session: Session) -> None:
    product = make_product(session, kind=Kind.FABRIC, published=False)
    assert lacks(session, product) == ["Bild", "Preis", "Zusammensetzung", "Hersteller"]
    with pytest.raises(readiness.NotReady, match="bleibt noch Entwurf"):
        readiness.publish(session, product, NOW)


def test_a_complete_article_lacks_nothing(session: Session, fabric: Product) -> None:
    assert readiness.missing(session, fabric) == []
    readiness.publish(session, fabric, NOW)
    assert fabric.is_published


@pytest.mark.parametrize(("facts", "gap"), [
    ({"street": ""}, "die Anschrift"), ({"city": ""}, "die Anschrift"), ({"postal_code": " "}, "die Postleitzahl"),
    ({"contact": ""}, "die E-Mail- oder Webadresse"), ({"contact": "Telefon 0421 1234"}, "die E-Mail- oder Webadresse"),
    ({"country": "CN"}, "die verantwortliche Person in der EU"),
    ({"country": "CH", "eu_responsible": "Import Muster, Ring 1, Wien"}, "verantwortlichen Person in der EU"),
])  # fmt: skip
def test_a_maker_without_its_data_is_no_maker(
    session: Session, fabric: Product, facts: dict[str, str], gap: str
) -> None:
    maker = session.get_one(Maker, fabric.maker_id)
    makers.describe(session, maker.id or 0, facts, NOW)
    (found,) = readiness.missing(session, fabric)
    assert (found.where, gap in found.sentence) == ("hersteller", True)


@pytest.mark.parametrize("contact", [
    "info@nordgarn.example", "Max Moll <max.moll+garn@nordgarn.co.uk>", "E-Mail:info@nordgarn.example",
    "www.nordgarn.de", "https://nordgarn.de/kontakt", "http://www.garn.example", "https://nordgarn.museum",
    "nordgarn.de", "NORDGARN.COM.", "nordgarn.de/kontakt", "garn-und-größe.shop", "Tel. 0421 1234, www.nordgarn.at",
])  # fmt: skip
def test_an_electronic_address_is_a_mail_or_a_web_address(contact: str) -> None:
    assert makers.is_electronic(contact)


@pytest.mark.parametrize("contact", [
    "", "inh.max", "Inh.Max Moll", "Nordgarn", "z.B. Brief", "Hauptstr.5", "Dipl.Ing. Moll", "katalog.pdf", "info@moll",
    "www.moll", "https://moll", "https://www.moll", "0421.123456", "moll.de.max", "Spinnweg 1, 28195 Bremen",
])  # fmt: skip
def test_what_no_browser_opens_is_no_electronic_address(contact: str) -> None:
    assert not makers.is_electronic(contact)


def test_a_country_outside_the_union_may_have_no_postal_codes(session: Session, fabric: Product) -> None:
    person = "Importhaus Wien, Ring 1, 1010 Wien, post@import.example"
    facts = {"country": "HK", "postal_code": "", "eu_responsible": person}
    makers.describe(session, fabric.maker_id or 0, facts, NOW)
    assert readiness.missing(session, fabric) == []


def test_a_maker_outside_the_union_is_complete_with_its_person_inside(session: Session, fabric: Product) -> None:
    person = "Importhaus Wien, Ring 1, 1010 Wien, post@import.example"
    makers.describe(session, fabric.maker_id or 0, {"country": "JP", "eu_responsible": person}, NOW)
    assert readiness.missing(session, fabric) == []


@pytest.mark.parametrize(("kind", "unit", "is_owed"), [
    (Kind.YARN, Unit.PIECE, True), (Kind.THREAD, Unit.PIECE, True), (Kind.RIBBON, Unit.PIECE, True),
    (Kind.RIBBON, Unit.LENGTH, False), (Kind.BUTTON, Unit.PIECE, False), (Kind.ZIP, Unit.PIECE, False),
    (Kind.OTHER, Unit.WEIGHT, False), (Kind.FABRIC, Unit.PIECE, False),
])  # fmt: skip
def test_packed_goods_that_are_measured_owe_their_content(
    session: Session, kind: Kind, unit: Unit, is_owed: bool
) -> None:
    product = make_product(session, kind=kind, unit=unit)
    variant = make_variant(session, product)
    make_ready(session, product)
    assert lacks(session, product) == (["Inhalt"] if is_owed else [])
    variant.content, variant.content_unit = 50, Unit.WEIGHT
    assert lacks(session, product) == []


def test_bottles_of_the_owners_own_kind_owe_their_content(session: Session) -> None:
    kinds.add(session, "Textilkleber", unit=Unit.VOLUME)
    product = make_product(session)
    product.kind = "textilkleber"
    make_variant(session, product)
    assert lacks(session, make_ready(session, product)) == ["Inhalt"]


def test_textiles_of_the_owners_own_kind_name_their_fibres(session: Session) -> None:
    kinds.add(session, "Filzplatten", is_textile=True)
    product = make_product(session)
    product.kind = "filzplatten"
    make_variant(session, product)
    make_ready(session, product)
    fibres.set_composition(session, product.id or 0, [], NOW)
    assert lacks(session, product) == ["Zusammensetzung"]


def test_every_picture_wants_its_description(session: Session, fabric: Product) -> None:
    images.attach(session, fabric.id or 0, images.StoredPicture("1" * 64, 800, 600), alt=" ", now=NOW)
    assert lacks(session, fabric) == ["Bildbeschreibung"]


def test_what_is_not_sold_lacks_nothing(session: Session, fabric: Product) -> None:
    make_variant(session, fabric, price_cents=0, sku="ALT").is_active = False
    assert readiness.missing(session, fabric) == []


def test_an_article_that_is_delivered_at_no_time_is_incomplete(session: Session, fabric: Product) -> None:
    fabric.delivery_days_min = fabric.delivery_days_max = 0
    assert lacks(session, fabric) == ["Lieferzeit"]


def test_silence_about_warnings_is_a_hint_and_no_gap(session: Session, fabric: Product) -> None:
    assert "warnungen" in [hint.where for hint in readiness.hints(session, fabric)]
    fabric.needs_no_warnings = True
    assert "warnungen" not in [hint.where for hint in readiness.hints(session, fabric)]


def _empty_composition(session: Session, product: Product) -> None:
    fibres.set_composition(session, product.id or 0, [], NOW)


def _lose_address(session: Session, product: Product) -> None:
    makers.describe(session, product.maker_id or 0, {"street": ""}, NOW)


def _detach_picture(session: Session, product: Product) -> None:
    images.detach(session, session.exec(select(Picture).where(Picture.product_id == product.id)).one(), NOW)


def _empty_alt(session: Session, product: Product) -> None:
    images.set_alt(session, session.exec(select(Picture).where(Picture.product_id == product.id)).one(), "", NOW)


def _ask_nothing(session: Session, product: Product) -> None:
    variant = session.exec(select(Variant).where(Variant.product_id == product.id)).one()
    prices.set_regular(session, variant, 0, now=NOW, author="test")


LOSSES: list[Any] = [_empty_composition, _lose_address, _detach_picture, _empty_alt, _ask_nothing]


@pytest.mark.parametrize("lose", LOSSES)
def test_an_article_that_loses_something_is_a_draft_at_once(session: Session, fabric: Product, lose: Any) -> None:
    assert readiness.keep_true(session, [fabric.id or 0], NOW) == []
    lose(session, fabric)
    (withdrawn,) = readiness.keep_true(session, [fabric.id or 0], NOW)
    assert (withdrawn.name, len(withdrawn.gaps)) == (fabric.name, 1)
    assert not fabric.is_published
    assert fabric.withdrawn_at is None, "nobody took it away on purpose"
    assert readiness.keep_true(session, [fabric.id or 0], NOW) == [], "a draft is told of once"


def test_what_was_taken_away_on_purpose_is_known_until_it_is_back(session: Session, fabric: Product) -> None:
    later = NOW + timedelta(days=1)
    products.unpublish(session, fabric, later)
    assert fabric.withdrawn_at == later
    readiness.publish(session, fabric, later)
    assert fabric.withdrawn_at is None


def test_two_hundred_articles_are_looked_through_in_five_queries(either_database: Database) -> None:
    with either_database.writing() as session:
        for number in range(200):
            product = make_product(session, f"Knopf {number}")
            make_variant(session, product, sku=f"K-{number}")
            if number % 2:
                make_ready(session, product)
        session.flush()
        ids = [each for each in session.exec(select(Product.id)).all() if each is not None]
        asked: list[str] = []
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *at: asked.append(at[2]))
        found = readiness.missing_of(session, ids)
        assert len(asked) == 5
        assert sum(not gaps for gaps in found.values()) == 100
