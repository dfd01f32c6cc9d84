"""Price lists and exports of merchandise systems: parents, options, numbered columns, prices with and without VAT."""

from decimal import Decimal

import pytest
from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading
from catalog.exchange.dialects.listing import FOREIGN_MONEY
from catalog.exchange.wishes import Wishes
from catalog.products import Variant
from tests.catalog.exchange.exporting import exported, rows_of
from tests.catalog.exchange.importing import Importer


def read(content: str, wishes: Wishes | None = None) -> Reading:
    reading = dialects.read(content.encode(), wishes or Wishes())
    assert reading.format == "preisliste"
    return reading


def article(content: str) -> Article:
    (only,) = read(content).articles()
    return only


def options(found: Article) -> list[list[tuple[str, str]]]:
    return [[(name, value) for name, value, _ in each.facts.get("options", ())] for each in found.variants]


def reasons(found: Article, row: int) -> str:
    return " ".join(each.reason for each in found.questions if each.row == row)


PARENTS = (
    "Art-Nr;Bezeichnung;Vaterartikel;Farbe;Größe;Material;Preis inkl. MwSt.;Lagerbestand;Bild 1;Bild 2;Kategorie 1;"
    "Kategorie 2\n"
    "B-2;Band blau;B;blau;1 cm;Holz;4,95;3;blau.jpg;;;\n"
    "B;Band;;;;Holz;4,50;;b.jpg;b2.jpg;Bänder > Satin;Neu\n"
    "B-1;Band rot;B;rot;1 cm;Holz;4,95;12,00;;;;\n"
)


def test_children_join_their_parent_wherever_it_stands() -> None:
    found = article(PARENTS)
    assert (found.row, found.facts["name"], found.key) == (2, "Band", "band")
    assert [(each.row, each.sku, each.facts["price_cents"], each.facts["stock"]) for each in found.variants] == [
        (1, "B-2", 495, "3"),
        (3, "B-1", 495, "12"),
    ]


def test_what_differs_among_children_is_an_option_and_the_rest_a_fact() -> None:
    found = article(PARENTS)
    assert options(found) == [[("Farbe", "blau"), ("Größe", "1 cm")], [("Farbe", "rot"), ("Größe", "1 cm")]]
    assert found.facts["Merkmal: Material"] == "Holz"
    assert found.facts["categories"] == (("Bänder", "Satin"), ("Neu",))
    assert found.facts["pictures"] == ("b.jpg", "b2.jpg")
    assert found.variants[0].facts["pictures"] == ("blau.jpg",)


def test_rows_of_one_name_are_one_article_if_their_options_differ() -> None:
    found = article("Artikelnr.,Name,Farbe,Preis\nA1,Jersey,rot,9.90\nA2,Jersey,blau,9.90\n")
    assert options(found) == [[("Farbe", "rot")], [("Farbe", "blau")]]


def test_rows_of_one_name_without_options_stay_apart() -> None:
    every = list(read("Artikelnr.,Name,Preis\nA1,Knopf,0.90\nA2,Knopf,1.90\n").articles())
    assert [(each.key, each.joins, len(each.variants)) for each in every] == [
        ("knopf", False, 1),
        ("knopf-a2", False, 1),
    ]


def test_the_only_colour_of_an_article_is_a_fact() -> None:
    found = article("Artikelnr.;Bezeichnung;Farbe;VK\nA1;Schere;rot;9,90\n")
    assert (found.facts["Merkmal: Farbe"], options(found)) == ("rot", [[]])


def test_variants_without_any_option_are_called_by_the_rest_of_their_names() -> None:
    found = article(
        "SKU;Name;Parent SKU;Price\nP;Satin Ribbon;;1.00\nP1;Satin Ribbon red;P;1.00\nP2;Satin Ribbon blue;P;1.00\n"
    )
    assert options(found) == [[("Ausführung", "red")], [("Ausführung", "blue")]]
    assert "Wir nehmen „Ausführung: red“" in reasons(found, 2)


def test_a_column_that_names_the_option_makes_any_column_one() -> None:
    found = article(
        "SKU;Name;Parent SKU;Price;Duftnote;scent_variant_name\nK;Kerze;;5;;Duftnote\n"
        "K1;Kerze;K;5;Rose;Duftnote\nK2;Kerze;K;5;Minze;Duftnote\n"
    )
    assert options(found) == [[("Duftnote", "Rose")], [("Duftnote", "Minze")]]


def test_children_without_their_parent_in_the_file_are_one_article() -> None:
    found = article("Artikelnr.;Name;Hauptartikel;Größe;VK\nT-S;Hemd S;T;S;9,90\nT-M;Hemd M;T;M;9,90\n")
    assert (found.facts["name"], options(found)) == ("Hemd", [[("Größe", "S")], [("Größe", "M")]])


def test_a_child_of_a_child_is_refused() -> None:
    reading = read("Artikelnr.;Name;Elternartikel;VK\nA;Band;;1\nB;Band rot;A;1\nC;Band rot lang;B;1\n")
    assert [(each.row, each.column) for each in reading.refused] == [(3, "Elternartikel")]


def test_a_variant_that_is_switched_off_is_left_out() -> None:
    found = article("Artikelnr.;Name;Elternartikel;Farbe;VK;Aktiv\nA;Band;;;1;1\nB;Band;A;rot;1;1\nC;Band;A;blau;1;0\n")
    assert [each.sku for each in found.variants] == ["B"]
    assert "abgeschaltet" in reasons(found, 3)


def test_a_column_that_leaves_the_tax_open_is_asked_about_once(importer: Importer) -> None:
    content = "Artikelnr.;Bezeichnung;Preis brutto oder netto\nA;Band;1,00\nB;Knopf;2,00\n"
    asked = [each for each in importer.plan(content).questions if each.stops]
    assert [(each.row, each.question) for each in asked] == [(1, "gross")]


def test_net_prices_get_their_tax(importer: Importer, session: Session) -> None:
    importer.write("Artikelnr.;Bezeichnung;VK netto;USt. in %\nA;Band;1,00;19\nB;Buch;1,00;7\n")
    assert set(session.exec(select(Variant.sku, Variant.price_cents)).all()) == {("A", 119), ("B", 107)}


def test_the_price_with_tax_is_taken_of_both() -> None:
    reading = read("Artikelnr.;Bezeichnung;Netto-VK;Brutto-VK\nA;Band;1,00;1,19\n")
    (found,) = reading.articles()
    assert found.variants[0].facts["price_cents"] == 119


def test_a_price_far_above_all_others_is_asked_about() -> None:
    rows = "".join(f"A{n};Garn {n};{n % 5 + 1},95\n" for n in range(30))
    every = list(read(f"Artikelnr.;Bezeichnung;VK\n{rows}B;Garnpaket;495,00\n").articles())
    assert "üblich sind 3,95" in reasons(every[-1], 31)
    assert "üblich" not in " ".join(reasons(each, each.row) for each in every[:-1])


def test_a_purchase_price_above_the_price_is_asked_about() -> None:
    found = article("Artikelnr.;Bezeichnung;VK;EK netto\nA;Band;1,00;1,50\n")
    assert "höher als der Preis" in reasons(found, 1)


def test_an_ean_of_two_articles_is_left_out_of_both() -> None:
    every = list(read("Artikelnr.;Name;EAN;VK\nA;Band;4006381333931;1\nB;Knopf;4006381333931;1\n").articles())
    assert ["gtin" in each.variants[0].facts for each in every] == [False, False]
    assert all("mehreren Zeilen" in reasons(each, each.row) for each in every)


def test_a_spoilt_ean_is_refused_and_a_wrong_one_asked_about() -> None:
    every = list(read("Artikelnr.;Name;EAN;VK\nA;Band;4,00638E+12;1\nB;Knopf;4006381333932;1\n").articles())
    assert [bool(each.refused) for each in every] == [True, False]
    assert "Prüfziffer" in reasons(every[1], 2)


def test_several_stocks_are_never_added_up(importer: Importer, session: Session) -> None:
    importer.write("Artikelnummer;Produktname;Preis;Bestand\nA-1;Band;1,00;5\n")
    content = 'Artikelnummer;Bestand Laden;Bestand Keller;\n"A-1";"8,00";"3,00";\n"A-2";"1,00";"2,00";\n'
    plan = importer.plan(content)
    assert "zählen „Bestand Keller“ nicht dazu" in " ".join(each.reason for each in plan.questions)
    assert [each.row for each in plan.refused] == [2, 2]
    importer.write(content)
    assert session.exec(select(Variant.on_hand)).one() == 8
    assert importer.plan(content).changes_nothing


@pytest.mark.parametrize(
    ("column", "cell", "key", "value"),
    [
        ("Zusammensetzung", "70 % Wolle, 30 % Polyamid", "fibres", (("Wolle", 70), ("Polyamid", 30))),
        ("Material", "100% Baumwolle", "fibres", (("Baumwolle", 100),)),
        ("Material", "Perlmutt", "Merkmal: Material", "Perlmutt"),
        ("Zusammenstellung", "70% Acryl, 30% Nylon", "Merkmal: Zusammenstellung", "70% Acryl, 30% Nylon"),
        ("Nadelstaerke", "2.5-3 mm", "Merkmal: Nadelstärke", "2.5-3 mm"),
        ("Steuersatz in %", "7,00", "vat_class", "reduced"),
        ("Steuerart", "USt 19%", "vat_class", "standard"),
        ("Status", "inaktiv", "is_published", False),
        ("Beschreibung", "<p>Ein <b>Band</b></p>", "description", "Ein **Band**"),
        ("Kategoriepfad", "Bänder -> Satin; Neu", "categories", (("Bänder", "Satin"), ("Neu",))),
        ("Marke", "Moos", "maker", "Moos"),
    ],
)
def test_facts_of_lists_are_understood(column: str, cell: str, key: str, value: object) -> None:
    assert article(f'Artikelnr.;Bezeichnung;VK;{column}\nA;Band;1,00;"{cell}"\n').facts[key] == value


@pytest.mark.parametrize(
    ("column", "cell", "key", "value"),
    [
        ("Gewicht (kg)", "0,05", "weight_g", 50),
        ("Gewicht", "50 g", "weight_g", 50),
        ("Inhalt", "50 g", "content", (50, "weight")),
        ("Bestand", "-3", "stock", "0"),
        ("Bestand", "1.164,00", "stock", "1164"),
    ],
)
def test_measures_of_lists_are_understood(column: str, cell: str, key: str, value: object) -> None:
    assert article(f"Artikelnr.;Bezeichnung;VK;{column}\nA;Band;1,00;{cell}\n").variants[0].facts[key] == value


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Lieferzeit", "auf Anfrage"), ("Zusammensetzung", "70% Acryl, 30% Nylon"), ("Nadelstärke", "4-4,5-5 mm"),
        ("Gewicht", "0,5"), ("Steuersatz", "16 %"), ("Bestand", "ausverkauft"), ("Bestand", ""), ("EAN", "123"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_question_and_no_refusal(column: str, cell: str) -> None:
    found = article(f'Artikelnr.;Bezeichnung;VK;{column}\nA;Band;1,00;"{cell}"\n')
    assert (column in {each.column for each in found.questions}, found.refused) == (True, [])


def test_the_better_of_two_names_is_taken_and_the_other_told() -> None:
    reading = read("Artikelnr.;Bezeichnung;Titel;VK\nA;Band;Schönes Band;1,00\n")
    assert [each.facts["name"] for each in reading.articles()] == ["Band"]
    assert "„Bezeichnung“ und „Titel“" in reading.questions[0].reason


def test_a_list_of_names_under_article_comes_in(importer: Importer, session: Session) -> None:
    plan = importer.write("Artikel;Farbton;VK\nBand;rot;1,00\nBand;blau;1,00\nKnopf;;0,20\n")
    assert plan.refused == []
    assert set(session.exec(select(Variant.sku)).all()) == {"band-rot", "band-blau", "knopf"}
    assert importer.plan("Artikel;Farbton;VK\nBand;rot;1,00\nBand;blau;1,00\nKnopf;;0,20\n").changes_nothing


def test_the_owner_says_which_column_is_the_price() -> None:
    content = "Artikelnr.;Bezeichnung;UVP;EK netto;VK\nA;Band;3,00;1,50;2,50\n"
    for name, cents in (("EK netto", 150), ("UVP", 300)):
        (found,) = read(content, Wishes(columns_of={name: "VK-Preis"})).articles()
        assert found.variants[0].facts["price_cents"] == cents


@pytest.mark.parametrize(
    "header",
    [
        "ArtNr;Bezeichnung1;VKPreis;MwstSatz",
        "ArtikelID;ARTIKELTEXT1;PreisInklMwst;Mwst-Satz",
        "product_id;Kurzbez.;Brutto VK;STEUERSATZ",
        "ID;Description;Price;VatRate",
    ],
)
def test_names_are_known_however_they_are_joined(header: str) -> None:
    found = article(f"{header}\nA1;Satinband;2,50;7\n")
    (only,) = found.variants
    assert (only.sku, found.facts["name"], only.facts["price_cents"]) == ("A1", "Satinband", 250)
    assert found.facts["vat_class"] == "reduced"


def test_an_id_is_no_number_of_articles_if_it_repeats_or_there_is_one() -> None:
    assert article("ID;Artikelnr.;Name;Preis\n7;A1;Band;1,00\n").variants[0].sku == "A1"
    every = list(read("ID;Name;Preis\n7;Band;1,00\n7;Knopf;1,00\n").articles())
    assert [each.variants[0].sku for each in every] == ["", ""]


def test_a_description_is_no_name_where_there_is_one_or_it_is_long() -> None:
    assert article("SKU,Name,Description,Price\nA1,Band,Aus Satin,1.00\n").facts["name"] == "Band"
    assert "name" not in article(f"SKU,Description,Price\nA1,{'Ein Band. ' * 30},1.00\n").facts


def test_a_sort_of_goods_is_the_name_where_there_is_no_other() -> None:
    assert article("Art;Höhe;Preis\nFetthenne;20;2,00\n").facts["name"] == "Fetthenne"
    assert article("Artikelnr.;Name;Art;Preis\nA1;Jersey;Stoff;2,00\n").facts["kind"] == "fabric"


def test_an_unknown_kind_of_goods_is_a_category(importer: Importer) -> None:
    plan = importer.write("Artikelnr.;Name;Produktart;VK\nA1;Kappe;Mützen;9,90\n")
    assert not plan.refused
    assert [row["Kategorie"] for row in rows_of(exported(importer.session), ";")] == ["Mützen"]
    assert importer.plan("Artikelnr.;Name;Produktart;VK\nA1;Kappe;Mützen;9,90\n").changes_nothing


@pytest.mark.parametrize("unit", ["Stück (250 g)", "Flasche", "Karton"])
def test_packs_are_sold_by_the_piece(unit: str) -> None:
    assert article(f"Artikelnr.;Name;Einheit;VK\nA1;Leim;{unit};9,90\n").facts["unit"] == "piece"


def test_an_unknown_unit_is_asked_about() -> None:
    found = article("Artikelnr.;Name;Einheit;VK\nA1;Saft;100 ml;9,90\n")
    assert "„100 ml“ kennen wir hier nicht" in reasons(found, 1)
    assert not found.refused


@pytest.mark.parametrize("cell", ["Farbe:rot|Größe:M", "Farbe: rot; Größe: M", "Farbe=rot, Größe=M"])
def test_options_may_stand_in_one_cell(cell: str) -> None:
    other = cell.replace("rot", "blau")
    found = article(f'Variantennummer,Name1,SalesPrice,AttributeValues\nA,Hemd,9.90,"{cell}"\nB,Hemd,9.90,"{other}"\n')
    assert options(found) == [[("Farbe", "rot"), ("Größe", "M")], [("Farbe", "blau"), ("Größe", "M")]]


def test_a_reduced_or_recommended_price_of_nothing_is_none() -> None:
    facts = article("Artikelnr.;Name;VK;Aktionspreis;UVP\nA;Band;1,50;0,00;0,00\n").variants[0].facts
    assert not {"sale", "rrp_cents"} & facts.keys()


@pytest.mark.parametrize(
    ("price", "stock", "unit"),
    [("Preis/m", "Bestand", "length"), ("VK", "Bestand (m)", "length"), ("Preis pro kg", "Lager", "weight")],
)
def test_the_names_of_price_and_stock_tell_the_unit(
    price: str, stock: str, unit: str, importer: Importer, session: Session
) -> None:
    content = f"Artikelnr.;Stoffname;{price};{stock}\nA1;Jersey;14,90;12,5\n"
    assert article(content).facts["unit"] == unit
    assert not importer.write(content).refused
    assert session.exec(select(Variant.on_hand)).one() in (1250, 12500)
    assert importer.plan(content).changes_nothing


def test_a_unit_of_its_own_goes_before_that_of_the_price() -> None:
    assert article("Artikelnr.;Name;Einheit;Preis/m;VK\nA1;Rolle;Stück;2,00;9,90\n").facts["unit"] == "piece"


def test_a_recommended_price_stands_in_for_the_price_and_is_asked_about() -> None:
    reading = read("SKU,Description,Trade Price ex VAT,RRP inc VAT\nA1,Ribbon,1.20,2.95\nA2,Braid,1.20,0.95\n")
    assert "Preisempfehlung „RRP inc VAT“" in " ".join(each.reason for each in reading.questions)
    ribbon, braid = reading.articles()
    assert ribbon.variants[0].facts["price_cents"] == 295
    assert "höher als der Preis" in reasons(braid, 2)


def test_sizes_with_their_unit_in_the_name_of_the_column() -> None:
    found = article("Art.Nr.;Artikel;Größe/mm;Breite (cm);VK\nK1;Knopf;15;2;0,95\nK2;Knopf;18;2;1,10\n")
    assert options(found) == [[("Größe/mm", "15")], [("Größe/mm", "18")]]
    assert found.facts["Merkmal: Breite"] == "2 cm"


@pytest.mark.parametrize("header", ["Stoffname", "Knopfbezeichnung", "Modell", "Qualität", "Wein"])
def test_a_list_may_call_the_name_by_what_it_sells(header: str) -> None:
    assert article(f"Art.Nr.;{header};VK\nK1;Perlmutt;0,95\n").facts["name"] == "Perlmutt"


def test_counted_lines_are_no_article_numbers() -> None:
    assert [each.variants[0].sku for each in read("Nr.;Name;VK\n1;Band;1,00\n2;Knopf;1,00\n").articles()] == ["", ""]
    assert [each.variants[0].sku for each in read("Nr.;Name;VK\n7;Band;1,00\n9;Knopf;1,00\n").articles()] == ["7", "9"]


def test_a_list_in_kilograms_counts_its_stock_in_kilograms() -> None:
    assert article("Artikelnr.;Name;Einheit;VK;Bestand\nA1;Wolle;kg;29,00;12\n").variants[0].facts["stock"] == "12 kg"
    assert article("Artikelnr.;Name;Einheit;VK;Bestand\nA1;Wolle;g;29,00;12\n").variants[0].facts["stock"] == "12"
    assert article("Artikelnr.;Name;Einheit;VK;Bestand\nA1;Band;cm;2,00;500\n").variants[0].facts["stock"] == "500 cm"


def test_the_decimal_sign_of_weights_is_told_where_prices_are_whole() -> None:
    assert read("Artikelnr.;Name;VK;Gewicht (kg)\nA1;Band;5;0.25\n").decimal == "."
    assert read("Artikelnr.;Name;VK;Gewicht (kg)\nA1;Band;5,10;0.25\n").decimal == ","


@pytest.mark.parametrize("header", ["VKNetto", "PREISNETTO", "Nettopreis", "VKPreisNetto", "preis_netto"])
def test_net_prices_are_known_however_they_are_joined(header: str, importer: Importer, session: Session) -> None:
    importer.write(f"Artikelnr.;Bezeichnung;{header}\nA;Band;1,00\n")
    assert session.exec(select(Variant.price_cents)).one() == 119


@pytest.mark.parametrize("header", ["EKNetto", "EKPREIS", "Einkaufspreis netto"])
def test_purchase_prices_are_asked_about_however_they_are_joined(header: str, importer: Importer) -> None:
    plan = importer.plan(f"Artikelnr.;Bezeichnung;{header}\nA;Band;1,00\n")
    assert [each.question for each in plan.questions if each.stops] == ["purchase"]


def test_a_price_may_tell_what_it_is_for() -> None:
    found = article("Artikelnr.;Name;Preis\nA1;Jersey;14,90 €/m\n")
    assert (found.variants[0].facts["price_cents"], found.facts["unit"]) == (1490, "length")
    found = article("Artikelnr.;Name;Preis\nA1;Knopf;0,90 € pro Stück\n")
    assert (found.variants[0].facts["price_cents"], "unit" in found.facts) == (90, False)


@pytest.mark.parametrize("header", ["Preis (CHF)", "Price USD", "Preis $"])
def test_prices_in_another_currency_are_asked_about(header: str) -> None:
    content = f"Artikelnr.;Name;{header}\nA1;Band;4,90\n"
    assert [each.question for each in read(content).questions if each.stops] == [FOREIGN_MONEY]
    for wishes in (Wishes(agreed=frozenset((FOREIGN_MONEY,))), Wishes(factor=Decimal("0.95"))):
        assert not [each for each in read(content, wishes).questions if each.stops]


def test_a_cell_in_another_currency_is_refused() -> None:
    found = article("Artikelnr.;Name;Preis\nA1;Band;CHF 4.90\n")
    assert "ist nicht in Euro" in found.refused[0].reason


@pytest.mark.parametrize(
    "header", ["EVP", "PVP", "VK neu", "Neuer Preis", "Preis/Knäuel", "Endverbraucherpreis", "List price"]
)
def test_other_names_of_what_shoppers_pay(header: str) -> None:
    assert article(f"Artikelnr.;Name;{header}\nA1;Band;4,90\n").variants[0].facts["price_cents"] == 490
