"""Every letter, whatever its kind: three templates, the same figures in text and HTML, nothing foreign, nothing raw."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from checkout import answers, fulfilment, inquiries, orders, outbox, refunds, returns, trusted
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.returns import Declared
from shop import alarms, letters, mail, profile, themes
from shop.alarms import Broken
from shop.app import create_shop
from shop.context import Shop
from shop.letter_facts import Attachment, Picture
from shop.letters import Draft, Written
from shop.settings import read_settings
from tests.checkout.vouchering import make_gift
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.newsletter.reading import hand_one_out
from tests.shop.storefront.selling import another_visitor, open_shop, place_order

THEMES = Path(__file__).parents[2] / "themes"
AMOUNT = re.compile(r"\d[\d.]*,\d\d €")
HOSTILE = 'Erika <script>alert("1")</script> & Söhne'
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


def sell(app: Flask) -> None:
    """Open a shop; somebody with a hostile name orders, and withdraws."""
    open_shop(app, shop_name="Nadel & Faden <Musterow>", bic="COBADEFFXXX", tax_number="052/123/45678")
    place_order(
        another_visitor(app), name=HOSTILE, note="Erste Zeile\nZweite <b>Zeile</b>", email="erika@kundin.example"
    )
    with app.extensions["dorfladen"].database.writing() as session:
        order = session.exec(select(Order)).one()
        declared = Declared(HOSTILE, "e@k.example", "<i>alles</i>", order_token=order.token)
        returns.declare(session, declared, key="k" * 20, now=NOW)
        returns.look_up(session, NOW)
        hand_one_out(session, shop_name="Nadel & Faden <Musterow>", subject="Der <Ballen> ist da")


@pytest.fixture
def sold(shop_app: Flask) -> Flask:
    """A shop with an order and a withdrawal."""
    sell(shop_app)
    return shop_app


@pytest.fixture(scope="module")
def every_letter(empty_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    """All letters, each from its own copy of one shop, in which what it is about then happens."""
    sold = tmp_path_factory.mktemp("letters") / "sold"
    sold.mkdir()
    shutil.copy(empty_database_file, sold / "shop.db")
    with opened(sold) as app:
        sell(app)
    return dict(_letter_of_a_copy(sold, kind) for kind in letters.LETTERS)


def _letter_of_a_copy(sold: Path, kind: str) -> tuple[str, Written]:
    with opened(shutil.copytree(sold, sold.with_name(kind))) as app:
        go_on(app, kind)
        return kind, written(app, kind)


@contextmanager
def opened(folder: Path) -> Iterator[Flask]:
    """The shop of a folder."""
    app = create_shop(read_settings(folder, {}), clock=lambda: NOW)
    yield app
    app.extensions["dorfladen"].database.close()


def go_on(app: Flask, kind: str) -> None:
    """Let happen to the order what a letter of a kind is about."""
    about = letters.LETTERS[kind].about
    with app.extensions["dorfladen"].database.writing() as session:
        order = session.exec(select(Order)).one()
        if kind == "order_cancelled":
            fulfilment.cancel(session, order, reason="Der <Ballen> ist leer.", now=NOW, author="test")
        if kind == "payment_received" or about in ("refund", "shipment", "invoice", "gift"):
            fulfilment.mark_paid(session, order, cents=4419, reference="b", method="transfer", now=NOW, author="test")
        if about == "refund":
            refunds.owe(session, order, 100, reason="<i>alles</i>", now=NOW, author="test")
        if about in ("shipment", "invoice"):
            fulfilment.ship(session, order, carrier="DHL", tracking="00340434", now=NOW, author="test")
        if about == "inquiry":
            line = orders.lines_of(session, order)[0]
            asked = inquiries.ask(session, order, line, happened="Der <Ballen> ist leer.", options=[], now=NOW,
                                  author="test")  # fmt: skip
            if kind == "inquiry_answered":
                (offer,) = answers.offers(session, order, asked)
                answers.answer(session, asked, 0, seen_cents=offer.less_cents, now=NOW, author="Kundin")
        if kind == "order_expired":
            fulfilment.expire(session, order, now=NOW)
        if about == "law":
            alarms.note(session, [Broken("D05", "§ 312j BGB", "Da steht <b>Los</b>.")], NOW)
        if about == "gift":
            make_gift(session, order_id=order.id)
        if about == "buyer":
            trusted.add(session, name=HOSTILE, email="e@k.example", limit_cents=15_000, days_to_pay=14, now=NOW,
                        author="test")  # fmt: skip


def written(app: Flask, kind: str) -> Written:
    """A letter of a kind about the first order or withdrawal."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        about = f"{letters.LETTERS[kind].about}:1"
        draft = letters.compose(session, kind, about, url="https://laden.example", payments=shop.payments, themes=THEME)
        return letters.write(app.jinja_env, draft)


@pytest.fixture(params=sorted(letters.LETTERS))
def letter(request: pytest.FixtureRequest, every_letter: dict[str, Written]) -> Written:
    """Each kind of letter in turn."""
    return every_letter[request.param]


def words(html: str) -> str:
    """What a person reads of an HTML letter."""
    body = re.sub(r"<(style|title)>.*?</\1>|<!--.*?-->|<div class=\"preview\".*?</div>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("kind", sorted(letters.LETTERS))
def test_every_kind_has_three_templates_and_a_name(kind: str) -> None:
    for ending in ("subject.txt", "txt", "html"):
        assert (THEMES / "default" / "mail" / f"{kind}.{ending}").is_file()
    assert letters.labels()[kind]


def test_every_template_belongs_to_a_kind() -> None:
    kinds = {file.name.split(".")[0] for file in (THEMES / "default" / "mail").glob("[!_]*.html")}
    assert kinds == set(letters.LETTERS)


def test_text_and_html_name_the_same_amounts(letter: Written) -> None:
    in_text, in_html = AMOUNT.findall(letter.text.replace("\u00a0", " ")), AMOUNT.findall(words(letter.html))
    assert set(in_text) == set(in_html)


def test_text_and_html_lead_to_the_same_places(letter: Written) -> None:
    in_text = set(re.findall(r"https://laden\.example/\S*", letter.text)) - {"https://laden.example/impressum"}
    in_html = set(re.findall(r'href="(https://laden\.example/[^"]*)"', letter.html))
    assert in_text <= {unescape(each) for each in in_html}


def test_nothing_of_a_template_is_left_in_a_letter(letter: Written) -> None:
    for part in (letter.subject, letter.text, letter.html):
        assert not re.search(r"\{\{|\{%|#\}|\bNone\b|Undefined", part)
    assert "\n" not in letter.subject
    assert "&amp;" not in letter.subject + letter.text


def test_what_people_typed_is_never_html(letter: Written) -> None:
    assert not re.search(r"<script|<i>alles|<b>Zeile|<Ballen>|<b>Los|<Musterow>", letter.html)
    assert "&amp;lt;" not in letter.html, "escaped twice"


def test_an_html_letter_asks_nothing_of_other_hosts(letter: Written) -> None:
    assert not re.search(r"""\ssrc\s*=\s*["'](?!cid:)|@import|url\(|<link|<form|<script|background=""", letter.html)


def test_every_colour_comes_from_the_theme_and_stands_in_the_tags(letter: Written) -> None:
    body = re.sub("<!--.*?-->", "", letter.html.partition("<body")[2], flags=re.DOTALL)
    tags = re.findall(r"<(p|td|a|h1|h2)\b([^>]*)>", body)
    assert tags
    assert not [tag for tag in tags if "style=" not in tag[1]]
    assert "#fdf8f0" in letter.html, "the paper of Schnuckidu, which is the test's theme"


def test_a_letter_fits_into_six_hundred_pixels_and_into_a_telephone(letter: Written) -> None:
    widths = [int(each) for each in re.findall(r'(?<!min-)(?<!-)\bwidth="(\d+)"', letter.html)]
    assert all(width <= 600 for width in widths)
    assert "max-width: 600px" in letter.html
    assert 'content="width=device-width' in letter.html
    assert "prefers-color-scheme: dark" in letter.html


@pytest.mark.parametrize("theme", ["default", "schnuckidu"])
def test_both_themes_have_every_colour_that_letters_use(theme: str) -> None:
    known = themes.colours(themes.chain(THEMES, theme))
    for file in (THEMES / "default" / "mail").glob("*"):
        for name in re.findall(r"colours\.(\w+)", file.read_text(encoding="utf-8")):
            assert re.fullmatch(r"#[0-9a-f]{6}", known[name]), (file.name, name)


def test_the_html_of_the_order_carries_the_whole_contract(sold: Flask) -> None:
    read = words(written(sold, "order_received").html)
    for told in (
        "Jersey Waldtiere", "Farbe: Petrol", "2 Stücke à 1,50 m, 12,90 € je m", "38,70 €",
        "95 % Baumwolle, 5 % Elasthan",
        "Lieferzeit: 2–4 Werktage", "Versand (Paket) 5,49 €", "Gesamtbetrag 44,19 €", "darin 19 % MwSt. 7,06 €",
        "DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "bis zum 30.11.2026", "Am Anger 1", "Vertrag widerrufen",
        "Widerrufsbelehrung", "binnen vierzehn Tagen ohne Angabe von Gründen", "Muster-Widerrufsformular",
        "Allgemeine Geschäftsbedingungen", "Wie der Vertrag zustande kommt", "Gesetzliches Gewährleistungsrecht",
        "Petra Probe, Dorfstraße 1, 16835 Musterow", HOSTILE, "Zweite <b>Zeile</b>",
    ):  # fmt: skip
        assert told in read, told


@pytest.fixture
def session(sold: Flask) -> Iterator[Session]:
    with sold.extensions["dorfladen"].database.reading() as opened:
        yield opened


def message_of(app: Flask, session: Session, draft: Draft) -> EmailMessage:
    """A draft as it would travel, parsed by its receiver."""
    shop: Shop = app.extensions["dorfladen"]
    letter: Any = session.exec(select(Letter).where(Letter.kind == draft.kind)).first()
    sent = mail.write_message(app, shop.settings, profile.load(session), letter, draft, NOW)
    received = message_from_bytes(bytes(sent), policy=default)
    assert isinstance(received, EmailMessage)
    return received


def test_a_letter_travels_as_text_and_html_with_short_lines(sold: Flask, session: Session) -> None:
    shop: Shop = sold.extensions["dorfladen"]
    draft = letters.compose(
        session, "order_received", "order:1", url="https://x.example", payments=shop.payments, themes=THEME
    )
    received = message_of(sold, session, draft)
    kinds = [part.get_content_type() for part in received.walk()]
    words = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert kinds == ["multipart/mixed", *words, "application/pdf"]
    assert max(len(line) for line in bytes(received).splitlines()) <= 78  # RFC 5322, 2.1.1


def test_a_picture_travels_within_the_html_that_shows_it(sold: Flask, session: Session) -> None:
    shop: Shop = sold.extensions["dorfladen"]
    draft = letters.compose(
        session, "order_received", "order:1", url="https://x.example", payments=shop.payments, themes=THEME
    )
    shown, forgotten = Picture(PIXEL, "girocode.png"), Picture(PIXEL + b"1", "zuviel.png")
    pictures = {"giro_code": shown, "other": forgotten}
    received = message_of(sold, session, Draft(draft.kind, draft.context | {"pictures": pictures}, pictures))
    assert [part.get_content_type() for part in received.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    image = next(part for part in received.walk() if part.get_content_type() == "image/png")
    html = next(part for part in received.walk() if part.get_content_type() == "text/html")
    assert image["Content-ID"] == f"<{shown.cid}>"
    assert f'src="cid:{shown.cid}"' in html.get_content()
    assert image.get_payload(decode=True) == PIXEL


def test_queued_kinds_are_known(session: Session) -> None:
    assert {letter.kind for letter in session.exec(select(Letter)).all()} <= set(letters.LETTERS)
    assert outbox.OWNER not in letters.LETTERS


def test_files_travel_beside_the_words(sold: Flask, session: Session) -> None:
    paper = Attachment("Widerrufsbelehrung für Änne.pdf", "application/pdf", b"%PDF-1.7")
    shop: Shop = sold.extensions["dorfladen"]
    draft = letters.compose(session, "order_received", "order:1", url="https://x.example", payments=shop.payments,
                            themes=THEME)  # fmt: skip
    received = message_of(sold, session, replace(draft, attachments=[paper]))
    [file] = received.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (paper.file_name, paper.mimetype)
    assert file.get_content() == paper.content
