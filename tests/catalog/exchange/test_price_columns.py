import pytest

from catalog.exchange.dialects.price_columns import Price, price_columns, read_name
from catalog.exchange.pricing import Basis


@pytest.mark.parametrize(
    ("name", "kind", "tax"),
    [
        ("Preis", Price.ASKED, Basis.UNSAID),
        ("VK-Preis (€)", Price.ASKED, Basis.UNSAID),
        ("Std. VK Brutto", Price.ASKED, Basis.GROSS),
        ("Brutto-VK", Price.ASKED, Basis.GROSS),
        ("Bruttopreis in EUR", Price.ASKED, Basis.GROSS),
        ("Preis inkl. 19% MwSt.", Price.ASKED, Basis.GROSS),
        ("Std. VK Netto", Price.ASKED, Basis.NET),
        ("Preis zzgl. MwSt.", Price.ASKED, Basis.NET),
        ("Price (tax excl.)", Price.ASKED, Basis.NET),
        ("price_gross", Price.ASKED, Basis.GROSS),
        ("Price tax excluded or Price tax included", Price.ASKED, Basis.OPEN),
        ("VK brutto/netto", Price.ASKED, Basis.OPEN),
        ("EK Netto (für GLD)", Price.PURCHASE, Basis.PURCHASE),
        ("Durchschnittlicher Einkaufspreis (netto)", Price.PURCHASE, Basis.PURCHASE),
        ("Wholesale price", Price.PURCHASE, Basis.PURCHASE),
        ("PREISINKLMWST", Price.ASKED, Basis.GROSS),
        ("vkbrutto", Price.ASKED, Basis.GROSS),
        ("EKnetto", Price.PURCHASE, Basis.PURCHASE),
        ("SALESPRICE", Price.ASKED, Basis.UNSAID),
        ("Prix TTC", Price.ASKED, Basis.GROSS),
        ("UVP", Price.RECOMMENDED, Basis.UNSAID),
        ("Aktionspreis", Price.SALE, Basis.UNSAID),
    ],
)
def test_names_of_prices_are_understood(name: str, kind: Price, tax: Basis) -> None:
    column = read_name(name)
    assert column is not None
    assert (column.kind, column.tax) == (kind, tax)


@pytest.mark.parametrize(
    "name",
    ["Grundpreis", "Preis pro Anzahl", "Preisliste", "Preisgruppe", "Preis I/2", "Staffelpreise", "Meter", "Stück", "€",
     "PREIS_CENT", "Steuersatz in %", "MwSt"],
)  # fmt: skip
def test_other_names_are_none_of_prices(name: str) -> None:
    assert read_name(name) is None


def test_the_price_with_tax_goes_before_the_price_without() -> None:
    found = price_columns(["Netto-VK", "Brutto-VK", "UVP netto", "Netto-EK"])
    assert {kind: column.place for kind, column in found.items()} == {Price.ASKED: 1, Price.PURCHASE: 3}


def test_the_first_of_several_prices_is_taken() -> None:
    assert price_columns(["Preis 2", "Preis 1", "VK3"])[Price.ASKED].place == 1
    assert price_columns(["Unit price", "Price tax excluded"])[Price.ASKED].place == 1
    assert price_columns(["Preis", "Name"], but=[0]) == {}
