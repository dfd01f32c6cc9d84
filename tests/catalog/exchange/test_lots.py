"""Rolls and dye lots in a file: what it says of them is what lies there afterwards, however often it is read."""

import pytest
from sqlmodel import Session, col, select

from catalog import holds
from catalog.exchange.articles import Remark
from catalog.holds import Wanted
from catalog.products import Variant
from catalog.rolls import Roll
from tests.catalog.exchange.importing import Importer
from tests.make import NOW, make_fabric, make_variant

HEADER = "Artikelnummer;Ballen\n"


def lying(session: Session, variant: Variant) -> list[tuple[int, str]]:
    session.expire_all()
    rolls = select(Roll).where(Roll.variant_id == variant.id, col(Roll.ended_at).is_(None)).order_by(col(Roll.lot))
    return [(each.on_hand, each.lot) for each in session.exec(rolls).all()]


@pytest.mark.parametrize(
    ("cell", "rolls"),
    [
        ("3 | 2", []),
        ("12; Partie 7", [(12, "7")]),
        ("12; Partie 7 | 4; Partie 8", [(12, "7"), (4, "8")]),
        ("12; Partie 7 | 4; Partie 7", [(16, "7")]),
    ],
)
@pytest.mark.parametrize("counts_stock", [True, False])
def test_pieces_whose_lots_are_named_are_as_many_as_the_file_says(
    importer: Importer, session: Session, cell: str, rolls: list[tuple[int, str]], counts_stock: bool
) -> None:
    yarn = make_variant(session, sku="G-1", on_hand=30, counts_stock=counts_stock)
    importer.write(f'{HEADER}G-1;"{cell}"\n')
    assert lying(session, yarn) == rolls
    assert yarn.on_hand == sum(quantity for quantity, _ in rolls or [(5, "")])
    assert importer.plan(f'{HEADER}G-1;"{cell}"\n').changes_nothing


@pytest.mark.parametrize("cell", ["3 | 2", "3; Partie 7 | 2", "3; Partie 7 | 2; Partie 7"])
def test_a_file_with_new_pieces_in_several_lots_changes_nothing_again(importer: Importer, cell: str) -> None:
    file = f'Artikelnummer;Produktname;Preis;Ballen\nG-1;Garn;4,50;"{cell}"\n'
    importer.write(file)
    assert importer.plan(file).changes_nothing


def test_what_is_held_lies_on_the_largest_lot(importer: Importer, session: Session) -> None:
    yarn = make_variant(session, sku="G-1", on_hand=30)
    holds.hold(session, "D-1", [Wanted(yarn.id or 0, 5, 1)], now=NOW)
    importer.write(f'{HEADER}G-1;"4; Partie 7 | 12; Partie 8"\n')
    assert lying(session, yarn) == [(4, "7"), (12, "8")]
    assert (yarn.held, yarn.longest) == (5, 7)


def refused(importer: Importer, row: str) -> list[Remark]:
    return importer.plan(HEADER + row).refused


def test_lots_that_are_too_small_for_what_is_held_are_refused(importer: Importer, session: Session) -> None:
    yarn = make_variant(session, sku="G-1", on_hand=30)
    fabric = make_fabric(session, sku="S-1", counts_stock=False)
    for each in (yarn, fabric):
        holds.hold(session, "D-1", [Wanted(each.id or 0, 50 if each is fabric else 5, 2)], now=NOW)
    assert [each.column for each in refused(importer, 'G-1;"6; Partie 7 | 6; Partie 8"\n')] == ["Ballen"]
    assert [each.column for each in refused(importer, 'S-1;"0,60 m | 0,60 m"\n')] == ["Ballen"]


def test_fabric_that_nobody_counted_lies_on_its_rolls(importer: Importer, session: Session) -> None:
    fabric = make_fabric(session, sku="S-1", on_hand=20, counts_stock=False)
    holds.hold(session, "D-1", [Wanted(fabric.id or 0, 50, 1)], now=NOW)
    importer.write(f'{HEADER}S-1;"0,80 m; Partie 7 | 0,60 m"\n')
    assert lying(session, fabric) == [(60, ""), (80, "7")]
    assert (fabric.on_hand, fabric.longest) == (140, 60)
