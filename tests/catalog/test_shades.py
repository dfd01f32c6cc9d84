"""Many colours at once: what pasted lines become, and what they are told."""

import pytest
from sqlmodel import Session, select

from catalog import shades
from catalog.editing import VariantFacts
from catalog.products import Product, Variant, VariantOption
from catalog.units import Unit
from tests.make import NOW, make_product, make_variant

FACTS = VariantFacts(sku="", price_cents=495, content=50, content_unit=Unit.WEIGHT, weight_g=60)


@pytest.fixture
def merino(session: Session) -> Product:
    """A yarn in its first colour."""
    product = make_product(session, "Merino")
    make_variant(session, product, sku="MERINO-101", options=[("Farbe", "101 Natur", "")])
    return product


def test_lines_become_colours_with_numbers_of_their_own(session: Session, merino: Product) -> None:
    text = "Nummer; Name; Farbe; Bestand\n102; Kirschrot; #B3122E; 12\n103;Rosé\n\n;Ohne Nummer;a0b0c0\nNur ein Name"
    reading = shades.read(session, merino, text, prefix="MERINO")
    assert reading.problems == {}
    assert [(each.label, each.swatch, each.on_hand, each.sku) for each in reading.shades] == [
        ("102 Kirschrot", "#b3122e", 12, "MERINO-102"),
        ("103 Rosé", "", 0, "MERINO-103"),
        ("Ohne Nummer", "#a0b0c0", 0, "MERINO-OHNE-NUMMER"),
        ("Nur ein Name", "", 0, "MERINO-NUR-EIN-NAME"),
    ]


def test_cells_of_a_table_are_lines_too(session: Session, merino: Product) -> None:
    (shade,) = shades.read(session, merino, "102\tKirschrot\t#b3122e\t12", prefix="M").shades
    assert (shade.label, shade.on_hand) == ("102 Kirschrot", 12)


@pytest.mark.parametrize(("line", "hint"), [
    ("102; Rot; rot; 3", "keine Farbe"), ("102; Rot; #b3122e; viele", "Bestand"), ("101; Natur", "gibt es schon"),
    ("101; Anders", "Artikelnummer"), (";;#b3122e;3", "Name der Farbe"), ("1;2;3;4;5", "mehr als vier"),
    (f"1; {'x' * 120}", "zu lang"),
])  # fmt: skip
def test_a_line_that_does_not_fit_is_named(session: Session, merino: Product, line: str, hint: str) -> None:
    reading = shades.read(session, merino, f"200; Gut\n{line}", prefix="MERINO")
    assert list(reading.problems) == [2]
    assert hint in reading.problems[2]


def test_the_same_colour_twice_is_noticed(session: Session, merino: Product) -> None:
    reading = shades.read(session, merino, "102; Rot\n102; Rot", prefix="MERINO")
    assert "gibt es schon" in reading.problems[2]


def test_all_are_added_or_none(session: Session, merino: Product) -> None:
    bad = shades.read(session, merino, "102; Rot\n103; Blau; blau", prefix="MERINO")
    with pytest.raises(shades.NotAllFit):
        shades.add(session, merino, bad, FACTS, option="Farbe", now=NOW, author="test")
    assert len(_variants(session, merino)) == 1
    good = shades.read(session, merino, "\n".join(f"{number}; Farbe" for number in range(200, 400)), prefix="MERINO")
    shades.add(session, merino, good, FACTS, option="Farbe", now=NOW, author="test")
    found = _variants(session, merino)
    assert len(found) == 201
    assert {(each.price_cents, each.content, each.weight_g) for each in found[1:]} == {(495, 50, 60)}
    last = session.exec(select(VariantOption).where(VariantOption.variant_id == found[-1].id)).one()
    assert (last.name, last.value) == ("Farbe", "399 Farbe")


def test_cut_goods_lie_on_a_roll_each(session: Session) -> None:
    jersey = make_product(session, unit=Unit.LENGTH, minimum=50, step=10)
    reading = shades.read(session, jersey, "1; Petrol; ; 12,5 m", prefix="J")
    shades.add(session, jersey, reading, FACTS, option="Farbe", now=NOW, author="test")
    (petrol,) = _variants(session, jersey)
    assert (petrol.on_hand, petrol.longest) == (1250, 1250)


@pytest.mark.parametrize(("skus", "prefix"), [
    ([], "A-0"), (["MERINO"], "MERINO"), (["MERINO-101", "MERINO-102"], "MERINO"), (["A", "B"], "A"),
])  # fmt: skip
def test_numbers_begin_like_those_that_are_there(session: Session, skus: list[str], prefix: str) -> None:
    product = make_product(session)
    for sku in skus:
        make_variant(session, product, sku=sku)
    assert shades.prefix_of(session, product).startswith(prefix)


def _variants(session: Session, product: Product) -> list[Variant]:
    of_it = select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)  # type: ignore[arg-type]
    return list(session.exec(of_it).all())
