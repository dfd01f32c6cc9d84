import json
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading
from catalog.exchange.dialects.etsy import FOREIGN_MONEY
from catalog.exchange.wishes import NO_WISHES, Wishes
from catalog.products import Variant
from tests.catalog.exchange.importing import SHARED, Importer
from tests.conftest import needs


def header(first: str, picture: str, variations: tuple[str, ...], last: str) -> str:
    triples = [word.format(n) for n in (1, 2) for word in variations]
    return ",".join([first, *(picture.format(n) for n in range(1, 11)), *triples, last]) + "\n"


HEADERS = {
    "en": header(
        "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS",
        "IMAGE{}",
        ("VARIATION {} TYPE", "VARIATION {} NAME", "VARIATION {} VALUES"),
        "SKU",
    ),
    "de": header(
        "TITEL,BESCHREIBUNG,PREIS,WÄHRUNGSCODE,STÜCKZAHL,TAGS,MATERIALIEN",
        "BILD{}",
        ("VARIATIONSTYP {}", "VARIATIONSNAME {}", "VARIATIONSWERT {}"),
        "BESTANDSEINHEIT",
    ),
    "fr": header(
        "TITRE,DESCRIPTION,PRIX,CODE_DEVISE,QUANTITÉ,TAGS,MATÉRIAUX",
        "IMAGE {}",
        ("TYPE VARIATION {}", "NOM VARIATION {}", "VALEURS VARIATION {}"),
        "RÉFÉRENCE",
    ),
    "pl": header(
        "TYTUŁ,OPIS,CENA,KOD_WALUTY,ILOŚĆ,TAGI,MATERIAŁY",
        "ZDJĘCIE{}",
        ("TYP WARIANTU {}", "NAZWA WARIANTU {}", "WARTOŚCI WARIANTU {}"),
        "KOD",
    ),
}
ROWS = (
    '"Schal &quot;Moos&quot;","Erste Zeile\n- zweite\n\n*Ende*",24.5,EUR,7,"warm,wolle","Wolle,Seide",'
    "https://b.example/1.jpg,,https://b.example/3.jpg,,,,,,,,,,,,,,32\n"
    'Mütze,Warm,20,EUR,9,,,,,,,,,,,,,Farbe,Primary color,"Rot,Blau",Größe,Weite,"S,M","M-1,M-2,M-3,M-4"\n'
    'Band,Fest,3,EUR,0,,,,,,,,,,,,,Breite,Diam&egrave;tre,"1,2 cm,2 cm",,,,BA\n'
)


def read(content: str, wishes: Wishes = NO_WISHES) -> tuple[Reading, list[Article]]:
    reading = dialects.read(content.encode(), wishes)
    return reading, list(reading.articles())


def reasons(article: Article) -> str:
    return " ".join(remark.reason for remark in article.questions)


@pytest.mark.parametrize("language", HEADERS)
def test_a_download_is_read_in_every_language(language: str) -> None:
    reading, (scarf, *_) = read(HEADERS[language] + ROWS)
    assert (reading.format, reading.questions, reading.refused) == ("etsy", [], [])
    assert [each.samples for each in reading.unknown] == [("warm,wolle",)]
    assert scarf.facts == {
        "name": 'Schal "Moos"',
        "description": "Erste Zeile\\\n\\- zweite\n\n\\*Ende\\*",
        "Merkmal: Material": "Wolle, Seide",
        "pictures": ("https://b.example/1.jpg", "https://b.example/3.jpg"),
    }
    assert [(each.sku, each.facts) for each in scarf.variants] == [("32", {"price_cents": 2450, "stock": "7"})]


def test_variations_are_combined_and_nothing_is_guessed_of_them() -> None:
    _, (_, cap, _) = read(HEADERS["en"] + ROWS)
    assert [(each.sku, each.suggested) for each in cap.variants] == [
        ("", f"muetze-{each}") for each in ("rot-s", "rot-m", "blau-s", "blau-m")
    ]
    assert cap.variants[1].facts == {
        "price_cents": 2000,
        "options": (("Primary color", "Rot", ""), ("Weite", "M", "")),
    }
    assert "nur einen Preis und eine Stückzahl" in reasons(cap)
    assert "Welche dieser Artikelnummern" in reasons(cap)


def test_a_sold_out_listing_is_sold_out_in_every_variation() -> None:
    _, (_, _, ribbon) = read(HEADERS["en"] + ROWS)
    assert {each.facts["stock"] for each in ribbon.variants} == {"0"}
    assert ribbon.variants[0].facts["options"][0][0] == "Diamètre"
    assert ribbon.variants[0].suggested.startswith("BA-")
    assert "kann eines zu einer Zahl gehören" in reasons(ribbon)


def test_a_download_with_columns_taken_out_is_known_by_its_names() -> None:
    reading, (scarf,) = read("TITEL,PREIS,STÜCKZAHL,MATERIALIEN,BILD1\nSchal,24.50,,Wolle,https://b.example/1.jpg\n")
    assert reading.format == "etsy"
    assert scarf.facts["pictures"] == ("https://b.example/1.jpg",)
    assert "stock" not in scarf.variants[0].facts
    assert "nicht angegeben" in reasons(scarf)


def test_prices_in_other_money_stop_until_they_are_agreed_on() -> None:
    dollars = HEADERS["en"] + ROWS.replace("EUR", "USD")
    (question,) = read(dollars)[0].questions
    assert (question.row, question.column, question.stops, question.question) == (
        1,
        "CURRENCY_CODE",
        True,
        FOREIGN_MONEY,
    )
    assert read(dollars, Wishes(agreed=frozenset({FOREIGN_MONEY})))[0].questions == []
    assert read(dollars, Wishes(factor=Decimal("0.9")))[0].questions == []


def test_too_many_combinations_and_missing_titles_are_refused() -> None:
    many = ",".join(str(n) for n in range(30))
    row = f'Mütze,,20,EUR,9,,,,,,,,,,,,,a,A,"{many}",b,B,"{many}",\n'
    reading, (cap,) = read(HEADERS["en"] + row + ",,20" + "," * 21 + "\n")
    assert ["900 Varianten" in remark.reason for remark in cap.refused] == [True]
    assert [(remark.row, remark.column) for remark in reading.refused] == [(2, "TITLE")]


def test_a_second_import_changes_nothing(importer: Importer, session: Session) -> None:
    content = HEADERS["de"] + ROWS
    importer.write(content)
    assert len(session.exec(select(Variant)).all()) == 7
    again = importer.plan(content)
    assert (again.refused, again.changes, list(again.steps)) == ([], [], [])


NAME = "etsy-italian-ceramics.csv"


def sample() -> tuple[bytes, dict[str, Any]]:
    file = SHARED / NAME
    needs(f"../shared/data/{NAME}", file.is_file())
    facts: dict[str, Any] = json.loads((SHARED / f"{NAME}.expect.json").read_text(encoding="utf-8"))
    return file.read_bytes(), facts


def test_every_known_fact_of_the_sample_comes_out() -> None:
    content, facts = sample()
    reading = dialects.read(content)
    articles = list(reading.articles())
    assert (reading.format, len(articles), reading.refused) == ("etsy", facts["distinct_products"], [])
    assert sum(len(each.variants) for each in articles) == facts["sellable_variants"]
    found = {each.row: each for each in articles}
    for check in facts["spot_checks"]:
        (variant,) = found[check["row"]].variants
        assert (variant.sku, found[check["row"]].facts["name"]) == (check["sku"], check["name"])
        assert variant.facts == {"price_cents": check["price_cents"], "stock": str(check["stock"])}


def test_a_second_import_of_the_sample_changes_nothing(importer: Importer) -> None:
    content, _ = sample()
    assert importer.write(content).refused == []
    again = importer.plan(content)
    assert (again.changes, list(again.steps)) == ([], [])
