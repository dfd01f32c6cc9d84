"""Rolls, lots and price steps in files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog import holds, kinds, prices, rolls, stock
from catalog.exchange.cells import NotACell
from catalog.exchange.laying import StandingRoll, lay
from catalog.exchange.several import read_rolls, read_steps
from catalog.products import Product, Variant
from tests.catalog.exchange.importing import Importer
from tests.make import NOW, make_fabric, make_product, make_variant

HEADER = "Artikelnummer;Produktname;Einheit;Preis;Bestand;Ballen;Staffelpreise\n"
lying = st.tuples(st.integers(1, 500), st.sampled_from(["", "12"]), st.sampled_from(["", "B2"]))
standing = st.builds(
    StandingRoll, st.integers(1, 99), st.integers(1, 500), st.just(0), st.sampled_from(["", "12"]), st.just("")
)


def variant(session: Session, sku: str = "JER") -> Variant:
    return session.exec(select(Variant).where(Variant.sku == sku)).one()


def lying_in(session: Session, sku: str = "JER") -> list[tuple[int, str, str]]:
    variant_id = variant(session, sku).id or 0
    return sorted((each.on_hand, each.lot, each.place) for each in rolls.of(session, [variant_id])[variant_id])


def test_rolls_of_a_file_come_with_lot_and_place(importer: Importer, session: Session) -> None:
    plan = importer.write(HEADER + 'JER;Jersey;m;12,90;;"12,40 m; Partie 4711; Platz Regal B2 | 1,80 m";\n')
    assert plan.refused == []
    assert lying_in(session) == [(180, "", ""), (1240, "4711", "Regal B2")]
    assert (variant(session).on_hand, variant(session).longest) == (1420, 1240)


def test_a_later_file_measures_rolls_and_brings_new_ones(importer: Importer, session: Session) -> None:
    importer.write(HEADER + 'JER;Jersey;m;12,90;;"12,40 m; Partie 1 | 1,80 m";\n')
    plan = importer.write(HEADER + 'JER;Jersey;m;12,90;;"11,00 m; Partie 1 | 20 m; Partie 2";\n')
    assert [change.column for change in plan.changes] == ["Ballen", "Bestand"]
    assert lying_in(session) == [(1100, "1", ""), (2000, "2", "")]
    assert importer.plan(HEADER + 'JER;Jersey;m;12,90;;"11,00 m; Partie 1 | 20 m; Partie 2";\n').steps == []


def test_goods_that_become_cut_goods_lie_on_rolls_from_then_on(importer: Importer, session: Session) -> None:
    importer.write("Artikelnummer;Produktname;Einheit;Preis;Bestand\nJER;Jersey;Stück;12,90;0\n")
    importer.write("Artikelnummer;Produktname;Einheit;Preis;Bestand\nJER;Jersey;m;12,90;0\n")
    importer.write("Artikelnummer;Produktname;Einheit;Preis;Bestand\nJER;Jersey;m;12,90;3 m\n")
    assert lying_in(session) == [(300, "", "")]
    assert variant(session).longest == 300


def test_erasing_the_cell_of_rolls_is_refused_and_takes_no_stock_away(importer: Importer, session: Session) -> None:
    make_variant(session, make_product(session, "Merino"), sku="MER", on_hand=20)
    plan = importer.write("Artikelnummer;Produktname;Preis;Ballen\nMER;Merino;4,95;(leer)\n")
    assert ["kann nicht geleert werden" in remark.reason for remark in plan.refused] == [True]
    assert variant(session, "MER").on_hand == 20


def test_rolls_and_stock_must_agree(importer: Importer) -> None:
    plan = importer.plan(HEADER + 'JER;Jersey;m;12,90;3 m;"1 m | 1 m";\n')
    assert [(remark.column, "zusammen 2,00" in remark.reason) for remark in plan.refused] == [("Ballen", True)]


def test_a_roll_that_orders_wait_for_cannot_vanish(importer: Importer, session: Session) -> None:
    fabric = make_fabric(session, sku="JER", on_hand=500)
    holds.hold(session, "B-1", [holds.Wanted(fabric.id or 0, 200)], now=NOW)
    plan = importer.plan(HEADER + 'JER;Jersey Waldtiere;m;12,90;;"1,50 m";\n')
    assert any("reserviert" in remark.reason for remark in plan.refused)


def test_the_first_lot_of_yarn_leaves_the_other_balls_without_one(importer: Importer, session: Session) -> None:
    yarn = make_variant(session, make_product(session, "Merino"), sku="MER", on_hand=20)
    stock.receive(session, yarn, 10, lot="7", now=NOW, author="test")
    importer.write('Artikelnummer;Produktname;Preis;Ballen\nMER;Merino;4,95;"20 | 4; Partie 7"\n')
    assert lying_in(session, "MER") == [(4, "7", ""), (20, "", "")]


def test_price_steps_come_in_and_are_checked(importer: Importer, session: Session) -> None:
    importer.write(HEADER + "JER;Jersey;m;12,90;;;ab 5 m: 11,90 | ab 10 m: 9,90\n")
    jersey = variant(session).id or 0
    found = prices.steps_of(session, [jersey], NOW)[jersey]
    assert [(step.from_quantity, step.cents) for step in found] == [(500, 1190), (1000, 990)]
    plan = importer.plan(HEADER + "JER;Jersey;m;12,90;;;ab 5 m: 13,90\n")
    assert [remark.column for remark in plan.refused] == ["Staffelpreise"]


def test_the_owners_own_kind_is_known_by_its_name(importer: Importer, session: Session) -> None:
    kinds.ensure(session)
    own = kinds.add(session, "Perlen")
    importer.write("Artikelnummer;Produktname;Preis;Art\nP;Rocailles;1,00;perlen\n")
    assert session.exec(select(Product.kind)).one() == own.key
    plan = importer.plan("Artikelnummer;Produktname;Preis;Art\nQ;Rocailles matt;1,00;Kiesel\n")
    assert "Möglich sind: Stoff" in plan.refused[0].reason


@pytest.mark.parametrize("cell", ["12 m; Farbe rot", "12 m; Partie " + "9" * 41])
def test_a_roll_that_says_something_else_is_refused(cell: str) -> None:
    with pytest.raises(NotACell):
        read_rolls(cell)


def test_a_step_without_a_price_is_refused() -> None:
    with pytest.raises(NotACell, match="ab 10: 3,20"):
        read_steps("10 Stück", int)


@given(st.lists(standing, max_size=4, unique_by=lambda roll: roll.id), st.lists(lying, max_size=4))
def test_laying_leads_to_exactly_what_the_file_says(
    there: list[StandingRoll], wanted: list[tuple[int, str, str]]
) -> None:
    laying = lay(there, wanted)
    measured = {roll.id: quantity for roll, quantity in laying.measured}
    after = [(measured.get(roll.id, roll.on_hand), roll.lot, roll.place) for roll in there]
    assert sorted([*(roll for roll in after if roll[0]), *laying.arrived]) == sorted(wanted)
