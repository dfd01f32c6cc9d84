import pytest

from catalog.exchange.dialects.price_columns import Price, Tax, price_columns, read_name


@pytest.mark.parametrize(
    ("name", "kind", "tax"),
    [
        ("Preis", Price.ASKED, Tax.UNSAID),
        ("VK-Preis (€)", Price.ASKED, Tax.UNSAID),
        ("Std. VK Brutto", Price.ASKED, Tax.GROSS),
        ("Brutto-VK", Price.ASKED, Tax.GROSS),
        ("Bruttopreis in EUR", Price.ASKED, Tax.GROSS),
        ("Preis inkl. 19% MwSt.", Price.ASKED, Tax.GROSS),
        ("Std. VK Netto", Price.ASKED, Tax.NET),
        ("Preis zzgl. MwSt.", Price.ASKED, Tax.NET),
        ("Price (tax excl.)", Price.ASKED, Tax.NET),
        ("price_gross", Price.ASKED, Tax.GROSS),
        ("Price tax excluded or Price tax included", Price.ASKED, Tax.EITHER),
        ("VK brutto/netto", Price.ASKED, Tax.EITHER),
        ("EK Netto (für GLD)", Price.PURCHASE, Tax.NET),
        ("Durchschnittlicher Einkaufspreis (netto)", Price.PURCHASE, Tax.NET),
        ("Wholesale price", Price.PURCHASE, Tax.UNSAID),
        ("UVP", Price.RECOMMENDED, Tax.UNSAID),
        ("Aktionspreis", Price.SALE, Tax.UNSAID),
    ],
)
def test_names_of_prices_are_understood(name: str, kind: Price, tax: Tax) -> None:
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
