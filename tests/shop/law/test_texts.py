"""Stale wordings are found where they stand and since when they are stale; what is right is left in peace (A13)."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from catalog import categories
from catalog.units import Unit
from shop import pages, profile, themes
from shop.demo import HABERDASHERY
from shop.law import stale, texts
from shop.law.rules import Sight
from shop.law.stale import CLOSED_PLATFORM, STALE, StaleText
from shop.newsletter.issues import NewsletterIssue
from shop.profile import Profile
from tests.make import NOW, make_product
from tests.shop.law.looking import faults, sight_of
from tests.shop.law.sentences import HARMLESS

LATER = date(2028, 1, 1)

# What must be found, by the id of the wording; "small" is a small business (§ 19 UStG).
STANDING = {
    "telemedien": ["Angaben gemäß § 5 TMG", "nach § 7 Absatz 1 Satz 2 TMG", "§§ 8 bis 10 TMG",
                   "Angaben nach dem Telemediengesetz"],
    "tele-daten": ["gemäß TTDSG"],
    "rundfunk": ["Verantwortlich nach § 55 Abs. 2 RStV", "nach § 55 RStV", "§ 55 Absatz 2 RStV"],
    "netzwerke": ["Beschwerden nach dem NetzDG"],
    "os-plattform": [
        "https://ec.europa.eu/consumers/odr", "http://ec.europa.eu/odr/main", "die OS-Plattform der EU",
        "Online-Streitbeilegung gemäß Art. 14", "Plattform zur Online-Streitbeilegung",
    ],
    "fax-im-widerruf": ["Widerrufsrecht: Sie können uns per Brief, Telefax oder E-Mail schreiben."],
    "alter-hinweis-3": [
        "Sie können das Muster-Widerrufsformular oder eine andere eindeutige Erklärung auch auf unserer Webseite\n"
        "(www.laden.example) elektronisch ausfüllen und übermitteln."
    ],
    "ruecktritt": ["Sie haben ein Rücktrittsrecht von 14 Tagen."],
    "nur-ungeoeffnet": [
        "Rückgabe nur in Originalverpackung.", "Wir nehmen Ware nur ungeöffnet zurück.",
        "Umtausch nur originalverpackt.", "Nur in der Originalverpackung kann die Ware zurückgegeben werden.",
    ],
    "kein-umtausch": [
        "Zuschnitte sind vom Umtausch ausgeschlossen.", "Reduzierte Ware ist vom Widerruf ausgenommen.",
        "Zugeschnittene Stoffe sind vom Umtausch ausgeschlossen.",
    ],
    "unfrei": ["Unfreie Sendungen werden nicht angenommen.", "Pakete, die unfrei kommen, werden nicht angenommen."],
    "ein-jahr": [
        "Gewährleistung: 12 Monate", "Die Gewährleistung beträgt ein Jahr.", "Gewährleistungsfrist von 1 Jahr",
        "Sie haben 12 Monate Gewährleistung.", "Auf alles ein Jahr Gewährleistung",
    ],
    "ungefaehre-lieferzeit": [
        "Lieferzeit in der Regel 2 Tage", "Die Lieferung erfolgt voraussichtlich nächste Woche.",
        "In der Regel verschicken wir am selben Tag.",
    ],
    "steuer-trotz-19": ["inkl. MwSt.", "inkl. 19 % MwSt.", "inklusive der gesetzlichen Mehrwertsteuer"],
    "altes-19": [
        "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.",
        "Kein Mehrwertsteuerausweis, da Kleinunternehmer nach § 19",
    ],
    "gutschrift": ["Gutschrift Nr. 12"],
    "hundert-gramm": ["9,90 € / 100 g", "Grundpreis: 9,90 €/100g"],
    "barrierefreiheit": ["Erklärung zur Barrierefreiheit"],
    "batterien": ["Hinweis nach dem Batteriegesetz", "§ 18 BattG"],
    "verpackung": ["registriert nach VerpackG", "nach dem Verpackungsgesetz"],
    "platzhalter": [
        "Inhaberin: [Name]", "Telefon: [Telefonnummer]", "[…]", "[Bitte ergänzen]", "Tel. XXX", "Muster GmbH",
        "Max Mustermann", "Lorem ipsum dolor", "[Ihre Adresse]", "[hier Text einfügen]", "Nr. [Steuernummer]",
    ],
}  # fmt: skip
SMALL = Profile(is_small_business=True)


@pytest.fixture
def only_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what people have written is read, not what the specimen shows: that takes a second."""
    monkeypatch.setattr(texts, "_shown", lambda sight: [])


def of(name: str) -> StaleText:
    return next(each for each in STALE if each.id == name)


def hits(wording: StaleText, text: str) -> int:
    """How often it stands in a text, by way of its clues."""
    return len(wording.hits(text)) if any(clue in text.casefold() for clue in wording.clues) else 0


@pytest.mark.parametrize("name", [each.id for each in STALE])
def test_a13_every_stale_wording_is_found(name: str) -> None:
    assert STANDING[name]
    for text in STANDING[name]:
        assert hits(of(name), text) == 1, text


def test_a13_what_is_right_is_left_in_peace() -> None:
    assert len(HARMLESS) > 400
    owned = [each for each in STALE if stale.GOODS in each.kinds and each.is_due(Profile())]
    alarms = [(each.id, text) for text in HARMLESS for each in owned if hits(each, text)]
    assert alarms == []


@pytest.mark.parametrize(
    "text",
    [
        "§ 5 DDG, § 25 TDDDG, § 18 Abs. 2 MStV, BattDG, VerpackDG",
        "[Ihre Rechte](https://europa.eu)",
        "Art. 14 ODR-Verordnung ist aufgehoben.",
        "Telefax: 030 1234",  # in an Impressum
        "Kleinunternehmer: Endpreis, steuerfrei nach § 19 UStG",
        "Bitte schicken Sie nichts unfrei; wir erstatten das Porto.",
        "Sie können vom Vertrag zurücktreten, wenn die Ware mangelhaft ist.",
        "Umtausch ist auch ohne Originalverpackung möglich.",
        "{{ rows[Name] }}",
    ],
)
def test_a13_near_misses_are_none(text: str) -> None:
    assert [each.id for each in STALE if each.is_due(SMALL) and hits(each, text)] == []


def test_a13_the_shops_own_texts_and_the_demonstration_are_clean(shop_app: Flask) -> None:
    with sight_of(shop_app, LATER) as sight:
        assert [each.sentence for each in texts.find(sight)] == []
    goods = (HABERDASHERY / "goods.csv").read_text("utf-8-sig")
    assert [
        each.id for each in STALE if hits(each, goods) and stale.GOODS in each.kinds and each.is_due(Profile())
    ] == []


@pytest.mark.parametrize("wording", [each for each in STALE if each.since > date(2024, 1, 1)], ids=lambda each: each.id)
@pytest.mark.usefixtures("only_written")
def test_a13_a_wording_becomes_stale_on_its_day(shop_app: Flask, write: Callable[[], Any], wording: StaleText) -> None:
    with write() as session:
        pages.publish(session, "ueber-uns", "Über uns", STANDING[wording.id][0], now=NOW, author="test")
    name = "A10" if wording.id == CLOSED_PLATFORM else "A13" if wording.severity == "error" else "A13b"
    assert faults(shop_app, name, wording.since - timedelta(days=1)) == []
    assert len(faults(shop_app, name, wording.since)) == 1


@pytest.mark.usefixtures("only_written")
def test_a13_a_page_of_the_owners_is_told_with_line_and_link(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        pages.publish(
            session, "hilfe", "Hilfe", "Willkommen\n\nStreit? Die OS-Plattform hilft.", now=NOW, author="test"
        )
    with sight_of(shop_app) as sight:
        (found,) = texts.find(sight)
    assert found.place.path == "/backoffice/seiten/hilfe"
    assert found.sentence.startswith("Seite „Hilfe“, Zeile 4: „OS-Plattform“.")
    assert (faults(shop_app, "A10"), faults(shop_app, "A13")) == ([found.sentence], [])


@pytest.mark.usefixtures("only_written")
def test_a13_goods_departments_and_the_owners_words_are_read(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        product = make_product(session, "Stoffrest", published=False, description="Vom Umtausch ausgeschlossen.")
        department = categories.add(session, "Reste")
        department.description = "Zugeschnittene Ware ist vom Umtausch ausgenommen."
        session.add(Profile(opening_hours="Angaben nach § 5 TMG"))
        ids = (product.id, department.id)
    with sight_of(shop_app) as sight:
        assert {each.place.path for each in texts.find(sight)} == {
            f"/backoffice/artikel/{ids[0]}", f"/backoffice/kategorien/{ids[1]}", "/backoffice/laden",
        }  # fmt: skip


@pytest.mark.usefixtures("only_written")
def test_a13_a_price_per_hundred_grams_is_right_for_loose_goods(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        make_product(session, "Perlen lose", unit=Unit.WEIGHT, summary="2,90 € / 100 g")
        make_product(session, "Perlen im Beutel", summary="2,90 € / 100 g")
    with sight_of(shop_app) as sight:
        assert [each.place.where for each in texts.find(sight)] == ["Artikel „Perlen im Beutel“, Kurztext"]


@pytest.mark.usefixtures("only_written")
def test_a13_a_strangers_theme_is_read_with_its_parents(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "fremd"
    (folder / "print").mkdir(parents=True)
    (folder / "layout.html").write_text(
        "{# § 5 TMG #}\n<!-- § 5 TMG -->\n<p>\nAngaben nach § 5 TMG</p><a href='https://ec.europa.eu/consumers/odr'>EU</a>",
        "utf-8",
    )
    (folder / "print" / "invoice.html").write_text("<h1>Gutschrift</h1>", "utf-8")
    chain = themes.chain
    monkeypatch.setattr("shop.themes.chain", lambda themes, name: [folder, *chain(themes, name)])
    with sight_of(shop_app) as sight:
        found = texts.find(sight)
    assert {(each.place.where, each.line, each.stale.id) for each in found} == {
        ("Vorlage fremd/layout.html", 4, "telemedien"),
        ("Vorlage fremd/layout.html", 4, "os-plattform"),
        ("Vorlage fremd/print/invoice.html", 1, "gutschrift"),
    }


@pytest.mark.usefixtures("only_written")
def test_a13_a_small_business_shows_no_tax(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        session.add(Profile(is_small_business=True))
        pages.publish(session, "preise", "Preise", "Alles inkl. 19 % MwSt.", now=NOW, author="test")
    with sight_of(shop_app) as sight:
        assert [(each.place.where, each.stale.id) for each in texts.find(sight)] == [
            ("Seite „Preise“", "steuer-trotz-19")
        ]


def test_a13_what_is_shown_is_read_too(shop_app: Flask, write: Callable[[], Any]) -> None:
    with sight_of(shop_app) as seen:
        small = Sight(seen.app, seen.shop, seen.session, profile.load(seen.session), seen.today)
        object.__setattr__(small, "owner", Profile(is_small_business=True, claim="Alles inkl. MwSt."))
        assert {each.place.kind for each in texts.find(small)} == {stale.OWNER}  # told once, not for each page
    with sight_of(shop_app) as sight:
        shown = [each for each in texts.all_places(sight) if each.kind in (stale.SHOWN, stale.LETTER)]
    assert {"Im Laden, Seite „confirm“", "Im Laden, Seite „order“"} <= {each.where for each in shown}
    assert any(each.where.startswith("Brief „") for each in shown)


@pytest.mark.usefixtures("only_written")
def test_a13_many_places_are_summed_up(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        for number in range(25):
            pages.publish(session, f"seite-{number}", f"Seite {number}", "TTDSG", now=NOW, author="test")
    told = faults(shop_app, "A13")
    assert len(told) == 21
    assert "5 weitere Stellen" in told[-1]


@pytest.mark.usefixtures("only_written")
def test_a10_the_link_to_the_closed_platform_is_found(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        pages.publish(session, "streit", "Streit", "https://ec.europa.eu/consumers/odr", now=NOW, author="test")
    assert faults(shop_app, "A10", date(2025, 7, 19)) == []
    assert len(faults(shop_app, "A10", date(2025, 7, 20))) == 1


@pytest.mark.usefixtures("only_written")
def test_a10_it_is_found_in_departments_warnings_and_the_owners_words(
    shop_app: Flask, write: Callable[[], Any]
) -> None:
    with write() as session:
        make_product(session, "Rest", published=False).warnings = "Siehe OS-Plattform"
        categories.add(session, "Reste").description = "Online-Streitbeilegung"
        session.add(Profile(opening_hours="ec.europa.eu/odr"))
    assert len(faults(shop_app, "A10")) == 3


@pytest.mark.usefixtures("only_written")
def test_a13_c12_newsletters_to_come_are_read(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        session.add(
            NewsletterIssue(subject="Herbst", body="Nachhaltig, nach § 5 TMG", changed_at=NOW, author="test"),
        )
        session.add(
            NewsletterIssue(subject="Alt", body="Nachhaltig, § 5 TMG", changed_at=NOW, released_at=NOW, author="test"),
        )
    assert [each.partition(",")[0] for each in faults(shop_app, "A13")] == ["Newsletter „Herbst“"]
    assert [each.partition(":")[0] for each in faults(shop_app, "C12")] == ["Newsletter „Herbst“"]
