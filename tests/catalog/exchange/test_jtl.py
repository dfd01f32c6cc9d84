from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article
from catalog.products import Variant
from catalog.units import Unit
from tests.catalog.exchange.importing import Importer

SHIRTS = (
    "Artikelnummer;Vaterartikel ID-Feld;Artikelname;Variationsname 1;Variationsname 2;Variationswertname 1;"
    "Variationswertname 2;Kategorie Ebene 1;Kategorie Ebene 2;Std. VK Netto;Steuersatz in %;Lagerbestand Gesamt;HAN;"
    "Artikelgewicht;Inhalt/Menge;Maßeinheit;Bestandsführung aktiv;Aktiv\n"
    "0001;;Hemd;Farbe;Größe;;;Kleidung;Hemden;10;19,00;;;0,20;;;Y;Y\n"
    "0001-r;0001;Hemd rot;Farbe;Größe;rot;s;Kleidung;Hemden;10;19,00;3,00;x1;0,20;;;Y;Y\n"
    "0001-b;0001;Hemd blau;Farbe;Größe;blau;s;Kleidung;Hemden;12,5;19,00;4,00;x2;0,20;;;Y;Y\n"
    "0005;;Garn;;;;;Wolle;;4,16;19,00;5;;0,06;50;g;N;Y\n"
)


def articles(content: str) -> list[Article]:
    reading = dialects.read(content.encode())
    assert reading.format == "jtl"
    assert "HAN" not in [each.name for each in reading.unknown]
    return list(reading.articles())


def test_children_with_their_variations_join_the_father() -> None:
    shirt, _ = articles(SHIRTS)
    assert (shirt.facts["name"], shirt.facts["categories"]) == ("Hemd", (("Kleidung", "Hemden"),))
    assert [each.facts["options"] for each in shirt.variants] == [
        (("Farbe", "rot", ""), ("Größe", "s", "")),
        (("Farbe", "blau", ""), ("Größe", "s", "")),
    ]
    assert [(each.sku, each.facts["stock"], each.facts["weight_g"]) for each in shirt.variants] == [
        ("0001-r", "3", 200),
        ("0001-b", "4", 200),
    ]


def test_contents_and_stock_that_is_not_counted_are_understood() -> None:
    _, yarn = articles(SHIRTS)
    assert (yarn.variants[0].facts["content"], yarn.variants[0].facts["stock"]) == ((50, Unit.WEIGHT), None)


def test_net_prices_come_in_with_tax_and_the_second_time_changes_nothing(importer: Importer, session: Session) -> None:
    assert importer.write(SHIRTS).refused == []
    found = session.exec(select(Variant.sku, Variant.price_cents)).all()
    assert set(found) == {("0001-r", 1190), ("0001-b", 1488), ("0005", 495)}
    assert importer.plan(SHIRTS).changes_nothing


def test_a_father_whose_children_are_not_there_is_left_out() -> None:
    content = "Artikelnummer;Artikelname;Ist Vaterartikel;Vaterartikel;Brutto-VK\nA;Hemd;1;;9,90\nB;Garn;0;;4,95\n"
    assert [each.facts["name"] for each in articles(content)] == ["Garn"]
    assert "Vaterartikel" in dialects.read(content.encode()).questions[0].reason
