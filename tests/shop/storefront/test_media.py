"""The door to pictures: made on demand, kept for ever, nothing else let out."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from catalog import images
from shop.context import Shop, utc_now
from shop.db import Database
from shop.settings import read_settings
from shop.storefront import media


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return read_settings(tmp_path, {}).media


@pytest.fixture
def browser(tmp_path: Path) -> FlaskClient:
    settings = read_settings(tmp_path, {})
    app = Flask("shop", static_folder=None)
    app.extensions["dorfladen"] = Shop(settings, Database(settings.database_url), {}, None, utc_now)  # type: ignore[arg-type]
    app.register_blueprint(media.blueprint)
    return app.test_client()


def _store(folder: Path, width: int = 900) -> str:
    out = BytesIO()
    Image.new("RGB", (width, width // 2), "orange").save(out, "PNG")
    picture_hash = images.store(folder, out.getvalue()).hash
    shutil.rmtree(folder / "sizes")
    return picture_hash


def test_a_missing_size_is_made_on_demand_and_kept_for_ever(folder: Path, browser: FlaskClient) -> None:
    answer = browser.get(f"/media/{_store(folder)}/320.webp")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(answer.data)).width == 320
    answer.close()


def test_a_small_original_answers_for_larger_widths(folder: Path, browser: FlaskClient) -> None:
    answer = browser.get(f"/media/{_store(folder, 200)}/1280.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert Image.open(BytesIO(answer.data)).width == 200
    answer.close()


@pytest.mark.parametrize("address", ["{}/321.jpg", "{}/320.png", "{}/320.php", "0{}/320.jpg", "{}/0.jpg", "{}/-1.jpg"])
def test_nothing_else_is_made_or_let_out(folder: Path, browser: FlaskClient, address: str) -> None:
    picture_hash = _store(folder)
    assert browser.get("/media/" + address.format(picture_hash)).status_code == 404
    assert not (folder / "sizes").exists()


def test_an_unknown_picture_is_not_there(browser: FlaskClient) -> None:
    assert browser.get(f"/media/{'0' * 64}/320.jpg").status_code == 404


def test_a_browser_that_has_it_gets_no_second_copy(folder: Path, browser: FlaskClient) -> None:
    address = f"/media/{_store(folder)}/320.jpg"
    first = browser.get(address)
    second = browser.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (304, b"")
    first.close()
    second.close()
