"""What we write for WooCommerce and Shopify: what they can carry comes back unchanged."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlmodel import Session

from catalog import attributes, categories, images, prices, products
from catalog.exchange import dialects
from catalog.makers import named
from catalog.units import Unit
from catalog.vat import VatClass
from tests.catalog.exchange.exporting import SHOP, exported, rows_of, told
from tests.catalog.exchange.importing import Importer
from tests.make import NOW, make_product, make_variant

LATER = NOW + timedelta(minutes=1)
letters = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\\'<&>[{;"), max_size=9
)
nasty = st.sampled_from(["=1+1", "-20 %", "@home", "a,b", "a;b|c", "1/2", "1,2 cm", "007", "Größe 3-4", "a # b", '"x"'])
words = st.one_of(letters, nasty).map(str.strip).filter(bool)
described = st.sampled_from(
    ["", "Weich.", "**Weich** und *fein*.\n\nZweiter Absatz\nmit Umbruch.", "Für:\n\n- Hosen\n- Röcke", "1 \\< 2",
     "[Pflege](<https://naehladen.example/pflege>)", "1. Waschen\n2. Trocknen", "a\\*b \\_c\\_",
     "* Hosen\n* Röcke", "__fest__", "Ordner C:\\\\neu\nhier"]
)  # fmt: skip
sales = st.sampled_from([None, 0, 3600])

articles = st.fixed_dictionaries(
    {
        "name": words,
        "unit": st.sampled_from([Unit.PIECE, Unit.LENGTH, Unit.AREA]),
        "vat_class": st.sampled_from([VatClass.STANDARD, VatClass.REDUCED]),
        "description": described,
        "maker": st.one_of(st.just(""), words),
        "paths": st.lists(st.lists(words, min_size=1, max_size=3), max_size=2),
        "pattern": words,
        "is_published": st.booleans(),
        "option": st.sampled_from(["", "Farbe"]),
        "variants": st.lists(
            st.fixed_dictionaries(
                {
                    "price_cents": st.integers(2, 9_999_999),
                    "pieces": st.integers(0, 9_999),
                    "part": st.integers(0, 99),
                    "counts_stock": st.booleans(),
                    "value": words,
                    "weight_g": st.integers(0, 99_999),
                    "gtin": st.sampled_from(["", "4006381333931", "036000291452"]),
                    "sale_in": sales,
                    "content": st.sampled_from([None, 50, 2500]),
                }
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda each: each["value"],
        ),
    }
)


FEW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def stock_up(session: Session, catalogue: list[dict[str, Any]], *, dialect: str) -> None:
    """Goods that the dialect has a place for."""
    is_woo = dialect == "woo"
    for number, each in enumerate(catalogue):
        product = make_product(session, each["name"], unit=each["unit"], description=each["description"],
                               vat_class=each["vat_class"], published=each["is_published"])  # fmt: skip
        assert product.id is not None
        paths = each["paths"] if is_woo else [path[:1] for path in each["paths"][:1]]
        products.place_in(session, product.id, [categories.at_path(session, path).id or 0 for path in paths], NOW)
        attributes.set_values(
            session, product.id, {attributes.labelled(session, "Muster").key: each["pattern"], "width": "140"}, NOW
        )
        product.maker_id = named(session, each["maker"]).id if each["maker"] else None
        for place, facts in enumerate(each["variants"] if each["option"] else each["variants"][:1]):
            add_variant(session, product, f"{number}-{place}", facts, each["option"], is_woo=is_woo)


def add_variant(
    session: Session, product: products.Product, sku: str, facts: dict[str, Any], option: str, *, is_woo: bool
) -> None:
    unit_size = {Unit.PIECE: 1, Unit.LENGTH: 100, Unit.AREA: 10_000}[Unit(product.unit)]
    part = facts["part"] * unit_size // 100 if is_woo and unit_size > 1 else 0
    content = None if is_woo or product.unit != Unit.PIECE else facts["content"]
    variant = make_variant(
        session, product, sku=sku, price_cents=facts["price_cents"], on_hand=facts["pieces"] * unit_size + part,
        counts_stock=facts["counts_stock"], weight_g=facts["weight_g"], gtin=facts["gtin"],
        content=content, content_unit=Unit.WEIGHT if content else None,
        options=[(option, facts["value"], "#0f6b6e")] if option else [],
    )  # fmt: skip
    if facts["sale_in"] is not None and (is_woo or not facts["sale_in"]):
        prices.reduce(
            session, variant, variant.price_cents - 1, starts_at=NOW + timedelta(seconds=facts["sale_in"]),
            ends_at=NOW + timedelta(days=9) if is_woo else None, now=NOW, author="test",
        )  # fmt: skip


def check_round_trip(importer: Importer, catalogue: list[dict[str, Any]], dialect: str, fmt: str) -> None:
    session = importer.session
    with session.begin_nested() as savepoint:
        attributes.ensure_types(session)
        stock_up(session, catalogue, dialect=dialect)
        written, _ = told(session, dialect)
        assert dialects.read(written).format == fmt
        plan = importer.plan(written, now=LATER)
        assert (plan.refused, plan.changes, list(plan.steps)) == ([], [], [])
        assert (plan.variants.new, plan.variants.unchanged) == (0, sum(len(rows) for rows in sold(catalogue)))
        savepoint.rollback()
    session.expunge_all()


def sold(catalogue: list[dict[str, Any]]) -> list[list[Any]]:
    return [each["variants"] if each["option"] else each["variants"][:1] for each in catalogue]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
)
@given(st.lists(articles, min_size=1, max_size=3))
def test_what_woocommerce_can_carry_comes_back_unchanged(importer: Importer, catalogue: list[dict[str, Any]]) -> None:
    check_round_trip(importer, catalogue, "woo", "woocommerce")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
)
@given(st.lists(articles, min_size=1, max_size=3))
def test_what_shopify_can_carry_comes_back_unchanged(importer: Importer, catalogue: list[dict[str, Any]]) -> None:
    check_round_trip(importer, catalogue, "shopify", "shopify")


def test_a_variable_product_stands_before_its_variations(session: Session) -> None:
    jersey = make_product(session, "Jersey", unit=Unit.LENGTH, minimum=50, step=10, summary="=fein")
    for colour in ("Rot, matt", "Blau"):
        make_variant(session, jersey, sku=colour[:3], on_hand=1240, options=[("Farbe", colour, "")])
    parent, red, blue = rows_of(exported(session, "woo"))
    assert (parent["Type"], parent["SKU"], parent["Parent"]) == ("variable", "jersey", "")
    assert (parent["Attribute 1 name"], parent["Attribute 1 value(s)"]) == ("Farbe", "Rot\\, matt, Blau")
    assert (red["Type"], red["SKU"], red["Parent"]) == ("variation", "Rot", "jersey")
    assert (red["Attribute 1 value(s)"], blue["Attribute 1 value(s)"]) == ("Rot\\, matt", "Blau")
    assert (blue["Stock"], blue["Regular price"], parent["Regular price"]) == ("12.4", "4.95", "")
    assert parent["Short description"] == "'=fein"


def test_a_product_called_like_a_number_gets_another_number(session: Session) -> None:
    make_variant(session, make_product(session, "Jersey"), sku="A", options=[("Farbe", "Rot", "")])
    make_variant(session, make_product(session, "Band"), sku="jersey")
    parent, variation, simple = rows_of(exported(session, "woo"))
    assert (variation["Parent"], simple["SKU"]) == (parent["SKU"], "jersey")
    assert parent["SKU"].startswith("jersey-")


def test_a_line_break_is_two_characters_for_woocommerce(session: Session) -> None:
    make_variant(session, make_product(session, "Band", description="Weich.\n\nFest."))
    (row,) = rows_of(exported(session, "woo"))
    assert row["Description"] == "<p>Weich.</p>\\n<p>Fest.</p>"


def test_more_pictures_are_rows_with_handle_and_address_only(session: Session) -> None:
    band = make_product(session, "Band")
    make_variant(session, band, sku="A")
    for letter in "abc":
        images.attach(session, band.id or 0, images.StoredPicture(letter * 64, 800, 600), alt="Band", now=NOW)
    first, second, third = rows_of(exported(session, "shopify"))
    assert (first["Title"], first["SKU"], first["Option1 value"]) == ("Band", "A", "Default Title")
    assert first["Product image URL"] == f"{SHOP}/media/{'a' * 64}/1280.jpg"
    assert {name: cell for name, cell in third.items() if cell} == {
        "URL handle": "band",
        "Product image URL": f"{SHOP}/media/{'c' * 64}/1280.jpg",
        "Image position": "3",
    }
    assert second["Image position"] == "2"


def test_our_own_pictures_come_back_by_their_addresses(importer: Importer, session: Session) -> None:
    Image.new("RGB", (40, 30), "red").save(importer.folder / "a.png")
    Image.new("RGB", (40, 30), "blue").save(importer.folder / "b.png")
    importer.write("Artikelnummer;Produktname;Preis;Bilder\nA;Band;1,00;a.png|b.png\n")
    for dialect in ("woo", "shopify"):
        plan = importer.plan(exported(session, dialect))
        assert (plan.changes, list(plan.steps)) == ([], [])


def test_a_running_reduction_is_shopifys_price_and_the_regular_one_is_compared(session: Session) -> None:
    band = make_variant(session, make_product(session, "Band"), price_cents=1290)
    prices.reduce(session, band, 990, starts_at=NOW, ends_at=NOW + timedelta(days=3), now=NOW, author="test")
    written, outcome = told(session, "shopify")
    (row,) = rows_of(written)
    assert (row["Price"], row["Compare-at price"]) == ("9.90", "12.90")
    assert any("kein Ende" in sentence for sentence in outcome.losses.articles)


def test_what_has_no_place_elsewhere_is_told_with_the_articles(session: Session) -> None:
    fabric = make_product(session, "Jersey", unit=Unit.LENGTH, minimum=50, step=10)
    fabric.warnings = "Nicht für Kinder."
    make_variant(session, fabric, on_hand=1240)
    losses = told(session, "shopify")[1].losses.articles
    assert losses["Meterware: ein Stück ist dort ein Meter, der Preis gilt je Meter."] == ["Jersey"]
    assert losses["Der Bestand ist auf ganze Meter (Quadratmeter) abgerundet."] == ["Jersey"]
    for lost in ("Schritt", "Mindestmenge", "Warnhinweise"):
        assert losses[f"Dort ist kein Platz für: {lost}."] == ["Jersey"]
    assert told(session, "own")[1].losses.articles == {}


def test_shopify_gets_no_article_that_it_would_refuse(session: Session) -> None:
    many = make_product(session, "Viele Optionen")
    make_variant(session, many, options=[(name, "x", "") for name in "abcd"])
    alike = make_product(session, "Zweimal dasselbe")
    make_variant(session, alike)
    make_variant(session, alike)
    written, outcome = told(session, "shopify")
    assert rows_of(written) == []
    assert [names for sentence, names in outcome.losses.articles.items() if "Nicht in der Datei" in sentence] == [
        ["Viele Optionen"],
        ["Zweimal dasselbe"],
    ]


def test_goods_by_weight_keep_their_stock_here(importer: Importer, session: Session) -> None:
    make_variant(session, make_product(session, "Füllwatte", unit=Unit.WEIGHT), sku="W", on_hand=2500)
    for dialect in ("woo", "shopify"):
        written, outcome = told(session, dialect)
        assert importer.plan(written).changes_nothing
        assert any("Kilogramm" in sentence for sentence in outcome.losses.articles)


def test_switched_off_variants_are_not_sold_elsewhere(session: Session) -> None:
    band = make_product(session, "Band")
    make_variant(session, band, sku="A", options=[("Farbe", "Rot", "")])
    off = make_variant(session, band, sku="B", options=[("Farbe", "Blau", "")])
    off.is_active = False
    session.flush()
    assert [row["SKU"] for row in rows_of(exported(session, "woo"))] == ["band", "A"]
    assert [row["SKU"] for row in rows_of(exported(session, "shopify"))] == ["A"]
    assert [row["active"] for row in rows_of(exported(session, "plain"))] == ["true", "false"]


def test_a_table_without_colours_leaves_the_swatches_as_they_are(importer: Importer, session: Session) -> None:
    band = make_product(session, "Band")
    make_variant(session, band, sku="A", options=[("Farbe", "Rot", "#a03a2a")])
    assert importer.plan("Artikelnummer;Option 1 Name;Option 1 Wert\nA;Farbe;Rot\n").changes_nothing
    plan = importer.plan("Artikelnummer;Option 1 Name;Option 1 Wert\nA;Farbe;Blau\n")
    assert [(each.old, each.new) for each in plan.changes] == [("Farbe: Rot (#a03a2a)", "Farbe: Blau")]


def test_facts_without_a_place_are_told_in_one_sentence(session: Session) -> None:
    for name in ("Jersey", "Musselin"):
        make_variant(session, make_product(session, name, unit=Unit.LENGTH, minimum=50, step=10))
    told_of = told(session, "woo")[1].losses.in_words()
    assert told_of[-1] == ("Dort ist kein Platz für: Mindestmenge (bei 2), Schritt (bei 2).", ["Jersey", "Musselin"])
    assert len(told_of) == 2
