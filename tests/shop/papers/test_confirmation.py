"""The contract as a file: with the letter, on the order's page, and in the texts that held."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import wordings
from checkout.orders import Order
from shop import legal, mail, pages
from shop.context import Shop
from shop.formats import markdown_reader
from tests.make import NOW
from tests.shop.artworks import hang
from tests.shop.papers.reading import words_of
from tests.shop.storefront.selling import another_visitor, open_shop, place_order

_BETWEEN_HEAD_AND_FOOT = ("-x", "0", "-y", "21", "-W", "210", "-H", "246", "-r", "25.4")


def squeezed(text: str) -> str:
    return "".join(text.split())


def blocks(markdown: str) -> list[str]:
    """The words of each paragraph, heading and point of a text, in their order."""
    inline = (token for token in markdown_reader().parse(markdown) if token.type == "inline")
    runs = [
        ["\n" if part.type.endswith("break") else part.content for part in token.children or ()] for token in inline
    ]
    return [squeezed("".join(each)) for each in runs]


def missing_blocks(text: str, pdf: bytes, folder: Path) -> list[str]:
    """What of a text does not stand on the paper in its place, letter by letter."""
    on_paper = squeezed(words_of(pdf, folder, *_BETWEEN_HEAD_AND_FOOT, "-raw"))
    at, missing = 0, []
    for block in blocks(text):
        found = on_paper.find(block, at)
        if found < 0:
            missing.append(block)
        else:
            at = found + len(block)
    return missing


def sold(app: Flask) -> tuple[str, FlaskClient]:
    """An order in an open shop that shows its notice, and the buyer's address of it."""
    shop: Shop = app.extensions["dorfladen"]
    open_shop(app)
    with shop.database.writing() as session:
        hang(session, shop.settings.artwork)
    buyer = another_visitor(app)
    return place_order(buyer), buyer


def letter_of(app: Flask) -> EmailMessage:
    mail.deliver_due(app)
    shop: Shop = app.extensions["dorfladen"]
    [file] = shop.settings.mail.glob("*order_received.eml")
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def texts(session: Session) -> list[str]:
    order = session.exec(select(Order)).one()
    return [page.body for page in legal.papers_of(session, order)]


def test_d11_the_letter_brings_the_contract_word_by_word(shop_app: Flask, tmp_path: Path) -> None:
    sold(shop_app)
    [paper] = letter_of(shop_app).iter_attachments()
    assert paper.get_content_type() == "application/pdf"
    with shop_app.extensions["dorfladen"].database.reading() as session:
        order = session.exec(select(Order)).one()
        assert paper.get_filename() == f"Bestellbestätigung-{order.number}.pdf"
        kept = texts(session)
    assert len(kept) == 2
    for text in kept:
        assert missing_blocks(text, paper.get_content(), tmp_path) == []
        assert missing_blocks(f"{text}\n\nEin Satz mehr.", paper.get_content(), tmp_path) == ["EinSatzmehr."]
    said = squeezed(words_of(paper.get_content(), tmp_path))
    for part in (wordings.INSTRUCTION_TITLE, wordings.MODEL_FORM_TITLE, wordings.GUARANTEE_NOTICE, "Petra Probe",
                 "Dorfstraße 1", "033 100", "2 Stücke à 1,50 m", "95 % Baumwolle", "12,90 € / m", "38,70 €", "44,19 €",
                 "Erika Käufer", "Am Anger 1", wordings.WITHDRAW_LINK,
                 f"/widerruf?bestellung={order.token}"):  # fmt: skip
        assert squeezed(part) in said


def test_d12_the_order_page_offers_the_same_paper_in_its_old_texts(shop_app: Flask, client: FlaskClient) -> None:
    address, buyer = sold(shop_app)
    letter = letter_of(shop_app)
    [paper] = letter.iter_attachments()
    with shop_app.extensions["dorfladen"].database.writing() as session:
        for slug in ("agb", "widerrufsbelehrung"):
            pages.publish(session, slug, "Neu", "Heute gilt etwas ganz anderes.", now=NOW, author="test")
    assert f"{address}/bestaetigung.pdf" in buyer.get(address).text
    answer = buyer.get(f"{address}/bestaetigung.pdf")
    assert answer.data == paper.get_content()
    assert answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get(f"{address[:-1]}/bestaetigung.pdf").status_code == 404  # nobody guesses it
    assert b"/Subtype /Image" in paper.get_content()  # the official notice
    assert len(bytes(letter)) < 400_000
