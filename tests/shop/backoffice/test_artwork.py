"""The owner's door to official pictures: upload, compare, print; the label of an article."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from catalog.products import Product
from shop import artwork
from shop.context import Shop
from tests.make import make_variant
from tests.shop.artworks import hang, painted

Write = Callable[[], Any]
PAGE = "/backoffice/gewaehrleistung"


def upload(
    owner: FlaskClient, content: bytes, *, compared: bool = True, address: str = PAGE, name: str = "m.png"
) -> str:
    data: dict[str, Any] = {"datei": (BytesIO(content), name)} | ({"verglichen": "ja"} if compared else {})
    return owner.post(address, data=data, follow_redirects=True).text


def test_before_an_upload_the_page_says_what_is_missing_and_where_to_get_it(owner: FlaskClient) -> None:
    page = owner.get(PAGE).text
    assert "fehlt" in page
    assert "https://eur-lex.europa.eu/eli/reg_impl/2025/1960/oj" in page
    assert owner.get(f"{PAGE}/aushang.pdf").location == PAGE


def test_the_notice_is_shown_with_its_hash_and_can_be_printed(owner: FlaskClient, write: Write) -> None:
    page = upload(owner, painted())
    with write() as session:
        notice = artwork.notice(session)
        assert notice is not None
    assert notice.sha256 in page
    assert "Die amtliche Prüfsumme ist dem Programm noch nicht bekannt" in page
    assert owner.get(f"{PAGE}/aushang.pdf").data.startswith(b"%PDF")
    with owner.get(f"/artwork/{notice.file}") as answer:
        assert answer.data == painted()
        assert answer.headers["Content-Type"] == "image/png"


def test_without_a_comparison_or_a_real_picture_nothing_is_shown(owner: FlaskClient, write: Write) -> None:
    assert "kreuzen Sie an" in upload(owner, painted(), compared=False)
    assert "schwarz-weiß" in upload(owner, painted(colour="#555555"))
    assert "PDF" in upload(owner, b"%PDF-1.7", name="m.pdf")
    with write() as session:
        assert artwork.notice(session) is None


def test_a_newer_notice_stands_before_the_older_one(owner: FlaskClient) -> None:
    upload(owner, painted())
    assert "Früher gezeigt" in upload(owner, painted(colour="#993300"))


def test_a_file_that_was_altered_on_disk_is_named(owner: FlaskClient, shop_app: Flask, write: Write) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with write() as session:
        notice = hang(session, shop.settings.artwork)
        session.commit()
        (shop.settings.artwork / notice.file).write_bytes(painted(colour="#993300"))
    assert "nicht mehr die, die Sie hochgeladen haben" in owner.get(PAGE).text


def test_an_article_gets_its_label_and_loses_it(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        product_id = make_variant(session).product_id
        product = session.get_one(Product, product_id)
        product.guarantee_months, product.guarantee_brand, product.guarantee_model = 36, "N", "3"
        version = product.version
    door = f"/backoffice/artikel/{product_id}/garantie-etikett"
    page = upload(owner, painted(400, 400), address=door)
    with write() as session:
        product = session.get_one(Product, product_id)
        assert product.version > version
        assert f'src="/artwork/{product.guarantee_label}"' in page
    assert "zu klein" in upload(owner, painted(20, 20), address=door)
    owner.post(door, data={"weg": "ja"})
    with write() as session:
        assert session.get_one(Product, product_id).guarantee_label == ""
    assert owner.post("/backoffice/artikel/999/garantie-etikett").status_code == 404
