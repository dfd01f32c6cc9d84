"""Rules about who sells: kept in a shop that is set up, told as soon as something is missing or a theme breaks it."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from catalog.products import Product
from checkout.orders import Order
from shop import legal, pages, processors, profile
from shop.context import Shop
from shop.newsletter.issues import NewsletterTerms
from shop.profile import Profile
from tests.make import NOW
from tests.shop.law.looking import break_page, faults, rule, sight_of
from tests.shop.storefront.selling import open_shop, place_order

SMALL: dict[str, Any] = {"legal_form": "person", "staff": 2, "turnover": "to_2m", "lucid_number": "DE1234567890123",
                         "dual_system": "Der Grüne Punkt", "austrian_packaging": "Pack GmbH, Wien"}  # fmt: skip
LARGE: dict[str, Any] = SMALL | {"staff": 12}


@pytest.fixture
def small(shop_app: Flask) -> Flask:
    """A shop of one woman and a helper that is set up."""
    open_shop(shop_app, **SMALL)
    return shop_app


@pytest.fixture
def large(shop_app: Flask) -> Flask:
    """A shop of twelve people that is set up."""
    open_shop(shop_app, **LARGE)
    return shop_app


def change(app: Flask, **facts: Any) -> None:
    """Let the owner be another one, without writing her texts anew."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        for name, value in facts.items():
            setattr(profile.load(session), name, value)


def write_over(app: Flask, slug: str, old: str, new: str) -> None:
    """Let a text of the shop read otherwise, as no page of the backoffice could."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        page = pages.latest(session, slug)
        assert page is not None
        assert old in page.body
        pages.publish(session, slug, page.title, page.body.replace(old, new), now=NOW, author="x")


def tells(app: Flask, name: str, told: str) -> bool:
    """Whether a rule tells of something; it is looked at no further than that."""
    with sight_of(app) as sight:
        return any(told in fault.message for fault in rule(name).look(sight))


def test_a_shop_that_is_set_up_keeps_all(small: Flask) -> None:
    assert {name: found for number in range(1, 13) if (found := faults(small, name := f"A{number:02}"))} == {}


LACKING: list[tuple[dict[str, Any], str]] = [
    ({"legal_form": ""}, "welche Rechtsform"),
    ({"owner_name": ""}, "Ihr Name"),
    ({"city": ""}, "Anschrift fehlt"),
    ({"street": "Postfach 12"}, "Ein Postfach genügt nicht"),
    ({"street": " Packstation 123"}, "Ein Postfach genügt nicht"),
    ({"email": ""}, "fehlt Ihre E-Mail-Adresse"),
    ({"phone": ""}, "fehlt Ihre Telefonnummer"),
    ({"vat_id": "DE12345678"}, "weder eine USt-IdNr. noch eine W-IdNr."),
    ({"vat_id": "DE123456789-1"}, "weder eine USt-IdNr. noch eine W-IdNr."),
    ({"legal_form": "gmbh", "register_court": "Amtsgericht Z", "register_number": "HRB 1"}, "vertritt"),
    ({"legal_form": "ug", "representatives": "P. Probe"}, "fehlen Gericht und Nummer"),
    ({"legal_form": "ek", "representatives": "P. Probe", "register_court": "Z"}, "fehlen Gericht und Nummer"),
    ({"legal_form": "gbr"}, "vertritt"),
]


def test_a01_what_the_imprint_lacks_is_told(small: Flask) -> None:
    with sight_of(small) as sight:
        for facts, told in LACKING:
            owner = Profile(**sight.owner.model_dump() | facts)
            found = (fault.message for fault in rule("A01").look(replace(sight, owner=owner)))
            assert any(told in message for message in found), facts


def test_a01_a06_a_company_that_sends_in_several_parcels_says_so(small: Flask) -> None:
    change(small, legal_form="gmbh", representatives="Petra Probe", register_court="Amtsgericht Neuruppin",
           register_number="HRB 7", vat_id="DE123456789-00001", delivers_in="goods")  # fmt: skip
    rewrite(small)
    assert faults(small, "A01") == []
    assert faults(small, "A06") == []


def test_a01_a_theme_that_hides_the_imprint_is_told(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (
        ("confirm", ">Impressum</a>", ">Über uns</a>", "/kasse/pruefen fehlt der Link „Impressum“"),
        ("not-found", 'href="/impressum"', 'href="/x"', "/gibt-es-nicht fehlt der Link"),
        ("impressum", "033 100", "", "fehlt „033 100“"),
    )
    for page, old, new, told in broken:
        with monkeypatch.context() as patch:
            break_page(patch, small, page, old, new)
            assert any(told in sentence for sentence in faults(small, "A01"))


def test_a01_the_imprint_is_there_without_a_cookie(small: Flask) -> None:
    answer = small.test_client().get("/impressum")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a02_there_is_no_blog_for_which_somebody_would_answer(small: Flask) -> None:
    paths = {str(each) for each in small.url_map.iter_rules()}
    assert not any("blog" in path or "magazin" in path for path in paths)
    assert "kein Blog" in rule("A02").kept


def test_a03_every_recipient_is_in_the_privacy_notice(small: Flask) -> None:
    shop: Shop = small.extensions["dorfladen"]
    with shop.database.writing() as session:
        processors.enter(session, label="Lohnbüro", gets="Namen", is_processor=True, now=NOW, author="x")
    assert any("Lohnbüro" in sentence for sentence in faults(small, "A03"))
    rewrite(small)
    assert faults(small, "A03") == []


def test_a03_the_newsletter_is_told_of_once_it_is_on(small: Flask) -> None:
    shop: Shop = small.extensions["dorfladen"]
    assert (
        "Newsletter" not in small.test_client().get("/datenschutz").text.partition("<main")[2].partition("</main>")[0]
    )
    with shop.database.writing() as session:
        session.add(NewsletterTerms(is_on=True))
    assert tells(small, "A03", "Der Newsletter ist an")
    rewrite(small)
    assert not tells(small, "A03", "Newsletter")
    assert "löschen wir Ihre Adresse nach 7 Tagen" in small.test_client().get("/datenschutz").text


def test_a03_times_are_those_of_the_deletion_and_the_link_stands_before_the_form(
    small: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_over(small, "datenschutz", "acht Jahre", "zehn Jahre")
    assert any("Buchungsbelege und Rechnungen" in sentence for sentence in faults(small, "A03"))
    break_page(monkeypatch, small, "checkout", 'href="/datenschutz"', 'href="/x"')
    assert any("/kasse fehlt der Link" in sentence for sentence in faults(small, "A03"))


def test_a04_all_five_items_stand_in_the_terms(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    break_page(monkeypatch, small, "agb", "Verhaltenskodizes.", "Kodizes.")
    assert any("Verhaltenskodizes" in sentence for sentence in faults(small, "A04"))


def test_a04_an_order_keeps_versions_that_can_still_be_read(small: Flask) -> None:
    client = small.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    place_order(client)
    assert faults(small, "A04") == []
    shop: Shop = small.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        assert order.terms_version
        assert order.withdrawal_version
        assert order.privacy_version
        order.terms_version = 99_999
    assert faults(small, "A04") == ["1 Bestellungen nennen eine Fassung der Rechtstexte, die es nicht gibt."]


def test_a05_no_box_must_be_ticked(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    box = '<input type="checkbox" name="agb" required></main>'
    break_page(monkeypatch, small, "confirm", "</main>", box)
    assert any("„agb“ angekreuzt" in sentence for sentence in faults(small, "A05"))


def test_a06_a_word_changed_in_the_instruction_is_told(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    write_over(small, "widerrufsbelehrung", "binnen vierzehn Tagen ohne", "binnen zehn Tagen ohne")
    assert any("weicht vom gesetzlichen Text ab" in sentence for sentence in faults(small, "A06"))
    rewrite(small)
    assert faults(small, "A06") == []
    break_page(monkeypatch, small, "widerrufsbelehrung", "Zur Wahrung der", "Zur")
    assert any("zeigt nicht den gesetzlichen Text" in sentence for sentence in faults(small, "A06"))


def test_a06_the_form_is_there_as_a_pdf(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert small.test_client().get("/widerrufsformular.pdf").data.startswith(b"%PDF")
    break_page(monkeypatch, small, "widerrufsbelehrung", "/widerrufsformular.pdf", "/x")
    assert any("als PDF" in sentence for sentence in faults(small, "A06"))


def test_a08_each_country_has_a_price_and_each_price_a_way_to_it(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    change(small, delivery_countries="DE AT IT")
    assert tells(small, "A08", "nach Italien, aber dorthin gibt es keinen Versandpreis")
    change(small, delivery_countries="DE AT")
    write_over(small, "versand", "Überweisung", "Geld")
    assert any("nennt die Zahlungsart" in sentence for sentence in faults(small, "A08"))
    break_page(monkeypatch, small, "product-STOFF-1", 'href="/versand"', 'href="/x"')
    assert any("kein Link zu den Versandkosten" in sentence for sentence in faults(small, "A08"))


def test_a09_from_eleven_people_on_the_notice_is_owed(large: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(large, "A09") == []
    break_page(monkeypatch, large, "agb", "Verbraucherschlichtungsstelle", "Stelle")
    assert faults(large, "A09") == [
        "Der Hinweis zur Verbraucherschlichtung fehlt auf der Seite „Allgemeine Geschäftsbedingungen“."
    ]
    change(large, staff=10)
    assert faults(large, "A09") == []


def test_a10_the_platform_that_is_off_is_found_in_pages_and_articles(small: Flask) -> None:
    shop: Shop = small.extensions["dorfladen"]
    for name in (
        "ec.europa.eu/consumers/odr",
        "https://ec.europa.eu/odr",
        "die OS-Plattform",
        "Online-Streitbeilegung",
    ):
        with shop.database.writing() as session:
            pages.publish(session, "ueber-uns", "Über uns", f"Siehe {name}.", now=NOW, author="x")
            session.exec(select(Product).limit(1)).one().description = f"Siehe {name}."
        found = faults(small, "A10")
        assert len(found) == 2
        assert "Über uns" in found[0]


def test_a11_a_larger_shop_owes_the_page_with_all_four_items(large: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(large, "A11") == []
    page = large.test_client().get("/barrierefreiheit").text
    assert "Erklärung zur Barrierefreiheit" not in page
    items = {
        "Was dieser Shop ist": "was der Shop ist",
        "Wie Sie ihn benutzen": "wie man ihn benutzt",
        "Wie er die Anforderungen": "wie er die Anforderungen",
        "Marktüberwachungsstelle": "die Marktüberwachungsbehörde",
    }
    for old, told in items.items():
        with monkeypatch.context() as patch:
            break_page(patch, large, "barrierefreiheit", old, "…")
            assert any(told in sentence for sentence in faults(large, "A11"))


def test_a11_a_micro_enterprise_owes_none_and_shows_none(small: Flask) -> None:
    client = small.test_client()
    assert client.get("/barrierefreiheit").status_code == 404
    assert "/barrierefreiheit" not in client.get("/").text


def test_a12_nobody_else_can_write_into_the_shop(small: Flask) -> None:
    written = [str(each) for each in small.url_map.iter_rules() if "POST" in (each.methods or ())]
    assert not any(word in path for path in written for word in ("bewertung", "kommentar", "review"))
    assert "keine Inhalte Dritter" in rule("A12").kept


def rewrite(app: Flask) -> None:
    """Write the legal texts anew, as saving the shop's facts does."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        legal.refresh(session, profile.load(session), shop.settings, shop.payments, now=NOW, author="test")
