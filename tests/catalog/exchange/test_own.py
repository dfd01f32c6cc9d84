import time
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlmodel import Session, select

from catalog import attributes, fibres, holds, images, prices
from catalog.categories import Category
from catalog.holds import Wanted
from catalog.makers import Maker
from catalog.prices import PriceChange, Reduction
from catalog.products import Product, Variant, VariantOption
from catalog.stock import StockMovement
from catalog.units import Unit
from tests.catalog.exchange.importing import Importer
from tests.make import NOW, make_fabric

HABERDASHERY = (
    "Artikelnummer;Artikel;Produktname;Kategorie;Art;Einheit;Preis;Mindestmenge;Schritt;Bestand;Opti"
    "on 1 Name;Option 1 Wert;Option 1 Farbe;Inhalt;Gewicht (g);MwSt;EAN;Fasern;Hersteller;Hersteller"
    " Ort;Lieferzeit;Veröffentlicht;Angebotspreis;Angebot bis;Merkmal: Stoffbreite;Merkmal: Muster\n"
    "JER-1;jersey;Jersey Waldtiere;Stoffe > Jersey | Neu;Stoff;Meter;12,90;0,5;0,1;12,40 "
    "m;Farbe;Türkis;#0f6b6e;;220;19 %;4006381333931;95 % Baumwolle, 5 % "
    "Elasthan;Waldweberei;Lindow;2–4 Tage;ja;;;150;Tiere\n"
    "JER-2;jersey;;;;;12,90;;;4,5;;Petrol;#0a4d50;;220;;;;;;;;9,90;31.12.2026;;\n"
    "GAR-1;;Sockengarn Wiese;Garne;Garn;Stück;7,95;;;30;Farbe;Moos;;50 g;60;voll;;75 % Schurwolle, "
    "25 % Polyamid;Waldweberei;;3 Tage;nein;;;;\n"
)


def variant(session: Session, sku: str) -> Variant:
    return session.exec(select(Variant).where(Variant.sku == sku)).one()


def counts(plan: object) -> tuple[int, ...]:
    return (*vars(plan.products).values(), *vars(plan.variants).values())  # type: ignore[attr-defined]


def test_fabric_by_the_metre_comes_in_with_all_its_facts(importer: Importer, session: Session) -> None:
    attributes.ensure_types(session)
    plan = importer.write(HABERDASHERY)
    assert (counts(plan), plan.refused, plan.questions) == ((2, 0, 0, 3, 0, 0), [], [])
    jersey = session.exec(select(Product).where(Product.slug == "jersey")).one()
    assert (jersey.unit, jersey.minimum, jersey.step, jersey.kind) == (Unit.LENGTH, 50, 10, "fabric")
    assert not jersey.is_published  # it has no picture yet, see test_publishing.py
    assert fibres.composition_of(session, [jersey.id or 0]) == {jersey.id: "95\u00a0% Baumwolle, 5\u00a0% Elasthan"}
    assert attributes.of(session, [jersey.id or 0]) == {
        jersey.id: [("Stoffbreite", "150\u00a0cm"), ("Muster", "Tiere")]
    }
    assert session.exec(select(Maker.name, Maker.city)).all() == [("Waldweberei", "Lindow")]
    assert set(session.exec(select(Category.name)).all()) == {"Stoffe", "Jersey", "Neu", "Garne"}


def test_thickness_is_read_kept_and_erased(importer: Importer, session: Session) -> None:
    head = "Artikelnummer;Artikel;Produktname;Preis;Bestand;Dicke (mm);Nebeneinander\n"
    importer.write(head + "KN-1;knopf;Knopf;1,20;50;0,4 cm;40\nKN-2;garn;Garn;4,95;5;;\n")
    assert (variant(session, "KN-1").thickness_mm, variant(session, "KN-1").per_layer) == (4, 40)
    assert (variant(session, "KN-2").thickness_mm, variant(session, "KN-2").per_layer) == (None, 1)
    importer.write(head + "KN-1;knopf;Knopf;1,20;50;(leer);(leer)\n")
    assert (variant(session, "KN-1").thickness_mm, variant(session, "KN-1").per_layer) == (None, 1)
    for cells in ("dick;40", "4;viele", "4;0", "0;1"):
        assert importer.plan(head + f"KN-1;knopf;Knopf;1,20;50;{cells}\n").refused


def test_variants_get_options_stock_ledger_and_reduction(importer: Importer, session: Session) -> None:
    importer.write(HABERDASHERY)
    petrol = variant(session, "JER-2")
    option = session.exec(select(VariantOption).where(VariantOption.variant_id == petrol.id)).one()
    assert (option.name, option.value, option.swatch) == ("Farbe", "Petrol", "#0a4d50")
    assert (petrol.on_hand, petrol.counts_stock, petrol.weight_g) == (450, True, 220)
    movement = session.exec(select(StockMovement).where(StockMovement.variant_id == petrol.id)).one()
    assert (movement.change, movement.why, movement.author) == (450, "imported", "import")
    assert len(session.exec(select(PriceChange).where(PriceChange.variant_id == petrol.id)).all()) == 1
    assert prices.current(session, [petrol.id or 0], NOW)[petrol.id or 0].cents == 990
    yarn = variant(session, "GAR-1")
    assert (yarn.content, yarn.content_unit) == (50, Unit.WEIGHT)
    assert not session.exec(select(Product).where(Product.id == yarn.product_id)).one().is_published


def test_the_second_time_changes_nothing(importer: Importer, session: Session) -> None:
    importer.write(HABERDASHERY)
    versions = session.exec(select(Product.version)).all()
    again = importer.write(HABERDASHERY, now=NOW + timedelta(days=1))
    assert (counts(again), again.changes) == ((0, 0, 2, 0, 0, 3), [])
    assert session.exec(select(Product.version)).all() == versions
    assert len(session.exec(select(Reduction)).all()) == 1


def test_changes_are_told_in_words(importer: Importer) -> None:
    importer.write(HABERDASHERY)
    plan = importer.write("Artikelnummer;Preis;Bestand\nJER-1;13,50;8\nGAR-1;7,95;31\n")
    assert [(each.row, each.sku, each.column, each.old, each.new) for each in plan.changes] == [
        (1, "JER-1", "Preis", "12,90\u00a0€", "13,50\u00a0€"),
        (1, "JER-1", "Bestand", "12,40\u00a0m", "8,00\u00a0m"),
        (2, "GAR-1", "Bestand", "30\u00a0Stück", "31\u00a0Stück"),
    ]
    assert counts(plan) == (0, 0, 2, 0, 2, 0)


def test_a_column_that_is_not_there_keeps_what_was(importer: Importer, session: Session) -> None:
    importer.write(HABERDASHERY)
    importer.write("Artikelnummer;Preis\nJER-2;12,00\n")
    petrol = variant(session, "JER-2")
    assert (petrol.price_cents, petrol.on_hand, petrol.weight_g) == (1200, 450, 220)


def test_leer_in_brackets_erases(importer: Importer, session: Session) -> None:
    importer.write(HABERDASHERY)
    importer.write("Artikelnummer;Hersteller;Fasern;Angebotspreis;Bestand\nJER-2;(leer);(leer);(leer);nicht gezählt\n")
    jersey = session.exec(select(Product).where(Product.slug == "jersey")).one()
    assert (jersey.maker_id, fibres.composition_of(session, [jersey.id or 0])) == (None, {})
    assert (
        prices.current(session, [variant(session, "JER-2").id or 0], NOW)[variant(session, "JER-2").id or 0].cents
        == 1290
    )
    assert not variant(session, "JER-2").counts_stock


def test_an_unknown_stock_is_not_nothing(importer: Importer, session: Session) -> None:
    importer.write("Artikelnummer;Produktname;Preis;Bestand\nA;Band;1,00;\nB;Knopf;1,00;0\n")
    assert (variant(session, "A").counts_stock, variant(session, "B").counts_stock) == (False, True)


def test_fabric_without_rules_is_sold_by_ten_centimetres(importer: Importer, session: Session) -> None:
    importer.write("Artikelnummer;Produktname;Einheit;Preis\nA;Band;m;1,00\n")
    assert session.exec(select(Product.minimum, Product.step)).one() == (10, 10)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("A;Band;;Stück;;;;;", "Preis", "Der Preis fehlt"),
        (";;1,00;;;;;;", "Artikelnummer", "fehlen"),
        ("A;;1,00;;;;;;", "Produktname", "Produktname fehlt"),
        ("A;Band;zwei;;;;;;", "Preis", "keine Zahl"),
        ("A;Band;1,005;;;;;;", "Preis", "feiner als ein Cent"),
        ("A;Band;1,00;Elle;;;;;", "Einheit", "Möglich sind"),
        ("A;Band;1,00;m;12,405;;;;", "Bestand", "feiner, als wir messen"),
        ("A;Band;1,00;Stück;1,5;;;;", "Bestand", "feiner, als wir messen"),
        ("A;Band;1,00;m;-1;;;;", "Bestand", "negativ"),
        ("1,2E+12;Band;1,00;;;;;;", "Artikelnummer", "als Text"),
        ("A;Band;1,00;;;4,0E+12;;;", "EAN", "als Text"),
        ("A;Band;1,00;;;4006381333932;;;", "EAN", "Prüfziffer"),
        ("A;Band;1,00;;;;50 % Merino, 50 % Seide;;", "Fasern", "gesetzliche"),
        ("A;Band;1,00;;;;;1,00;", "Angebotspreis", "unter dem Preis"),
        ("A;Band;1,00;;;;;;0 g", "Inhalt", "größer als 0"),
        ("A;Band;1,00;;;;;;9999999 kg", "Inhalt", "höchstens"),
    ],
)
def test_what_cannot_be_is_refused_by_row_and_column(importer: Importer, row: str, column: str, says: str) -> None:
    header = "Artikelnummer;Produktname;Preis;Einheit;Bestand;EAN;Fasern;Angebotspreis;Inhalt\n"
    plan = importer.plan(f"{header}OK;Knopf;2,00;;;;;;\n{row}\n")
    assert (2, column) in [(each.row, each.column) for each in plan.refused]
    assert says in " ".join(each.reason for each in plan.refused)
    assert counts(plan) == (1, 0, 0, 1, 0, 0)


def test_a_refused_price_is_not_said_to_be_missing_too(importer: Importer) -> None:
    plan = importer.plan("Artikelnummer;Produktname;Preis\nA;Band;-5,00\n")
    assert ["negativ" in each.reason for each in plan.refused] == [True]


def test_two_articles_of_one_name_are_not_made_one(importer: Importer) -> None:
    plan = importer.plan("Artikelnummer;Produktname;Preis\nA;Zwirn;1,00\nB;Zwirn;2,00\nC;Band;2,00\n")
    assert [(each.row, each.column) for each in plan.refused] == [(2, "Produktname")]
    assert counts(plan) == (1, 0, 0, 1, 0, 0)


def test_a_price_list_without_options_may_name_all_variants(importer: Importer) -> None:
    header = "Artikelnummer;Produktname;Option 1 Name;Option 1 Wert;Preis\n"
    importer.write(f"{header}A;Band;Farbe;Rot;1,00\nB;Band;Farbe;Blau;1,00\n")
    plan = importer.plan("Artikelnummer;Produktname;Preis\nA;Band;1,50\nB;Band;1,50\n")
    assert (plan.refused, counts(plan)) == ([], (0, 0, 1, 0, 2, 0))


def test_a_new_unit_brings_its_own_minimum_and_step(importer: Importer, session: Session) -> None:
    importer.write("Artikelnummer;Produktname;Preis;Bestand\nA;Band;1,00;0\n")
    for unit, measures in (("m", (10, 10)), ("Stück", (1, 1))):
        importer.write(f"Artikelnummer;Einheit\nA;{unit}\n")
        assert session.exec(select(Product.minimum, Product.step)).one() == measures


def test_what_the_law_wants_and_the_file_lacks_is_said_once(importer: Importer) -> None:
    header = "Artikelnummer;Produktname;Art;Preis;Hersteller;Fasern;Veröffentlicht\n"
    lacking = importer.plan(f"{header}A;Jersey;Stoff;1;;;ja\nB;Knopf;Knopf;1;;;ja\nC;Band;Band;1;;;nein\n").notes
    assert [("Hersteller (bei 2" in note, "Zusammensetzung (bei 1" in note) for note in lacking] == [(True, True)]


def test_a_price_of_nothing_is_asked_about(importer: Importer) -> None:
    plan = importer.plan("Artikelnummer;Produktname;Preis\nA;Band;0,00\n")
    assert ([(each.row, each.column) for each in plan.questions], plan.refused) == ([(1, "Preis")], [])


def test_a_number_twice_names_both_rows(importer: Importer) -> None:
    plan = importer.plan("Artikelnummer;Produktname;Preis\nA;Band;1\nB;Knopf;1\nA;Garn;2\n")
    assert [(each.row, "Zeile 1 und Zeile 3" in each.reason) for each in plan.refused] == [(1, True), (3, True)]


def test_rows_of_one_product_must_not_contradict(importer: Importer) -> None:
    plan = importer.plan("Artikelnummer;Artikel;Produktname;Preis\nA;x;Band;1\nB;x;Knopf;1\n")
    assert [(each.row, each.column) for each in plan.refused] == [(2, "Produktname")]
    assert counts(plan) == (0, 0, 0, 0, 0, 0)


def test_the_number_of_another_article_is_refused(importer: Importer) -> None:
    importer.write(HABERDASHERY)
    plan = importer.plan("Artikelnummer;Artikel;Produktname;Preis\nGAR-1;jersey;Jersey Waldtiere;1\n")
    assert "Sockengarn Wiese" in plan.refused[0].reason


def test_a_missing_number_is_made_up_always_the_same(importer: Importer, session: Session) -> None:
    content = "Produktname;Preis;Option 1 Name;Option 1 Wert\nBand;1,00;Farbe;Rot\nBand;1,00;Farbe;Blau\n"
    assert [each.column for each in importer.write(content).questions] == ["Artikelnummer"] * 2
    assert set(session.exec(select(Variant.sku)).all()) == {"band-rot", "band-blau"}
    assert importer.plan(content).changes_nothing


def test_stock_that_is_promised_cannot_be_counted_away(importer: Importer, session: Session) -> None:
    fabric = make_fabric(session, sku="F-1", on_hand=500)
    holds.hold(session, "D-1", [Wanted(fabric.id or 0, 200)], now=NOW)
    plan = importer.plan("Artikelnummer;Bestand\nF-1;1,50 m\n")
    assert "2,00\u00a0m" in plan.refused[0].reason
    assert importer.plan("Artikelnummer;Bestand\nF-1;2,00 m\n").refused == []


def test_the_unit_of_goods_in_stock_cannot_change(importer: Importer, session: Session) -> None:
    make_fabric(session, sku="F-1", on_hand=500)
    plan = importer.plan("Artikelnummer;Einheit\nF-1;Stück\n")
    assert (plan.refused[0].column, list(plan.steps)) == ("Einheit", [])


def test_one_maker_has_one_address(importer: Importer) -> None:
    plan = importer.plan(
        "Artikelnummer;Produktname;Preis;Hersteller;Hersteller Ort\nA;Band;1;W;Ulm\nB;Knopf;1;W;Bonn\n"
    )
    assert [(each.row, each.column) for each in plan.refused] == [(2, "Hersteller Ort")]


def test_pictures_are_taken_from_the_folder_once(importer: Importer, session: Session) -> None:
    for name, colour in (("a.png", "red"), ("b.png", "blue")):
        Image.new("RGB", (40, 30), colour).save(importer.folder / name)
    content = "Artikelnummer;Produktname;Preis;Bilder;Bild der Variante\nA;Band;1,00;a.png | b.png | fehlt.png;b.png\n"
    plan = importer.write(content)
    assert [each.column for each in plan.questions] == ["Bilder"]
    product_id = variant(session, "A").product_id
    hanging = images.of(session, [product_id])[product_id]
    assert [(each.variant_id is None, each.width) for each in hanging] == [(True, 40), (True, 40), (False, 40)]
    assert importer.plan(content).changes_nothing
    importer.write(content.replace("a.png | b.png | fehlt.png", "b.png"))
    assert len(images.of(session, [product_id])[product_id]) == 2


def test_a_picture_that_cannot_be_read_is_called_by_its_name(importer: Importer) -> None:
    (importer.folder / "kaputt.jpg").write_bytes(b"kaputt")
    whole = BytesIO()
    Image.new("RGB", (400, 300), "red").save(whole, "JPEG")
    (importer.folder / "halb.jpg").write_bytes(whole.getvalue()[:-500])
    header = "Artikelnummer;Produktname;Preis;Bilder\n"
    assert "„kaputt.jpg“" in importer.plan(f"{header}A;Band;1,00;kaputt.jpg\n").questions[0].reason
    plan = importer.write(f"{header}A;Band;1,00;halb.jpg\nB;Borte;1,00;halb.jpg\n")
    assert [(each.row, "„halb.jpg“" in each.reason) for each in plan.questions] == [(1, True), (2, True)]
    assert plan.products.new == 2


def test_a_name_too_long_for_any_file_is_only_a_question(importer: Importer) -> None:
    plan = importer.plan(f"Artikelnummer;Produktname;Preis;Bilder\nA;Band;1,00;{'ä' * 200}.jpg\n")
    assert [each.column for each in plan.questions] == ["Bilder"]


def test_pictures_outside_of_the_folder_are_not_read(importer: Importer) -> None:
    (importer.folder.parent / "secret.png").write_bytes(b"secret")
    plan = importer.plan("Artikelnummer;Produktname;Preis;Bilder\nA;Band;1,00;../secret.png\n")
    assert "liegt nicht im Ordner" in plan.questions[0].reason


def test_two_thousand_variants_come_in_quickly(importer: Importer) -> None:
    header = "Artikelnummer;Produktname;Kategorie;Einheit;Preis;Bestand;Option 1 Name;Option 1 Wert;Fasern\n"
    rows = (
        f"S{n}-{v};Stoff {n};Stoffe > Jersey;Meter;12,{v}0;{v},40 m;Farbe;Farbe {v};95 % Baumwolle, 5 % Elasthan\n"
        for n in range(400)
        for v in range(5)
    )
    content = header + "".join(rows)
    began = time.process_time()
    assert counts(importer.write(content)) == (400, 0, 0, 2000, 0, 0)
    assert importer.plan(content).changes_nothing
    assert time.process_time() - began < 10
