import pytest
from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading, Sale
from catalog.products import Variant
from catalog.units import Unit
from tests.catalog.exchange.importing import Importer

OLD_HEADER = (
    "handleId,fieldType,name,description,productImageUrl,collection,sku,ribbon,price,surcharge,visible,discountMode,"
    "discountValue,inventory,weight,cost,productOptionName1,productOptionType1,productOptionDescription1,"
    "productOptionName2,productOptionType2,productOptionDescription2,additionalInfoTitle1,additionalInfoDescription1,"
    "brand\n"
)
OLD = (
    OLD_HEADER + "product_529ed0e5-8572-a205,Product,Schal,<p>Sehr <b>warm</b></p>,a1_b2~mv2.jpg;a1_c3~mv2.png,"
    'Schals;Neu,,Handarbeit,30.0,,true,PERCENT,10.0,InStock,0.25,5,Farbe,COLOR,"#b81616:Rot;rgb(193,180,123):Creme",'
    ",,,Pflege,<p>Handwäsche</p>,Moos\n"
    "product_529ed0e5-8572-a205,Variant,,,,,SCH-R,,,2.5,true,,,7,,,,,#b81616:Rot,,,,,,\n"
    'product_529ed0e5-8572-a205,Variant,,,,,,,,0.0,true,,,InStock,,,,,"rgb(193,180,123):Creme",,,,,,\n'
    "product_6ef4f446,Product,Mütze,,,,,,20.0,,false,AMOUNT,0.0,4,,,Größe,DROP_DOWN,S;M,Bommel,DROP_DOWN,ja;nein,,,\n"
    "product_7c5ddbb9,Product,Knopf,,,,KN-1,,1.2,,true,AMOUNT,0.2,12,,,,,,,,,,,\n"
)
NEW = (
    "handle,fieldType,name,visible,plainDescription,media,mediaAltText,ribbon,brand,price,strikethroughPrice,baseUnit,"
    "baseUnitMeasurement,totalUnits,totalUnitsMeasurement,cost,inventory,preOrderEnabled,sku,barcode,weight,"
    "productOptionName1,productOptionType1,productOptionChoices1\n"
    "sockengarn,PRODUCT,Sockengarn,TRUE,Weich,wix:image://v1/a1_b2~mv2.jpg/x.jpg#originWidth=9,,,Moos,5.95,,100,G,100,G,,"
    "IN_STOCK,FALSE,,,0.1,Farbe,SWATCH_CHOICES,#ff0000:Rot;#0000ff:Blau\n"
    "sockengarn,VARIANT,,TRUE,,,,,,4.50,5.95,,,100,G,,5,FALSE,G-1,4006381333931,0.1,Farbe,SWATCH_CHOICES,#ff0000:Rot\n"
    "sockengarn,VARIANT,,FALSE,,,,,,5.95,,,,100,G,,OUT_OF_STOCK,FALSE,G-2,,0.1,Farbe,SWATCH_CHOICES,#0000ff:Blau\n"
    "sockengarn,MEDIA,,,,https://b.example/2.jpg,,,,,,,,,,,,,,,,,,\n"
)


def read(content: str) -> tuple[Reading, list[Article]]:
    reading = dialects.read(content.encode())
    return reading, list(reading.articles())


def reasons(article: Article) -> str:
    return " ".join(remark.reason for remark in article.questions)


def test_the_old_catalogue_adds_surcharges_and_takes_the_discount_off() -> None:
    reading, (scarf, *_) = read(OLD)
    assert (reading.format, reading.decimal, reading.refused) == ("wix", ".", [])
    assert scarf.facts == {
        "name": "Schal",
        "maker": "Moos",
        "is_published": True,
        "categories": (("Schals",), ("Neu",)),
        "description": "Sehr **warm**\n\n### Pflege\n\nHandwäsche",
        "pictures": tuple(f"https://static.wixstatic.com/media/{each}" for each in ("a1_b2~mv2.jpg", "a1_c3~mv2.png")),
    }
    red, cream = scarf.variants
    assert (red.sku, red.facts) == (
        "SCH-R",
        {
            "price_cents": 3250,
            "sale": Sale(2925),
            "weight_g": 250,
            "stock": "7",
            "options": (("Farbe", "Rot", "#b81616"),),
        },
    )
    assert (cream.sku, cream.suggested) == ("", "529ed0e5-creme")
    assert cream.facts["options"] == (("Farbe", "Creme", "#c1b47b"),)
    assert "stock" not in cream.facts
    assert "Wie viel davon da ist" in reasons(scarf)


def test_options_without_rows_of_their_own_are_all_combined_and_their_stock_is_unknown() -> None:
    _, (_, cap, button) = read(OLD)
    assert [each.suggested for each in cap.variants] == [
        f"6ef4f446-{each}" for each in ("s-ja", "s-nein", "m-ja", "m-nein")
    ]
    assert {each.facts["price_cents"] for each in cap.variants} == {2000}
    assert not any("stock" in each.facts for each in cap.variants)
    assert "4 Varianten nicht einzeln" in reasons(cap)
    assert button.variants[0].facts == {"price_cents": 120, "sale": Sale(100), "stock": "12"}


def test_the_new_catalogue_is_known_by_its_handle() -> None:
    reading, (yarn,) = read(NEW)
    assert (reading.format, yarn.key, yarn.joins) == ("wix", "sockengarn", True)
    assert yarn.facts["pictures"] == ("https://static.wixstatic.com/media/a1_b2~mv2.jpg", "https://b.example/2.jpg")
    (red,) = yarn.variants
    assert red.facts == {
        "price_cents": 595,
        "sale": Sale(450),
        "weight_g": 100,
        "stock": "5",
        "gtin": "4006381333931",
        "content": (100, Unit.WEIGHT),
        "options": (("Farbe", "Rot", "#ff0000"),),
    }
    assert [remark.row for remark in yarn.questions] == [3]


def test_an_article_whose_variants_are_all_hidden_is_a_draft() -> None:
    _, (yarn,) = read(NEW.replace("VARIANT,,TRUE", "VARIANT,,FALSE"))
    assert (yarn.facts["is_published"], len(yarn.variants)) == (False, 2)
    assert yarn.variants[1].facts["stock"] == "0"


def test_rows_without_their_product_and_products_twice_are_refused() -> None:
    lone = OLD_HEADER + "a,Variant,,,,,X,,,1,true,,,1,,,,,,,,,,,\n"
    assert [(remark.row, remark.column) for remark in read(lone)[0].refused] == [(1, "handleId")]
    assert [remark.row for remark in read(OLD + OLD.splitlines()[5] + "\n")[0].refused] == [6]


def test_too_many_combinations_are_refused_with_what_to_do() -> None:
    choices = ";".join(str(n) for n in range(30))
    row = f"p,Product,Mütze,,,,,,20.0,,true,,,4,,,Größe,DROP_DOWN,{choices},Weite,DROP_DOWN,{choices},,,\n"
    _, (cap,) = read(OLD_HEADER + row)
    assert "900 Varianten" in cap.refused[0].reason


def test_a_discount_above_the_price_is_refused() -> None:
    _, (button,) = read(OLD_HEADER + "p,Product,Knopf,,,,KN,,1.0,,true,AMOUNT,1.5,4,,,,,,,,,,,\n")
    assert [remark.column for remark in button.refused] == ["discountValue"]


def test_what_is_not_taken_and_how_weights_are_read_is_said() -> None:
    reading, _ = read(OLD)
    assert [each.name for each in reading.unknown] == ["ribbon"]
    assert reading.notes == ["Gewichte stehen ohne Einheit in der Datei. Wir lesen sie als Kilogramm."]


@pytest.mark.parametrize("content", [OLD, NEW], ids=["old", "new"])
def test_a_second_import_changes_nothing(importer: Importer, session: Session, content: str) -> None:
    importer.write(content)
    count = len(session.exec(select(Variant)).all())
    again = importer.plan(content)
    assert (again.refused, again.changes, list(again.steps)) == ([], [], [])
    assert len(session.exec(select(Variant)).all()) == count > 0
