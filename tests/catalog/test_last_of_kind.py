"""What a new article takes over from the last one of its kind."""

from sqlmodel import Session, select

from catalog import fibres, kinds, last_of_kind
from catalog.products import Kind, Product, Variant
from catalog.units import Unit
from tests.make import NOW, make_product, make_ready, make_variant


def fabric(session: Session, name: str, percent: int = 100) -> Product:
    product = make_product(session, name, kind=Kind.FABRIC, unit=Unit.LENGTH, minimum=100, step=25)
    make_variant(session, product, weight_g=320, options=[("Farbe", "Petrol", "")])
    make_ready(session, product)
    shares = [("Baumwolle", percent)] + ([("Elasthan", 100 - percent)] if percent < 100 else [])
    fibres.set_composition(session, product.id or 0, shares, NOW)
    return product


def test_how_the_last_one_was_sold_is_taken_over_and_what_it_was_is_not(session: Session) -> None:
    jersey = fabric(session, "Jersey")
    jersey.description, jersey.needs_no_warnings = "Weich", True
    make_variant(session, make_product(session, "Knopf", kind=Kind.BUTTON))
    facts = last_of_kind.product_facts(session, Kind.FABRIC)
    assert (facts.unit, facts.minimum, facts.step, facts.maker_id) == ("length", 100, 25, jersey.maker_id)
    assert facts.needs_no_warnings
    assert (facts.name, facts.description, facts.composition, facts.slug) == ("", "", "", "")
    first = last_of_kind.variant_facts(session, Kind.FABRIC)
    assert (first.weight_g, first.options, first.sku, first.price_cents) == (320, (("Farbe", "", ""),), "", 0)


def test_an_unusual_article_is_no_model_while_there_is_a_usual_one(session: Session) -> None:
    make_product(session, "Fat Quarter", kind=Kind.FABRIC)
    assert last_of_kind.product_facts(session, Kind.FABRIC).unit == "piece"
    fabric(session, "Jersey")
    make_product(session, "Fat Quarter", kind=Kind.FABRIC)
    assert last_of_kind.product_facts(session, Kind.FABRIC).unit == "length"


def test_the_first_of_a_kind_has_usual_measures(session: Session) -> None:
    facts = last_of_kind.product_facts(session, Kind.FABRIC)
    assert (facts.unit, facts.minimum, facts.step, facts.maker_id) == ("length", 50, 10, None)
    kinds.add(session, "Kleber", unit=Unit.VOLUME)
    assert last_of_kind.product_facts(session, "kleber").unit == "piece"


def test_one_begins_with_the_kind_of_the_last_article_remnants_aside(session: Session) -> None:
    jersey = fabric(session, "Jersey")
    make_product(session, kind=Kind.ZIP)
    remnant = make_product(session, "Reststück", kind=Kind.FABRIC)
    source = session.exec(select(Variant).where(Variant.product_id == jersey.id)).one()
    make_variant(session, remnant).cut_from_id = source.id
    assert last_of_kind.kind_to_begin_with(session) == "zip"
    assert last_of_kind.product_facts(session, Kind.FABRIC).step == 25


def test_compositions_are_offered_the_latest_first_and_once(session: Session) -> None:
    for percent in (100, 95, 95, 80):
        fabric(session, f"Jersey {percent}", percent)
    offered = [each.replace("\u00a0", " ") for each in last_of_kind.compositions(session, Kind.FABRIC)]
    assert offered == ["80 % Baumwolle, 20 % Elasthan", "95 % Baumwolle, 5 % Elasthan", "100 % Baumwolle"]
    assert last_of_kind.compositions(session, Kind.YARN) == []
