import contextlib
import csv
import io
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlmodel import Session, select

from catalog import (
    attributes,
    categories,
    duties,
    fibres,
    images,
    kinds,
    makers,
    prices,
    products,
    remnants,
    rolls,
    stock,
)
from catalog.exchange import dialects, shelf
from catalog.exchange.export import pictures_of
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.planning import make_plan
from catalog.images import Picture, StoredPicture
from catalog.products import Kind, Variant
from catalog.units import Unit
from catalog.vat import VatClass
from shop.export_pictures import lay_beside
from tests.catalog.exchange.exporting import exported
from tests.catalog.exchange.importing import Importer
from tests.catalog.test_duties import TOLD
from tests.make import NOW, make_product, make_variant

LATER = NOW + timedelta(minutes=1)
# Everything that a person can type, cells that spreadsheets and separators would damage among it.
letters = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), max_size=12)
nasty = st.sampled_from(
    ["=1+1", "'007", "007", "a;b", "a,b|c > d", '"zwei" Zeilen\n- eins\r\n', "1/2", "Größe 3-4", "\\,", "#", "  x ",
     "(leer)", "\\(leer)", " (leer) "]
)  # fmt: skip
texts = st.one_of(letters, nasty)
words = texts.map(lambda text: " ".join(text.split())).filter(bool)
options = st.lists(
    st.tuples(words, words, st.sampled_from(["", "#0f6b6e"])), max_size=2, unique_by=lambda each: each[0].strip()
)
eans = st.sampled_from(["", "4006381333931", "96385074", "036000291452"])
contents = st.sampled_from(
    [(None, None), (50, Unit.WEIGHT), (500, Unit.LENGTH), (10, Unit.PIECE), (2750, Unit.AREA), (100, Unit.VOLUME)]
)
hashes = st.lists(st.sampled_from([letter * 64 for letter in "abcd"]), max_size=3, unique=True)
lots = st.sampled_from(["", "12", "B|2; links", "Partie 7", "Regal 3, oben"])

articles = st.fixed_dictionaries(
    {
        "product": st.fixed_dictionaries(
            {
                "name": words,
                "unit": st.sampled_from([Unit.PIECE, Unit.LENGTH, Unit.WEIGHT, Unit.AREA]),
                "kind": st.sampled_from(Kind),
                "minimum": st.integers(1, 500),
                "step": st.integers(1, 500),
                "vat_class": st.sampled_from(VatClass),
                "summary": texts,
                "description": texts,
            }
        ),
        "more": st.fixed_dictionaries(
            {
                "maximum": st.sampled_from([None, 600, 5000]),
                "shown_per": st.sampled_from([None, 10, 50]),
                "remnant_below": st.sampled_from([0, 80]),
                "offers_sample": st.booleans(),
                "needs_no_warnings": st.booleans(),
                "is_featured": st.booleans(),
                "warnings": texts,
                "delivery_days_max": st.integers(2, 30),
            }
        ),
        "pictures": hashes,
        "address": st.one_of(st.none(), st.fixed_dictionaries({"street": texts, "city": words, "contact": words})),
        "zip": st.sampled_from([{}, {"divisible": "ja", "coil": "Metall"}, {"divisible": "nein"}]),
        "is_own_kind": st.booleans(),
        "remnants": st.booleans(),
        "paths": st.lists(st.lists(words, min_size=1, max_size=3), max_size=2),
        "shares": st.sampled_from([[], [("Baumwolle", 95), ("Elasthan", 5)], [("Seide", 50), ("Leinen", 50)]]),
        "maker": st.one_of(st.just(""), words),
        "pattern": texts.map(str.strip),
        "is_published": st.booleans(),
        "variants": st.lists(
            st.fixed_dictionaries(
                {
                    "price_cents": st.integers(1, 50_000),
                    "on_hand": st.integers(0, 99_999),
                    "counts_stock": st.booleans(),
                    "options": options,
                    "content": contents,
                    "weight_g": st.integers(0, 999),
                    "thickness_mm": st.one_of(st.none(), st.integers(1, 1000)),
                    "per_layer": st.integers(1, 10_000),
                    "gtin": eans,
                    "sale_in": st.sampled_from([None, (0, None), (0, 600), (3600, 7205)]),
                    "rolls": st.lists(st.tuples(st.integers(1, 999), lots, lots), max_size=3),
                    "steps": st.sampled_from([(), ((1_000, 5),), ((1_000, 9), (2_000, 3))]),
                    "own": st.sampled_from([{}, {"minimum": 600, "step": 60, "maximum": 900, "reorder_at": 7}]),
                    "rrp_cents": st.sampled_from([None, 1, 12_345]),
                    "pictures": hashes,
                    "is_active": st.booleans(),
                }
            ),
            min_size=1,
            max_size=3,
        ),
    }
)  # fmt: skip


def stock_up(session: Session, catalogue: list[dict[str, Any]]) -> None:
    for number, each in enumerate(catalogue):
        product = products.add(session, now=NOW, **each["product"])
        assert product.id is not None
        placed = [categories.at_path(session, path).id or 0 for path in each["paths"]]
        products.place_in(session, product.id, placed, NOW)
        fibres.set_composition(session, product.id, each["shares"], NOW)
        pattern = attributes.labelled(session, "Muster")
        attributes.set_values(session, product.id, {pattern.key: each["pattern"], "width": "140"} | each["zip"], NOW)
        for name, fact in each["more"].items():
            setattr(product, name, fact)
        if each["is_own_kind"]:
            product.kind = own_kind(session)
        if each["maker"]:
            product.maker_id = makers.named(session, each["maker"]).id or 0
            makers.describe(session, product.maker_id, each["address"] or {}, NOW)
        hang(session, product.id, None, each["pictures"])
        if each["is_published"]:
            products.publish(session, product, NOW)
        for place, facts in enumerate(each["variants"]):
            add_variant(session, product, f"{number}-{place}", dict(facts))
        if each["remnants"]:
            make_remnants(session, product)


def hang(session: Session, product_id: int, variant_id: int | None, hashes: list[str]) -> None:
    for each in hashes:
        images.attach(session, product_id, StoredPicture(each, 800, 600), alt="Bild", variant_id=variant_id, now=NOW)


def own_kind(session: Session) -> str:
    kinds.ensure(session)
    known = {each.label: each.key for each in kinds.of(session)}
    return known.get("Perlen & mehr") or kinds.add(session, "Perlen & mehr").key


def make_remnants(session: Session, product: products.Product) -> None:
    """Of every roll that may be one."""
    variants = session.exec(select(Variant.id).where(Variant.product_id == product.id)).all()
    for several in rolls.of(session, [each or 0 for each in variants]).values():
        for roll in several:
            with contextlib.suppress(remnants.NotARemnant):
                remnants.make(session, roll, percent=20, now=NOW, author="test", publish=False)


def add_variant(session: Session, product: products.Product, sku: str, facts: dict[str, Any]) -> None:
    sale_in, (content, content_unit) = facts.pop("sale_in"), facts.pop("content")
    lying, steps, own, rrp_cents = (facts.pop(name) for name in ("rolls", "steps", "own", "rrp_cents"))
    pictures, is_active = facts.pop("pictures"), facts.pop("is_active")
    variant = make_variant(session, product, sku=sku, content=content, content_unit=content_unit, **facts)
    for name, value in own.items():
        setattr(variant, name, value)
    variant.is_active = is_active
    hang(session, variant.product_id, variant.id, pictures)
    prices.set_rrp(session, variant, rrp_cents, now=NOW)
    if variant.price_cents > 9:
        prices.set_steps(session, variant, [prices.Step(*step) for step in steps], now=NOW, author="test")
    if variant.counts_stock and product.unit in (Unit.LENGTH, Unit.PIECE):
        for quantity, lot, place in lying:
            stock.receive(session, variant, quantity, lot=lot, place=place, now=NOW, author="test")
    if sale_in is not None:
        starts, ends = sale_in
        ends_at: datetime | None = NOW + timedelta(seconds=ends) if ends else None
        prices.reduce(session, variant, variant.price_cents - 1, starts_at=NOW + timedelta(seconds=starts),
                      ends_at=ends_at, now=NOW, author="test")  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(
    catalogue=st.lists(articles, min_size=1, max_size=3),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    line_end=st.sampled_from(["\r\n", "\n"]),
)
def test_what_is_exported_and_imported_again_changes_nothing(
    importer: Importer, catalogue: list[dict[str, Any]], delimiter: str, encoding: str, line_end: str
) -> None:
    session = importer.session
    with session.begin_nested() as savepoint:
        attributes.ensure_types(session)
        stock_up(session, catalogue)
        written = exported(session)
        plan = importer.plan(written, now=LATER)
        assert (plan.refused, plan.questions, plan.changes, list(plan.steps)) == ([], [], [], [])
        rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
        reading = dialects.read(out.getvalue().encode(encoding))
        again = dialects.read(written)
        assert [vars(article) for article in reading.articles()] == [vars(article) for article in again.articles()]
        savepoint.rollback()
    session.expunge_all()


def test_an_export_opens_in_german_excel(session: Session) -> None:
    make_variant(session, make_product(session, "=Jersey"), sku="007", gtin="4006381333931", price_cents=123456)
    written = exported(session)
    assert written.startswith(b"\xef\xbb\xbfArtikelnummer;Artikel;Produktname;")
    assert b"'007;jersey;'=Jersey;" in written
    assert b";1234,56;" in written
    assert b";'4006381333931;" in written
    assert written.endswith(b"\r\n")


def test_a_whole_shop_moves_with_its_pictures(importer: Importer, session: Session) -> None:
    Image.new("RGB", (40, 30), "red").save(importer.folder / "a.png")
    importer.write("Artikelnummer;Produktname;Preis;Bilder\nA;Band;1,00;a.png\n")
    written = exported(session)
    assert lay_beside(importer.media, pictures_of(session), importer.folder / "out") == 1
    for table in (Picture,):
        for row in session.exec(select(table)).all():
            session.delete(row)
    session.flush()
    new_shop = Importer(session, importer.folder / "out", importer.folder / "new media")
    assert [change.column for change in new_shop.write(written).changes] == ["Bilder"]
    assert new_shop.plan(written).changes_nothing


def test_a_variant_less_product_is_left_out_and_a_row_without_variant_is_read(
    importer: Importer, session: Session
) -> None:
    make_product(session, "Entwurf")
    assert exported(session).count(b"\r\n") == 1
    importer.write("Artikel;Produktname;Artikelnummer;Kurzbeschreibung\nentwurf;Entwurf;;Neu\n")
    assert shelf.load(session, NOW).by_slug["entwurf"].facts["summary"] == "Neu"
    assert session.exec(select(Variant)).all() == []


def test_what_the_law_wants_said_of_some_articles_survives_an_import_that_knows_nothing_of_it(
    importer: Importer, session: Session
) -> None:
    product = make_product(session, "Lampe")
    make_variant(session, product, sku="L-1")
    for name, value in duties.columns(TOLD).items():
        setattr(product, name, value)
    product.guarantee_label = "0" * 64 + ".png"
    session.flush()
    assert importer.plan(exported(session), now=LATER).changes_nothing
    importer.write("Artikelnummer;Produktname;Preis;Warnhinweise\nL-1;Neue Lampe;9,00;Heiß!\n")
    session.refresh(product)
    assert (product.name, product.warnings) == ("Neue Lampe", "Heiß!")
    assert duties.of(product) == TOLD
    assert product.guarantee_label


def test_a_portion_of_a_file_is_looked_up_in_few_queries(session: Session, importer: Importer) -> None:
    from sqlalchemy import event

    for number in range(30):
        make_variant(session, make_product(session, f"Artikel {number}"))
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *facts: statements.append(facts[2]))
    reading = dialects.read(exported(session))
    statements.clear()
    make_plan(session, reading, PictureFolders(importer.media, []), NOW)
    assert len(statements) <= 18
