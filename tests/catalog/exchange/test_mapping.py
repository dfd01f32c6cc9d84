from collections.abc import Mapping

import pytest

from catalog.exchange import dialects, mapping
from catalog.exchange.articles import Article, Reading, UnknownColumn
from catalog.exchange.columns import NotOurs, fact_of, suggested
from catalog.exchange.guessing import ForeignHeader
from catalog.exchange.mapping import NotMapped
from catalog.exchange.reading import NoHeader, NotATable
from catalog.exchange.wishes import Rest, Wishes

LIST = (
    "Nr.;Bezeichnung;VK brutto;Listenpreis;Farbton;Notiz\n"
    "K-1;Knopf;1,20;1,50;rot;alt\n"
    "K-2;Garn;4,95;5,50;blau;\n"
)  # fmt: skip
NUMBERED = {"Nr.": "Artikelnummer"}


def read(content: str, columns_of: Mapping[str, str], rest: Rest = Rest.LEFT_OUT) -> Reading:
    return dialects.read(content.encode(), Wishes(columns_of=NUMBERED | dict(columns_of), rest=rest))


def articles(content: str, columns_of: Mapping[str, str], rest: Rest = Rest.LEFT_OUT) -> list[Article]:
    return list(read(content, columns_of, rest).articles())


@pytest.mark.parametrize("target", ["Preis", "preis", " PREIS ", "VK-Preis", "price_cents"])
def test_the_owners_word_goes_before_the_names_that_we_know(target: str) -> None:
    knopf, garn = articles(LIST, {"Listenpreis": target})
    assert [each.variants[0].facts["price_cents"] for each in (knopf, garn)] == [150, 550]
    assert [each.variants[0].sku for each in (knopf, garn)] == ["K-1", "K-2"]


@pytest.mark.parametrize("written", ["Listenpreis", "LISTENPREIS", "listenpreis:", " Listenpreis "])
def test_a_column_may_be_named_nearly_as_in_the_file(written: str) -> None:
    assert articles(LIST, {written: "Preis"})[0].variants[0].facts["price_cents"] == 150


def test_remarks_name_the_column_as_the_file_does() -> None:
    (article,) = articles("Nr.;Name;Listenpreis\nK-1;Knopf;teuer\n", {"Listenpreis": "Preis"})
    assert [each.column for each in article.refused] == ["Listenpreis"]


def test_a_column_that_the_file_lacks_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(NotMapped) as refused:
        read(LIST, {"Listenpreise": "Preis"})
    assert refused.value.sentence == (
        "Die Datei hat keine Spalte „Listenpreise“. Meinten Sie „Listenpreis“? "
        "Sie hat: Nr., Bezeichnung, VK brutto, Listenpreis, Farbton, Notiz."
    )


def test_a_meaning_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(NotOurs) as refused:
        read(LIST, {"Notiz": "Beschreibnug"})
    assert "„Beschreibnug“ kennen wir hier nicht. Meinten Sie „Beschreibung“?" in refused.value.sentence
    assert "Möglich sind: Artikelnummer, Artikel, Produktname, " in refused.value.sentence
    assert "„Merkmal: Farbe“" in refused.value.sentence


def test_two_columns_cannot_both_be_the_price() -> None:
    with pytest.raises(NotMapped, match=r"„VK brutto“ und „Listenpreis“ können nicht beide „Preis“ sein"):
        read(LIST, {"VK brutto": "Preis", "Listenpreis": "Preis"})


def test_a_column_left_out_is_not_read_and_not_told_as_unknown() -> None:
    reading = read(LIST, {"VK brutto": "", "Listenpreis": "", "Notiz": ""})
    assert "price_cents" not in next(reading.articles()).variants[0].facts
    assert reading.unknown == []


def test_two_columns_that_mean_the_same_are_told_apart_by_leaving_one_out() -> None:
    twice = "Artikelnummer;Name;Bestand;Lager\nK-1;Knopf;5;7\n"
    first = dialects.read(twice.encode())
    assert "bedeuten dasselbe" in first.questions[0].reason
    assert next(first.articles()).variants[0].facts["stock"] == "5"
    reading = dialects.read(twice.encode(), Wishes(columns_of={"Bestand": ""}))
    assert (reading.questions, next(reading.articles()).variants[0].facts["stock"]) == ([], "7")


def test_unknown_columns_come_with_different_samples_and_empty_ones_not_at_all() -> None:
    rows = "".join(f"K-{n};Knopf {n};{n % 2};{n};;\n" for n in range(9))
    reading = dialects.read(f"Artikelnummer;Name;Zwei;Viele;Leer;\n{rows}".encode())
    assert reading.unknown == [UnknownColumn("Zwei", ("0", "1")), UnknownColumn("Viele", ("0", "1", "2"))]


def test_an_unknown_column_becomes_an_attribute() -> None:
    knopf, garn = articles(LIST, {"Farbton": "Merkmal: Farbe"})
    assert (knopf.facts["Merkmal: Farbe"], garn.facts["Merkmal: Farbe"]) == ("rot", "blau")


def test_all_unknown_columns_become_attributes() -> None:
    reading = read(LIST, {"Notiz": ""}, Rest.ATTRIBUTES)
    knopf, _ = reading.articles()
    attributes = {key: value for key, value in knopf.facts.items() if key.startswith("Merkmal")}
    assert attributes == {"Merkmal: Listenpreis": "1,50", "Merkmal: Farbton": "rot"}
    assert reading.unknown == []


def test_rows_of_one_article_add_up_what_they_say_of_a_foreign_attribute() -> None:
    content = "Artikelnummer;Artikel;Produktname;Preis;Farbton\n1;k;Knopf;1;rot\n2;k;;1;blau\n3;k;;1;rot\n"
    (article,) = dialects.read(content.encode(), Wishes(rest=Rest.ATTRIBUTES)).articles()
    assert (article.facts["Merkmal: Farbton"], article.refused) == ("rot, blau", [])


def test_rows_of_one_article_must_not_contradict_each_other_in_an_attribute_of_ours() -> None:
    content = "Artikelnummer;Artikel;Produktname;Merkmal: Ton\n1;k;Knopf;rot\n2;k;;blau\n"
    (article,) = dialects.read(content.encode()).articles()
    assert [each.row for each in article.refused] == [2]


def test_other_dialects_are_mapped_alike() -> None:
    woo = "Type,SKU,Name,Regular price,Price B,Farbton\nsimple,A-1,Knopf,1.20,1.50,rot\n"
    reading = dialects.read(woo.encode(), Wishes(columns_of={"Price B": "Preis", "Farbton": "Merkmal: Farbe"}))
    (article,) = reading.articles()
    assert reading.format == "woocommerce"
    assert (article.variants[0].facts["price_cents"], article.facts["Merkmal: Farbe"]) == (150, "rot")
    assert [each.name for each in reading.unknown] == ["Regular price"]
    with pytest.raises(NotOurs, match="Möglich sind: Artikelnummer, Produktname, "):
        dialects.read(woo.encode(), Wishes(columns_of={"Farbton": "Mindestmenge"}))


def test_the_owners_word_makes_a_file_of_goods_out_of_a_foreign_one() -> None:
    foreign = "Liste vom 1.11.\nReferenz|Was|Euro\nK-1|Knopf|1,20\n"
    with pytest.raises(NotATable):
        dialects.read(foreign.encode())
    wishes = Wishes(columns_of={"Referenz": "Artikelnummer", "Was": "Produktname", "Euro": "Preis"})
    reading = dialects.read(foreign.encode(), wishes)
    (article,) = reading.articles()
    assert (reading.table.delimiter, article.facts["name"]) == ("|", "Knopf")
    assert (article.variants[0].sku, article.variants[0].facts["price_cents"]) == ("K-1", 120)


def test_a_header_is_known_again_in_another_order_and_spelling() -> None:
    known = mapping.fingerprint(["Art.-Nr.", "Größe", "VK brutto", ""])
    assert mapping.fingerprint(["VK BRUTTO ", "art nr", "Groesse"]) == known
    assert mapping.fingerprint(["VK netto", "art nr", "Groesse"]) != known


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("preis", "price_cents"),
        ("Bestand", "stock"),
        ("Angebot bis", "sale"),
        ("Option 2 Wert", "options"),
        ("Bilder", "pictures"),
        ("Merkmal: Farbe", "Merkmal: Farbe"),
        ("stock", "stock"),
    ],
)
def test_our_columns_are_called_by_their_names(name: str, fact: str) -> None:
    assert fact_of(name) == fact


def test_a_column_that_is_no_fact_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotOurs, match="Meinten Sie „Bestand“"):
        fact_of("bestnad")


@pytest.mark.parametrize(
    "content",
    [
        "Referenz;Was;Euro\nA-1;Knopf;1,20\n",
        "Stand: 1.11.2026\n\nReferenz|Was|Euro\nA-1|Knopf|1,20\nA-2|Garn, rot|1,20\n",
        "sep=;\nReferenz;Was;Euro\nA-1;Knopf;1,20\n",
    ],
)
def test_a_file_of_which_nothing_is_known_is_refused_with_what_it_has(content: str) -> None:
    with pytest.raises(ForeignHeader) as refused:
        dialects.read(content.encode())
    assert "Sie hat: Referenz, Was, Euro. Bitte sagen Sie" in refused.value.sentence
    assert refused.value.columns[2] == UnknownColumn("Euro", ("1,20",))


@pytest.mark.parametrize("content", ["1;2;3\n4;5;6\n", "Ein Text ohne Tabelle.\nNoch einer.\n", "Kopf;Zeile\n"])
def test_what_is_no_table_has_no_columns_to_name(content: str) -> None:
    with pytest.raises(NoHeader, match="Spaltennamen"):
        dialects.read(content.encode())


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Art.Nr. Müller", "Artikelnummer"),
        ("Unsere EAN", "EAN"),
        ("VK Laden", "Preis"),
        ("Vermerk", ""),
        ("Gepreist", ""),
    ],
)
def test_a_foreign_name_suggests_one_of_ours(name: str, ours: str) -> None:
    assert suggested(name) == ours
