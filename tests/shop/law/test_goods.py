"""Rules about goods and prices, each kept in a shop as it should be, and seen to be broken."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from catalog import attributes, fibres, kinds, makers, products
from catalog.categories import Category
from catalog.images import Picture
from catalog.kinds import GoodsKind
from catalog.makers import Maker
from catalog.products import Kind, Product, Variant
from catalog.units import Unit
from checkout import wordings
from shop import artwork, pages
from shop.app import create_shop
from shop.context import Shop
from shop.db import Database
from shop.law import goods, offenders, specimen
from shop.law.rules import ERROR, WARNING, Sight
from shop.law.specimen import Specimen
from shop.law.specimen_goods import LAMP_GUARANTEE, LAMP_SKU, LAMP_TERMS, LAMP_WARNING
from shop.profile import Profile
from shop.settings import Settings
from tests.make import NOW, make_product, make_ready, make_variant
from tests.shop.artworks import hang, painted
from tests.shop.law.looking import faults, rule, sight_of

Broken = Callable[..., list[str]]


@pytest.fixture(scope="module")
def one_shop(tmp_path_factory: pytest.TempPathFactory, lay_out: Callable[[Path], Settings]) -> Iterator[Flask]:
    """A shop without goods, for all tests here; nothing is written into it."""
    app = create_shop(lay_out(tmp_path_factory.mktemp("law")), clock=lambda: NOW)
    yield app
    app.extensions["dorfladen"].database.close()


@pytest.fixture(scope="module")
def walked(one_shop: Flask) -> Specimen:
    """Its specimen."""
    with sight_of(one_shop) as sight:
        return specimen.of(sight)


@dataclass
class Counter:
    """A shop with one good, in a transaction that is rolled back, and what rules find in it."""

    session: Session
    sight: Sight
    product: Product
    variant: Variant

    @property
    def artwork(self) -> Path:
        return self.sight.shop.settings.artwork

    def faults(self, name: str, /, **changes: Any) -> list[str]:
        """What a rule finds, after the good has been changed."""
        for column, value in changes.items():
            setattr(self.product, column, value)
        self.session.flush()
        return [fault.message for fault in rule(name).look(self.sight)]


@pytest.fixture
def counter(
    session: Session, one_shop: Flask, walked: Specimen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Counter:
    """One good of which all is said."""
    monkeypatch.setattr(specimen, "of", lambda sight: walked)
    attributes.ensure_types(session)
    product = make_product(session, "Baumwollstoff Punkte", kind=Kind.FABRIC, unit=Unit.LENGTH, summary="Dicht.")
    variant = make_variant(session, make_ready(session, product))
    product.needs_no_warnings = True
    attributes.set_values(session, product.id or 0, {"width": "145"}, NOW)
    shop: Shop = one_shop.extensions["dorfladen"]
    here = replace(shop, settings=replace(shop.settings, data=tmp_path))
    return Counter(session, Sight(one_shop, here, session, Profile(), NOW.date()), product, variant)


@pytest.fixture
def broken(walked: Specimen, one_shop: Flask, monkeypatch: pytest.MonkeyPatch) -> Broken:
    """What a rule finds when some pages, or letters, read otherwise: (id, old → new, pages, letters)."""

    def look(name: str, edits: Mapping[str, str], on: str, letters: str = "^$") -> list[str]:
        pages = {
            each: replace(page, html=_edited(page.html, edits)) if re.search(on, each) else page
            for each, page in walked.pages.items()
        }
        written = {
            each: replace(letter, text=_edited(letter.text, edits), html=_edited(letter.html, edits))
            if re.search(letters, each)
            else letter
            for each, letter in walked.letters.items()
        }
        monkeypatch.setattr(specimen, "of", lambda sight: replace(walked, pages=pages, letters=written))
        return faults(one_shop, name)

    return look


def _edited(text: str, edits: Mapping[str, str]) -> str:
    for old, new in edits.items():
        text = re.sub(old, new, text)
    return text


def test_the_first_clothes_keep_every_rule_about_goods(counter: Counter) -> None:
    hang(counter.session, counter.artwork)
    assert {each.id: counter.faults(each.id) for each in goods.RULES} == {each.id: [] for each in goods.RULES}


def test_every_rule_has_a_source_a_duty_and_words_for_well() -> None:
    assert [each.id for each in goods.RULES] == sorted(each.id for each in goods.RULES)
    assert all(each.source and each.duty.endswith(".") and each.kept.endswith(".") for each in goods.RULES)


def test_the_first_goods_are_named_with_a_link_and_the_others_counted() -> None:
    found = list(offenders.faults([(number, f"Ware {number}", "Fehlt.") for number in range(1, 9)], "kurz"))
    assert len(found) == offenders.MOST + 1
    assert found[0].message == "„Ware 1“: Fehlt."
    assert found[0].path == "/backoffice/artikel/1#kurz"
    assert "3 weitere" in found[-1].message


def test_both_databases_are_looked_over_alike(
    either_database: Database, one_shop: Flask, walked: Specimen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(specimen, "of", lambda sight: walked)
    shop: Shop = one_shop.extensions["dorfladen"]
    with either_database.writing() as session:
        kinds.ensure(session)
        attributes.ensure_types(session)
        for number in range(7):
            product = make_product(session, f"Stoff {number}", kind=Kind.FABRIC)
            product.maker_id = makers.named(session, "Unbekannt").id
            product.guarantee_months, product.is_electric = 36, True
            make_variant(session, product, sku=f"S-{number}").rrp_cents = 990
    with either_database.reading() as session:
        sight = Sight(one_shop, shop, session, Profile(), NOW.date())
        found = {each.id: len(list(each.look(sight))) for each in goods.RULES}
    guilty = {"C05": 6, "C07": 12, "C07w": 6, "C08": 6, "C09": 6, "C09w": 6, "C10": 1, "C11": 6, "C15": 6}
    assert {name: count for name, count in found.items() if count} == guilty


def test_c01_c02_a_small_business_keeps_them_with_its_own_words(one_shop: Flask) -> None:
    with sight_of(one_shop) as sight:
        small = replace(sight, owner=Profile(is_small_business=True))
        assert [list(rule(name).look(small)) for name in ("C01", "C02")] == [[], []]
        assert wordings.PRICE_NOTE_SMALL_BUSINESS in specimen.of(small).page("department").text


def test_c01_net_prices_and_missing_prices_are_seen(broken: Broken) -> None:
    assert "Endpreise" in broken("C01", {"</main>": "zzgl. 19 % MwSt.</main>"}, "^cart$")[0]
    assert "24,90" in broken("C01", {r"24,90": "20,92"}, "product-LAMPE")[0]


@pytest.mark.parametrize("page", ["home", "department", "search", "product-STOFF-1"])
def test_c02_a_price_without_its_note_is_seen(broken: Broken, page: str) -> None:
    assert broken("C02", {'href="/versand"': 'href="/"'}, f"^{page}$")
    assert broken("C02", {wordings.PRICE_NOTE: "brutto"}, f"^{page}$")


def test_c02_the_note_of_another_good_does_not_do(broken: Broken) -> None:
    flat = {"</?article[^>]*>": ""}  # so that the list itself is near each price
    assert broken("C02", flat, "^department$") == []
    first = rf'(?s)^(.*?price__line">){re.escape(wordings.PRICE_NOTE)}'
    assert len(broken("C02", flat | {first: r"\1brutto"}, "^department$")) == 1


def test_c02_cart_and_machines_know_of_shipping(broken: Broken) -> None:
    assert "Warenkorb" in broken("C02", {'href="/versand"': 'href="/"'}, "^cart$")[0]
    assert "Suchmaschinen" in broken("C02", {"shippingDetails": "nothing"}, "product-KNOPF")[0]


@pytest.mark.parametrize("place", ["department", "product-GARN-1", "cart", "confirm"])
def test_c03_a_missing_base_price_is_seen(broken: Broken, place: str) -> None:
    assert "99,00" in broken("C03", {"99,00": "9,90"}, f"^{place}$")[0]


def test_c03_letters_and_lengths_have_base_prices(broken: Broken) -> None:
    assert "Bestellbestätigung" in broken("C03", {"99,00": "9,90"}, "^$", "order_received")[0]
    assert "9,90 € / m" in broken("C03", {"9,90(.*?)/ m": r"9,90\1/ 0,5 m"}, "^product-STOFF-1$")[0]


def test_c03_packed_goods_without_content_are_named(counter: Counter) -> None:
    found = counter.faults("C03", kind=Kind.YARN, unit=Unit.PIECE)
    assert any("Grundpreis fehlt der Inhalt" in each for each in found)


def test_c04_struck_prices_and_wrong_per_cents_are_seen(broken: Broken) -> None:
    assert "19,90" in broken("C04", {"</main>": "<s>19,90 €</s></main>"}, "^home$")[0]
    assert "statt 19,90" in broken("C04", {"</main>": "statt 19,90 €</main>"}, "^home$")[0]
    assert "30 %" in broken("C04", {"−23": "−30"}, "^department$")[0]
    assert wordings.LOWEST_BASE_PRICE in broken("C04", {"12,90": "13,90"}, "^cart$")[0]


def test_c05_comparisons_in_texts_and_undated_recommendations_are_named(counter: Counter) -> None:
    counter.variant.rrp_cents = 1990
    found = counter.faults("C05", description="Jetzt 9,90 € statt 19,90 €!")
    assert any("statt 19,90 €" in each for each in found)
    assert any("von wann" in each for each in found)
    assert rule("C05").severity == WARNING


def test_c05_comparisons_on_pages_and_in_departments_are_named(counter: Counter) -> None:
    assert counter.faults("C05") == []
    counter.session.add(Category(name="Reste", slug="reste", description="Alles statt 12,90 € nur 5 €"))
    pages.publish(counter.session, "aktion", "Aktion", "Früher 9,90 €, jetzt 5 €.", now=NOW, author="x")
    told = counter.faults("C05")
    assert [each.partition(":")[0] for each in told] == ["Seite „Aktion“", "Kategorie „Reste“"]


def test_c06_goods_without_delivery_time_are_named(counter: Counter) -> None:
    assert any("Lieferzeit" in each for each in counter.faults("C06", delivery_days_min=0, delivery_days_max=0))


def test_c06_a_page_without_delivery_time_is_seen(broken: Broken) -> None:
    assert any("/warenkorb" in each for each in broken("C06", {"2–4 Werktage": "bald"}, "^cart$"))


@pytest.mark.parametrize(
    ("text", "is_vague"),
    [
        ("Der Versand erfolgt in der Regel am selben Tag.", True),
        ("Voraussichtlich ab März lieferbar.", True),
        ("Lieferung bald möglich", True),
        ("In der Regel reicht ein Meter. Der Versand dauert zwei Tage.", False),
    ],
)
def test_c06_vague_times_in_texts_are_named(counter: Counter, text: str, is_vague: bool) -> None:
    assert bool(counter.faults("C06w", description=text)) == is_vague


def test_c07_maker_picture_and_number_are_owed(counter: Counter, session: Session) -> None:
    maker = session.get_one(Maker, counter.product.maker_id)
    maker.country, maker.contact, counter.variant.sku = "CN", "kein", " "
    session.delete(session.exec(select(Picture).where(Picture.product_id == counter.product.id)).one())
    found = " ".join(counter.faults("C07"))
    for word in ("verantwortliche Person in der EU", "Webadresse", "Bild", "Artikelnummer"):
        assert word in found
    assert any("Es fehlt der Hersteller" in each for each in counter.faults("C07", maker_id=None))
    assert not any("Hersteller" in each for each in counter.faults("C07", is_old_stock=True))


def test_c07_a_page_without_the_makers_address_is_seen(broken: Broken) -> None:
    assert any("Spinnweg" in each for each in broken("C07", {"Spinnweg 1": ""}, "product-KNOPF"))


def test_c07_silence_on_warnings_is_a_warning(counter: Counter) -> None:
    assert any("Warnhinweisen" in each for each in counter.faults("C07w", needs_no_warnings=False))
    assert rule("C07w").severity == WARNING


@pytest.mark.parametrize(
    ("name", "first"),
    [("C07", date(2024, 12, 13)), ("C10", date(2026, 9, 27)), ("C11", date(2026, 9, 27)), ("C16", date(2025, 10, 7))],
)
def test_c07_c10_c11_c16_hold_from_their_first_day(name: str, first: date) -> None:
    assert rule(name).is_in_force(first)
    assert not rule(name).is_in_force(first.replace(day=first.day - 1))


def test_c08_textiles_name_their_fibres(counter: Counter, session: Session) -> None:
    product_id = counter.product.id or 0
    for shares, word in (
        ([], "Es fehlt die Zusammensetzung"), ([("Merino", 100)], "keine gesetzliche"), ([("Wolle", 90)], "90 %"),
    ):  # fmt: skip
        fibres.set_composition(session, product_id, shares, NOW)
        assert word in counter.faults("C08")[0]
    session.exec(select(GoodsKind).where(GoodsKind.key == Kind.FABRIC)).one().is_textile = False
    fibres.set_composition(session, product_id, [], NOW)
    assert counter.faults("C08") == []


@pytest.mark.parametrize("place", ["product-STOFF-1", "cart", "confirm"])
def test_c08_fibres_stand_in_every_place_in_descending_order(broken: Broken, place: str) -> None:
    turned = {"97.% Baumwolle, 3.% Elasthan": "3 % Elasthan, 97 % Baumwolle"}
    assert "Zusammensetzung" in broken("C08", turned, f"^{place}$")[0]


def test_c08_other_names_in_texts_are_a_warning(counter: Counter) -> None:
    named = counter.faults("C08w", description="Aus 70 % Merino und 30 % Baby-Alpaka.")
    assert "70 % Merino" in named[0]
    assert counter.faults("C08w", description="Reine Merino-Qualität, 100 % Wolle.") == []


def test_c09_an_article_says_what_it_is(counter: Counter, session: Session) -> None:
    attributes.set_values(session, counter.product.id or 0, {"width": ""}, NOW)
    assert "Stoffbreite" in counter.faults("C09w")[0]
    assert counter.faults("C09") == []
    fibres.set_composition(session, counter.product.id or 0, [], NOW)
    assert "was es ist" in counter.faults("C09", summary="")[0]


def test_c09_what_shoppers_choose_is_said(counter: Counter, session: Session) -> None:
    attributes.set_values(session, counter.product.id or 0, {"width": ""}, NOW)
    products.set_options(session, counter.variant, [("Stoffbreite", "145 cm", "")], NOW)
    assert counter.faults("C09w") == []


def test_c09_a_yarn_sold_by_what_is_wound_up_says_how_far_it_runs(counter: Counter) -> None:
    assert "Lauflänge" in counter.faults("C09w", kind=Kind.YARN, unit=Unit.PIECE)[0]
    counter.variant.content, counter.variant.content_unit = 50, Unit.WEIGHT
    assert len(counter.faults("C09w")) == 1
    counter.variant.content, counter.variant.content_unit = 2000, Unit.LENGTH
    assert counter.faults("C09w") == []


def test_c09_a_place_without_essentials_is_seen(broken: Broken) -> None:
    assert any("/kasse/pruefen" in each for each in broken("C09", {"145.cm": ""}, "^confirm$"))
    assert any("Bestellbestätigung" in each for each in broken("C09", {"210.m": ""}, "^$", "order_received"))


def test_c10_the_official_file_is_owed_and_must_be_whole(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (rule("C10").severity, len(counter.faults("C10"))) == (ERROR, 1)
    file = hang(counter.session, counter.artwork).file
    assert counter.faults("C10") == []
    monkeypatch.setattr(artwork, "known_hashes", lambda: frozenset({"0" * 64}))
    assert "keine der amtlichen" in counter.faults("C10")[0]
    monkeypatch.setattr(artwork, "known_hashes", lambda: frozenset({file[:64]}))
    assert counter.faults("C10") == []
    (counter.artwork / file).write_bytes(painted(colour="#993300"))
    assert "verändert" in counter.faults("C10")[0]


def test_c10_a_theme_that_hides_moves_or_drops_the_notice_is_seen(broken: Broken) -> None:
    words = re.escape(wordings.GUARANTEE_NOTICE)
    folded = {f"<p>{words}</p>": f"<details><p>{wordings.GUARANTEE_NOTICE}</p></details>"}
    assert any("zugeklappt" in each for each in broken("C10", folded, "^confirm$"))
    assert any("fehlt die Mitteilung" in each for each in broken("C10", {words: "Zwei Jahre."}, "^confirm$"))
    below = {words: "", "</main>": f"<p>{wordings.GUARANTEE_NOTICE}</p></main>"}
    assert any("über der Ware" in each for each in broken("C10", below, "^confirm$"))
    assert any("Seite der EU" in each for each in broken("C10", {"europa.eu": "example"}, "^confirm$"))
    assert any("/impressum" in each for each in broken("C10", {'href="/gewaehrleistung"': ""}, "^impressum$"))
    assert any("Bestellbestätigung" in each for each in broken("C10", {"Nachbesserung": ""}, "^$", "order_received"))


def test_c11_a_guarantee_is_complete(counter: Counter) -> None:
    label = artwork.check(painted(300, 300), "label")
    steps: tuple[tuple[dict[str, Any], str], ...] = (
        ({"guarantee_months": 36}, "die Marke, das Modell, die Bedingungen (§ 479 BGB), das Etikett"),
        ({"guarantee_brand": "N", "guarantee_model": "3", "guarantee_terms": "Ja."}, "das Etikett"),
        ({"guarantee_label": label.file}, "Datei des Etiketts"),
        ({"guarantee_months": 24}, "nicht länger als zwei Jahre"),
        ({"guarantee_months": 31}, "halben Jahren"),
    )
    for facts, word in steps:
        assert any(word in each for each in counter.faults("C11", **facts))
    artwork.keep(counter.artwork, painted(300, 300), label)
    assert counter.faults("C11", guarantee_months=30) == []


@pytest.mark.parametrize("place", [f"product-{LAMP_SKU}", "cart", "confirm"])
def test_c11_a_place_without_the_guarantee_is_seen(broken: Broken, place: str) -> None:
    assert any("Garantie" in each for each in broken("C11", {LAMP_GUARANTEE: ""}, f"^{place}$"))


def test_c11_the_letter_has_guarantee_and_terms(broken: Broken) -> None:
    assert any("Bestellbestätigung" in each for each in broken("C11", {LAMP_GUARANTEE: ""}, "^$", "order_received"))
    assert any("Garantiebedingungen" in each for each in broken("C11", {LAMP_TERMS: ""}, "^$", "order_received"))


def test_c13_stars_without_a_word_on_checking_are_seen(broken: Broken) -> None:
    assert broken("C13", {"</main>": "<p>★★★★★</p></main>"}, "^home$")
    stars = "<section><h2>Bewertungen</h2><p>★★★★★ sehr schön</p>{}</section></main>"
    assert broken("C13", {"</main>": stars.format("")}, "^home$")
    for words in (wordings.REVIEWS_CHECKED, wordings.REVIEWS_UNCHECKED):
        assert broken("C13", {"</main>": stars.format(f"<p>{words}</p>")}, "^home$") == []
    far = f"<div><div><div><div><p>★</p></div></div></div></div><p>{wordings.REVIEWS_CHECKED}</p></main>"
    assert broken("C13", {"</main>": far}, "^home$")
    assert broken("C13", {"</main>": '<script type="application/ld+json">{"ratingValue": 5}</script></main>'}, "^home$")


def test_c15_electrics_need_a_number(counter: Counter) -> None:
    assert "WEEE" in counter.faults("C15", is_electric=True, weee_number="123")[0]
    assert counter.faults("C15", weee_number="DE12345678") == []


def test_c15_electrics_need_bin_and_notice(broken: Broken) -> None:
    assert any("Elektrogeräten" in each for each in broken("C15", {"Altgerät besitzt": ""}, LAMP_SKU))
    assert any("Abfalltonne" in each for each in broken("C15", {"<svg": "<i"}, LAMP_SKU))


def test_c16_batteries_need_words_and_picture(broken: Broken) -> None:
    assert any("Rückgabe" in each for each in broken("C16", {"Quecksilber": ""}, LAMP_SKU))
    assert any("Abfalltonne" in each for each in broken("C16", {"<svg": "<i"}, LAMP_SKU))


def test_c17_glue_without_warnings_is_named(counter: Counter) -> None:
    assert "Klebstoff" in counter.faults("C17", name="Textilkleber 50 ml")[0]
    assert counter.faults("C17", warnings="Reizt die Augen.") == []


def test_c17_a_place_without_warnings_is_seen(broken: Broken) -> None:
    assert any("Warnhinweise" in each for each in broken("C17", {LAMP_WARNING: ""}, "^confirm$"))


def test_drafts_break_no_rule(counter: Counter, session: Session) -> None:
    products.unpublish(session, counter.product, NOW)
    found = counter.faults("C06", maker_id=None, delivery_days_min=0, delivery_days_max=0)
    assert found == counter.faults("C07") == []
