"""Rules about withdrawal: each is kept as the shop stands, and told when a theme, an article or a delay breaks it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel, col, select

import shop.tables  # noqa: F401
from catalog import exclusions, readiness
from catalog.exclusions import Exclusion
from catalog.products import Product, Variant
from checkout import fulfilment, returns
from checkout.cart import CartLine
from checkout.orders import Order, OrderLine
from checkout.outbox import Letter
from checkout.payments import Payment, PaymentAttempt
from checkout.returns import Declared
from shop import letters, pages, themes
from shop.context import Shop
from shop.law import specimen, withdrawing
from shop.law.rules import WARNING
from shop.profile import Profile
from tests.make import NOW, make_fabric, make_product, make_ready, make_variant
from tests.shop.law.looking import break_letter, break_page, faults, rule, sight_of
from tests.shop.storefront.selling import hidden, open_shop, place_order, tell, words

PROGRAM = Path(__file__).parents[3]
REASON = "Wir sticken Ihren Namen auf."
LINK = '<a class="button" href="/widerruf">Vertrag widerrufen</a>'
Write = Callable[[], Any]

# What a stranger's theme might do: the page ("": the receipt's letter), what stands there, what instead, what is told.
BROKEN: dict[str, list[tuple[str, str, str, str]]] = {
    "B01": [
        ("home", LINK, "", "„home“"),
        ("not-found", LINK, "", "„not-found“"),
        ("confirm", LINK, f"<details><summary>Mehr</summary>{LINK}</details>", "„confirm“"),
        ("checkout", LINK, f"<div hidden>{LINK}</div>", "„checkout“"),
        ("cart", "Vertrag widerrufen", "Widerruf", "„cart“"),
        ("order", "/widerruf?bestellung=", "/widerruf?x=", "nicht zu dieser Bestellung"),
        ("widerrufsbelehrung", "/widerruf", "/anderswo", "nennt die Adresse"),
    ],
    "B02": [
        ("withdrawal", 'name="extent"', 'name="extent" required', "eine Angabe zu viel"),
        ("withdrawal", "</form>", '<input name="telefon"></form>', "nicht fragen darf"),
        ("withdrawal", "</form>", '<input name="captcha"></form>', "nicht fragen darf"),
        ("withdrawal-confirm", "</main>", "<p>Sie bekommen 10 % Rabatt, wenn …</p></main>", "abhalten"),
    ],
    "B03": [
        ("withdrawal-confirm", ">Widerruf bestätigen<", ">Absenden<", "genau eine Schaltfläche"),
        ("withdrawal-confirm", ">Widerruf bestätigen<", ">Widerruf jetzt bestätigen<", "genau eine Schaltfläche"),
        ("withdrawal-confirm", 'bestaetigen" method="post"', 'bestaetigen" method="get"', "bloßes Aufrufen"),
        ("withdrawal-confirm", "Zurück/ändern", "Los", "der Weg zurück"),
    ],
    "B04": [
        ("withdrawal-received", "Europe/Berlin", "hier", "Europe/Berlin"),
        ("withdrawal-received", "Baumwollstoff vom Montag", "…", "Baumwollstoff vom Montag"),
        ("withdrawal-received", "Wir haben Ihre Erklärung erhalten.", "Wir nehmen sie an.", "mehr als der Eingang"),
        ("withdrawal-received", ".pdf", ".txt", "als PDF"),
        ("", "Erika Musterfrau", "…", "Erika Musterfrau"),
        ("", "Uhr", "", "Datum und Uhrzeit"),
        ("", "Bitte heben Sie diese E-Mail auf.", "Ihr Widerruf ist wirksam.", "mehr als der Eingang"),
    ],
    "A07": [
        ("product-NAME-1", "Kein Widerrufsrecht", "Hinweis", "am Artikel"),
        ("cart", "Kein Widerrufsrecht", "Hinweis", "im Warenkorb"),
        ("confirm", "Kein Widerrufsrecht", "Hinweis", "Bestellung prüfen"),
    ],
}  # fmt: skip
CASES = [(name, *case) for name, cases in BROKEN.items() for case in cases]


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_b01_b02_b03_b04_a07_are_kept_by_our_theme(shop_app: Flask, name: str) -> None:
    assert faults(shop_app, name) == []


def test_a07_the_html_of_the_letter_tells_it_too(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _sell_excluded(shop_app)
    with sight_of(shop_app) as sight:
        seen = specimen.of(sight)
    letter = seen.letter("order_received")
    silent = replace(letter, html=letter.html.replace("Kein Widerrufsrecht", "Hinweis"))
    monkeypatch.setattr(specimen, "of", lambda _: replace(seen, letters={**seen.letters, "order_received": silent}))
    assert any("(HTML)" in fault for fault in faults(shop_app, "A07"))


@pytest.mark.parametrize(("name", "page", "old", "new", "told"), CASES)
def test_b01_b02_b03_b04_a07_are_told_when_a_theme_breaks_them(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch, name: str, page: str, old: str, new: str, told: str
) -> None:
    if name == "A07":
        _sell_excluded(shop_app)
    if page:
        break_page(monkeypatch, shop_app, page, old, new)
    else:
        break_letter(monkeypatch, shop_app, returns.RECEIPT, old, new)
    assert any(told in fault for fault in faults(shop_app, name)), faults(shop_app, name)


def test_b01_the_order_letter_leads_to_the_function(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with sight_of(shop_app) as sight:
        seen = specimen.of(sight)
    letter = seen.letter("order_received")
    bare = replace(letter, html=letter.html.replace("/widerruf?", "/x?"))
    monkeypatch.setattr(specimen, "of", lambda sight: replace(seen, letters={**seen.letters, letter.kind: bare}))
    assert faults(shop_app, "B01") == ["In der Bestellbestätigung fehlt der Link „Vertrag widerrufen“."]


def test_b01_holds_from_its_first_day_and_for_closed_and_broken_shops(shop_app: Flask, client: FlaskClient) -> None:
    assert not rule("B01").is_in_force(date(2026, 6, 18))
    assert rule("B01").is_in_force(date(2026, 6, 19))
    open_shop(shop_app)
    with shop_app.test_request_context():
        closed = themes.render("pages/closed.html")
    broken = client.get("/gibt-es-nicht").text
    shop_app.extensions["dorfladen"].database.close()
    for page in (closed, broken):
        assert LINK in page


def test_b01_a_page_without_database_names_it_too(
    shop_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(themes, "render", lambda *facts, **more: 1 / 0)
    answer = client.get("/warenkorb")
    assert answer.status_code == 500
    assert '<a href="/widerruf">Vertrag widerrufen</a>' in answer.text


def test_b07_no_order_is_placed_without_the_laws_instruction(
    shop_app: Flask, client: FlaskClient, write: Write
) -> None:
    open_shop(shop_app)
    assert faults(shop_app, "B07") == []
    with write() as session:
        pages.publish(session, "widerrufsbelehrung", "Widerruf", "Umtausch nur ungeöffnet.", now=NOW, author="x")
    assert len(faults(shop_app, "B07")) == 1
    place_order(client)
    with write() as session:
        page = pages.version(session, session.exec(select(Order.withdrawal_version)).one())
        assert page is not None
        assert "binnen vierzehn Tagen ohne Angabe von Gründen" in page.body
    assert faults(shop_app, "B07") == []


def test_b08_an_exception_needs_a_reason(session: Session) -> None:
    product = make_ready(session, make_product(session, "Handtuch mit Namen", published=False))
    make_variant(session, product)
    product.withdrawal = Exclusion.CUSTOM_MADE
    assert [gap.where for gap in readiness.missing(session, product)] == ["widerrufsgrund"]
    product.withdrawal_reason = REASON
    assert readiness.missing(session, product) == []


def test_b08_the_check_names_what_lacks_its_reason_and_what_is_cut(shop_app: Flask, write: Write) -> None:
    with write() as session:
        product = session.get_one(Product, make_fabric(session).product_id)
        product.withdrawal = Exclusion.CUSTOM_MADE
    assert ["warum das Widerrufsrecht nicht gilt" in fault for fault in faults(shop_app, "B08")] == [True]
    assert [exclusions.CUT_IS_NOT_MADE in fault for fault in faults(shop_app, "B08-METER")] == [True]
    assert rule("B08-METER").severity == WARNING
    with write() as session:
        product = session.get_one(Product, product.id)
        product.withdrawal = Exclusion.NORMAL
    assert faults(shop_app, "B08") == faults(shop_app, "B08-METER") == []


def test_b08_goods_may_be_sent_back_unless_somebody_says_otherwise(session: Session) -> None:
    assert make_product(session).withdrawal == Exclusion.NORMAL
    assert exclusions.note(Exclusion.NORMAL, "irgendetwas") == ""
    switches = [name for name in Profile.model_fields if "withdraw" in name or "exclu" in name]
    assert switches == [], "no switch for the whole shop"


def test_b08_custom_made_fabric_from_the_roll_is_warned_of(session: Session) -> None:
    fabric = session.get_one(Product, make_fabric(session).product_id)
    fabric.withdrawal, fabric.withdrawal_reason = Exclusion.CUSTOM_MADE, "Zugeschnitten."
    assert exclusions.CUT_IS_NOT_MADE in [hint.sentence for hint in readiness.hints(session, fabric)]
    fabric.withdrawal = Exclusion.NORMAL
    assert exclusions.CUT_IS_NOT_MADE not in [hint.sentence for hint in readiness.hints(session, fabric)]


@pytest.mark.parametrize("exclusion", [each for each in Exclusion if each is not Exclusion.NORMAL])
def test_a07_what_may_not_be_sent_back_is_told_in_all_places(
    shop_app: Flask, client: FlaskClient, exclusion: Exclusion
) -> None:
    open_shop(shop_app)
    _exclude(shop_app, exclusion)
    note = " ".join(exclusions.note(exclusion, REASON).split())
    assert note in words(client.get("/artikel/holzknopf-20-mm").text)
    client.post("/warenkorb", data={"variante": "KNOPF-20", "menge": "1"})
    assert note in words(client.get("/warenkorb").text)
    tell(client)
    page = client.get("/kasse/pruefen").text
    assert note in words(page)
    assert "soweit unten beim Artikel nichts anderes steht" in page
    assert "auch für zugeschnittene" not in page
    placed = client.post("/kasse/bestellen", data={name: hidden(page, name) for name in ("schluessel", "gesehen")})
    _exclude(shop_app, Exclusion.NORMAL)  # a later change of the article does not change what was sold
    assert note in words(client.get(placed.headers["Location"]).text)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as opened:
        line = opened.exec(select(OrderLine)).one()
        assert (line.withdrawal, " ".join(line.withdrawal_note.split())) == (exclusion.value, note)
        reason = opened.exec(select(Letter.reason).where(col(Letter.kind) == "order_received")).one()
        folders = themes.chain(shop.settings.themes, shop.settings.theme)
        draft = letters.compose(
            opened, "order_received", reason, url=shop.settings.url, payments=shop.payments, themes=folders
        )
    written = letters.write(shop_app.jinja_env, draft)
    assert note in " ".join(written.text.split())
    assert note in words(written.html)


def test_b10_a_refund_is_warned_of_from_three_days_before_it_is_due(
    shop_app: Flask, client: FlaskClient, write: Write
) -> None:
    open_shop(shop_app)
    place_order(client)
    with write() as session:
        order = session.exec(select(Order)).one()
        returns.declare(session, Declared("Erika", order.email, order.number), key="k", now=NOW)
        returns.look_up(session, NOW)
    due = NOW.date() + timedelta(days=14)
    assert faults(shop_app, "B10", due - timedelta(days=4)) == []
    assert ["ist bis zum 06.12.2026 zu erstatten" in each for each in faults(shop_app, "B10", due)] == [True]
    late = faults(shop_app, "B10", due + timedelta(days=1))
    assert ["war bis zum 06.12.2026 zu erstatten" in each for each in late] == [True]
    with write() as session:  # the goods are with her: the owner may wait for them
        order = session.exec(select(Order)).one()
        fulfilment.mark_paid(
            session, order, cents=order.total_cents, reference="b", method="transfer", now=NOW, author="x"
        )
        fulfilment.ship(session, order, carrier="DHL", tracking="", now=NOW, author="x")
    assert faults(shop_app, "B10", due + timedelta(days=1)) == []


def test_b11_without_a_decision_the_shop_is_not_lawful(shop_app: Flask, write: Write) -> None:
    open_shop(shop_app)
    assert faults(shop_app, "B11") == []
    with write() as session:
        session.exec(select(Profile)).one().return_costs_by = ""
    assert len(faults(shop_app, "B11")) == 1


def test_b12_nothing_is_sold_as_a_download() -> None:
    assert {each.value for each in Exclusion} == {"normal", "custom_made", "hygiene_seal", "sealed_media"}
    names = [f"{table.name}.{column.name}" for table in SQLModel.metadata.sorted_tables for column in table.columns]
    assert [name for name in names if "download" in name or "digital" in name] == []


def test_b13_nothing_recurs() -> None:
    """Neither goods nor orders nor payments know a term, and no way to pay charges by itself a second time."""
    sold = [Product, Variant, CartLine, Order, OrderLine, Payment, PaymentAttempt]
    names = [f"{table.__name__}.{name}" for table in sold for name in table.model_fields]
    recurring = ("subscri", "recur", "abo_", "renew", "interval", "term_", "cycle")
    assert [name for name in names if any(word in name.casefold() for word in recurring)] == []
    told = [file.read_text(encoding="utf-8") for file in (PROGRAM / "checkout" / "payments").rglob("*.py")]
    assert not any(re.search(r"""["']subscription["']|recurring""", text) for text in told)


def test_what_hides_a_link_is_known() -> None:
    """Also what stands around it, and styles in the page itself."""
    from shop.law import markup

    for html, is_seen in (
        ("<footer><a>x</a></footer>", True),
        ("<details open><a>x</a></details>", False),
        ('<div style="display: none"><p><a>x</a></p></div>', False),
        ('<a aria-hidden="true">x</a>', False),
    ):
        assert withdrawing.is_in_sight(markup.parse(html).all("a")[0]) is is_seen


def test_a07_nothing_is_asked_of_a_theme_whose_shop_excludes_nothing(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_page(monkeypatch, shop_app, "cart", "Kein Widerrufsrecht", "Hinweis")
    assert faults(shop_app, "A07") == []
    _sell_excluded(shop_app)
    assert len(faults(shop_app, "A07")) == 1


def _sell_excluded(app: Flask) -> None:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as opened:
        product = make_product(opened)
        product.withdrawal, product.withdrawal_reason = Exclusion.CUSTOM_MADE, REASON


def _exclude(app: Flask, exclusion: Exclusion) -> None:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as opened:
        product = opened.exec(select(Product).where(Product.slug == "holzknopf-20-mm")).one()
        product.withdrawal, product.withdrawal_reason, product.updated_at = exclusion, REASON, NOW
