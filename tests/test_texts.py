"""Every visible word: nothing stale (the law of yesterday), nothing unfinished, German quotes, "Sie"."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from checkout import fulfilment, inquiries, orders, refunds, trusted, wordings
from checkout.orders import Order
from shop import alarms, letters
from shop.alarms import Broken
from shop.context import Shop
from tests.checkout.ordering import pay
from tests.checkout.vouchering import make_gift
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.newsletter.reading import hand_one_out
from tests.shop.storefront.selling import fill_cart, hidden, open_shop, place_order, seen, tell

ROOT = Path(__file__).parents[1]
STALE = re.compile(
    r"§ 5 TMG|Telemediengesetz|TTDSG|§ 55 (?:Abs\. 2 )?RStV|NetzDG"
    r"|consumers/odr|ec\.europa\.eu/odr|OS-Plattform|Online-Streitbeilegung"
    r"|Telefax|Rücktrittsrecht|Gutschrift|Erklärung zur Barrierefreiheit"
    r"|Muster-Widerrufsformular.{0,200}elektronisch ausfüllen"
    r"|nur in Originalverpackung|nur ungeöffnet|vom Umtausch ausgeschlossen|reduzierte Ware ist vom Widerruf"
    r"|[Uu]nfreie?.{0,60}nicht angenommen"
    r"|Gewährleistung (?:von )?(?:12 Monate|1 Jahr|einem Jahr)"
    r"|Lieferzeit.{0,60}(?<!„)(?:in der Regel|voraussichtlich)|(?:in der Regel|voraussichtlich).{0,60}Lieferzeit"
    r"|gemäß § 19 .{0,60}keine Umsatzsteuer (?:berechnet|erhoben)"
    r"|€ ?/ ?100 ?g\b",
    re.DOTALL,
)
UNFINISHED = re.compile(
    r"(?<![\w\d)}])\[(?:…|\.\.\.|[A-ZÄÖÜ][A-Za-zÄÖÜäöüß][^\]\d]*)\](?!\()|\bXX+\b|Muster GmbH|Mustermann|[Ll]orem ipsum"
)
NOT_SIE = re.compile(r"\b(?:[Dd]u|[Dd]ich|[Dd]ir|[Dd]ein(?:e[mnrs]?)?|[Ee]uch|[Ee]uer|[Ee]ure[mnrs]?)\b")
FRENCH = re.compile(r"\b(?:ID|Remise) du\b")  # names of columns in PrestaShop's files
GREEN = re.compile(
    r"umweltfreundlich|umweltschonend|nachhaltig|ökologisch|klimaneutral|CO2-neutral|klimafreundlich|naturfreundlich"
    r"|biologisch abbaubar",
    re.IGNORECASE,
)
TAX = re.compile(r"MwSt|Mehrwertsteuer|valueAddedTax")

TEMPLATES = sorted([*ROOT.glob("themes/*/**/*.html"), *ROOT.glob("themes/*/mail/*.txt"),
                    *ROOT.glob("shop/backoffice/templates/**/*.html")])  # fmt: skip
TEXTS = sorted([*ROOT.glob("shop/backoffice/help/*.md"), *ROOT.glob("shop/legal_texts/*.md")])
PROGRAMS = sorted(file for floor in ("catalog", "checkout", "shop") for file in ROOT.glob(f"{floor}/**/*.py"))
GOODS = ROOT / "shop" / "demo" / "haberdashery" / "goods.csv"
SCRIPTS = sorted(ROOT.glob("themes/*/static/js/*.js"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", [*TEMPLATES, *TEXTS, *PROGRAMS, *SCRIPTS, GOODS], ids=name_of)
def test_no_word_is_stale_or_unfinished(file: Path) -> None:
    text = visible(file)
    assert not STALE.search(text), STALE.search(text)
    assert not UNFINISHED.search(text), UNFINISHED.search(text)


@pytest.mark.parametrize("file", [*TEMPLATES, *TEXTS, *PROGRAMS, GOODS], ids=name_of)
def test_quotes_are_german_and_people_are_called_sie(file: Path) -> None:
    text = visible(file)
    assert text.count("„") == text.count("“"), "„…“ do not match"
    assert not re.search("”|‟|»|«", text)
    found = NOT_SIE.search(FRENCH.sub("", text))
    assert not found, found


@pytest.mark.parametrize("file", [*TEMPLATES, *TEXTS], ids=name_of)
def test_no_straight_quotes_are_shown(file: Path) -> None:
    assert '"' not in spoken(file)


def test_the_demonstration_makes_no_green_claims() -> None:
    with GOODS.open(encoding="utf-8-sig", newline="") as opened:
        rows = [" ".join(cell for cell in row if cell) for row in csv.reader(opened, delimiter=";")]
    assert [row for row in rows if GREEN.search(row)] == []


def test_the_words_that_the_law_fixes_are_letter_by_letter_these() -> None:
    assert wordings.ORDER_BUTTON == "zahlungspflichtig bestellen"
    assert wordings.WITHDRAW_LINK == "Vertrag widerrufen"
    assert wordings.WITHDRAW_BUTTON == "Widerruf bestätigen"
    assert f"{wordings.PRICE_NOTE}, {wordings.SHIPPING_NOTE}" == "inkl. MwSt., zzgl. Versandkosten"
    assert wordings.PRICE_NOTE_SMALL_BUSINESS == "Endpreis, steuerfrei nach § 19 UStG (Kleinunternehmer)"
    assert (
        wordings.SMALL_BUSINESS_INVOICE_NOTE
        == "Steuerfreier Umsatz: Es gilt die Steuerbefreiung für Kleinunternehmer (§ 19 UStG)."
    )
    assert wordings.LOWEST_PRICE == "Niedrigster Gesamtpreis der letzten 30 Tage vor der Preissenkung"
    assert wordings.LOWEST_BASE_PRICE == "Niedrigster Grundpreis der letzten 30 Tage vor der Preissenkung"
    assert wordings.DISPUTES == (
        "Wir sind nicht bereit und nicht verpflichtet, an Streitbeilegungsverfahren vor einer "
        "Verbraucherschlichtungsstelle teilzunehmen."
    )


@pytest.mark.parametrize("is_small_business", [False, True])
def test_no_page_on_the_way_to_an_order_is_stale(shop_app: Flask, client: FlaskClient, is_small_business: bool) -> None:
    open_shop(shop_app, is_small_business=is_small_business)
    for page in pages_of_a_purchase(client):
        assert not STALE.search(page)
        assert not (is_small_business and TAX.search(page)), TAX.search(page)


@pytest.mark.parametrize("is_small_business", [False, True])
@pytest.mark.parametrize(
    ("delivery", "payment"), [("Paket", "transfer"), ("pickup", "on_pickup")], ids=["transfer", "pickup"]
)
def test_no_letter_is_stale(
    shop_app: Flask, client: FlaskClient, is_small_business: bool, delivery: str, payment: str
) -> None:
    open_shop(shop_app, is_small_business=is_small_business, tax_number="052/123/45678")
    place_order(client, delivery=delivery, payment=payment)
    withdraw(client)
    live_on(shop_app)
    trust_somebody(shop_app)
    for kind in letters.LETTERS:
        body = letter(shop_app, kind)
        assert not STALE.search(body), kind
        assert not re.search(r"\{\{|\{%|None|&\w+;|\[…", body), kind
        assert '"' not in body, kind
        assert "\n\n\n\n" not in body, kind
        assert "/impressum" in body or letters.LETTERS[kind].label.startswith("An Sie:"), kind
        assert not (is_small_business and TAX.search(body)), kind


def visible(file: Path) -> str:
    """What of a file people may come to read: German strings of a program, a text without its comments."""
    source = file.read_text(encoding="utf-8-sig")
    if file.suffix == ".py":
        return "\n".join(_strings(ast.parse(source)))
    if file.suffix in (".html", ".txt"):
        return re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    return source


def spoken(file: Path) -> str:
    """The words of a text between markup, template code and samples of code."""
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", visible(file), flags=re.DOTALL)
    if file.suffix == ".md":
        return re.sub(r"^ {4}.*$|`[^`]*`", "", text, flags=re.MULTILINE)
    return re.sub(r"<[^>]*>", "", re.sub(r'[\w-]+="[^"]*"', "", text))


def _strings(node: ast.AST) -> Iterator[str]:
    """All strings with a blank in them but docstrings; an f-string counts as one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr):
            yield "".join(str(part.value) for part in child.values if isinstance(part, ast.Constant))
        elif isinstance(child, ast.Constant):
            yield child.value if isinstance(child.value, str) and " " in child.value else ""
        elif not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from _strings(child)


def pages_of_a_purchase(client: FlaskClient) -> Iterator[str]:
    """Home, search, article, cart, checkout, confirmation, order, withdrawal, legal texts, an error."""
    for path in ("/", "/suche?q=jersey", "/artikel/jersey-waldtiere", "/gibt-es-nicht", "/widerruf", "/impressum",
                 "/agb", "/datenschutz", "/widerrufsbelehrung", "/versand"):  # fmt: skip
        yield client.get(path).text
    fill_cart(client)
    tell(client)
    for path in ("/warenkorb", "/kasse", "/kasse/pruefen"):
        yield client.get(path).text
    yield client.get(client.post("/kasse/bestellen", data=seen(client)).headers["Location"]).text


def withdraw(client: FlaskClient) -> None:
    """Declare a withdrawal, as whoever has lost the order's number."""
    typed = {"name": "Erika Käufer", "email": "erika@kundin.example", "which_order": "Jersey von neulich"}
    key = hidden(client.post("/widerruf", data=typed).text, "schluessel")
    assert client.post("/widerruf/bestaetigen", data=typed | {"schluessel": key}).status_code == 303


def live_on(app: Flask) -> None:
    """The first order is paid, a euro of it goes back, a parcel is sent, and a gift voucher was bought with it."""
    with app.extensions["dorfladen"].database.writing() as session:
        order = session.get_one(Order, 1)
        pay(session, order)
        make_gift(session, order_id=order.id)
        refunds.owe(session, order, 100, reason="Kulanz", now=NOW, author="test")
        (line, *_) = orders.lines_of(session, order)
        asked = inquiries.ask(session, order, line, happened="Es reicht nicht.", options=[], now=NOW, author="test")
        inquiries.take_back(session, asked, note="", now=NOW, author="test")
        fulfilment.ship(session, order, carrier="DHL", tracking="00340434", now=NOW, author="test")
        hand_one_out(session)
        alarms.note(session, [Broken("D05", "§ 312j BGB", "Auf dem Knopf steht etwas anderes.")], NOW)


def trust_somebody(app: Flask) -> None:
    """Somebody may buy by invoice."""
    with app.extensions["dorfladen"].database.writing() as session:
        hilde = {"name": "Hilde Huber", "email": "hilde@kundin.example"}
        trusted.add(session, **hilde, limit_cents=15_000, days_to_pay=14, now=NOW, author="test")


def letter(app: Flask, kind: str) -> str:
    """A letter's words, about the first order, refund or withdrawal."""
    shop: Shop = app.extensions["dorfladen"]
    about = f"{letters.LETTERS[kind].about}:1"
    with app.test_request_context(), shop.database.reading() as session:
        draft = letters.compose(session, kind, about, url=shop.settings.url, payments=shop.payments, themes=THEME)
        written = letters.write(app.jinja_env, draft)
    return f"{written.subject}\n{written.text}"
