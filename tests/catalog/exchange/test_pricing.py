from decimal import Decimal

import pytest

from catalog.exchange.decimals import FineCents
from catalog.exchange.pricing import Basis, basis_of, price_column
from catalog.exchange.reckoning import asked_cents


@pytest.mark.parametrize(
    ("name", "basis"),
    [
        ("Preis", Basis.UNSAID),
        ("VK", Basis.UNSAID),
        ("VK brutto", Basis.GROSS),
        ("Preis (inkl. MwSt.)", Basis.GROSS),
        ("Nettopreis", Basis.NET),
        ("VK netto", Basis.NET),
        ("Preis ohne MwSt.", Basis.NET),
        ("Preis zzgl. USt", Basis.NET),
        ("EK", Basis.PURCHASE),
        ("EK-Preis netto €", Basis.PURCHASE),
        ("Einkaufspreis", Basis.PURCHASE),
        ("Wholesale price", Basis.PURCHASE),
        ("Price tax excluded or Price tax included", Basis.OPEN),
    ],
)
def test_the_name_of_a_column_says_what_its_prices_are(name: str, basis: Basis) -> None:
    assert basis_of(name) is basis


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (["Nr", "EK"], 1),
        (["Nr", "EK", "VK netto"], 2),
        (["Nr", "EK netto", "EK-Datum", "EK-Menge"], 1),
        (["Nr", "Nettogewicht", "Gewicht netto"], None),
        (["Nr", "EK alt", "EK"], 2),
        (["Nr", "EK 1", "EK 2"], None),
        (["Nr", "Einkaufspreis", "EK"], None),
        (["Nr", "Preis"], None),
    ],
)
def test_a_net_price_stands_in_only_where_it_can_be_nothing_else(header: list[str], place: int | None) -> None:
    assert price_column(header, range(len(header))) == place


@pytest.mark.parametrize(
    ("cents", "permille", "factor", "full_cents", "asked"),
    [
        (1000, 190, "1", 1, 1190),
        (1000, 70, "1", 1, 1070),
        (1000, 0, "2.2", 1, 2200),
        (320, 190, "2.2", 1, 838),  # 8,3776
        (50, 190, "1", 1, 60),  # 0,595: a half goes up
        (FineCents(Decimal("34.5")), 190, "1", 1, 41),  # 0,41055, not 1.19 times the rounded 0,35
        (FineCents(Decimal("0.4")), 190, "2", 1, 1),
        (320, 190, "2.2", 5, 840),
        (840, 0, "1", 5, 840),
        (0, 190, "2.2", 5, 0),
    ],
)
def test_prices_are_rounded_once_after_tax_and_factor(
    cents: int, permille: int, factor: str, full_cents: int, asked: int
) -> None:
    assert asked_cents(cents, permille, Decimal(factor), full_cents) == asked
