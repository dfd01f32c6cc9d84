"""Settings that make no sense are refused with a sentence that names them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from shop.settings import BadSetting, Settings, read_settings


def test_an_empty_folder_gives_a_working_shop_and_keeps_its_key(tmp_path: Path) -> None:
    first, second = read_settings(tmp_path / "data", {}), read_settings(tmp_path / "data", {})
    assert first == second
    assert first.database_url.endswith("/data/shop.db")
    assert first.url == "http://127.0.0.1:8000"
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0, "nobody else may read it"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('port = 9000\nurl = "https://laden.example"\n', encoding="utf-8")
    settings = read_settings(tmp_path, {"DORFLADEN_PORT": "9001"})
    assert (settings.port, settings.url, settings.is_secure) == (9001, "https://laden.example", True)


@pytest.mark.parametrize(("name", "value", "named"), [
    ("DORFLADEN_PORT", "achttausend", "port"), ("DORFLADEN_PORT", "0", "port"), ("DORFLADEN_PROXIES", "9", "proxies"),
    ("DORFLADEN_URL", "laden.example", "url"), ("DORFLADEN_URL", "https://laden.example/", "url"),
    ("DORFLADEN_SECRET_KEY", "kurz", "secret_key"), ("DORFLADEN_THEME", "gibtsnicht", "Theme"),
    ("DORFLADEN_SMTP_URL", "mail.example", "smtp_url"),
    ("DORFLADEN_STRIPE_SECRET_KEY", "pk_live_x", "stripe_secret_key"),
    ("DATABASE_URL", "mysql://x", "database_url"),
])  # fmt: skip
def test_nonsense_is_refused_by_name(tmp_path: Path, name: str, value: str, named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        read_settings(tmp_path, {name: value})


@pytest.mark.parametrize("text", ["farbe = 'rot'", "port = ", "data = '/x'"])
def test_a_file_that_cannot_be_understood_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSetting, match=r"settings\.toml"):
        read_settings(tmp_path, {})


def test_every_setting_is_explained() -> None:
    explained = Settings.__doc__ or ""
    for field in fields(Settings):
        assert f"{field.name}" in explained, field.name


def test_a_key_that_a_full_disk_left_empty_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    made = read_settings(tmp_path, {}).secret_key
    assert len(made) >= 32
    assert read_settings(tmp_path, {}).secret_key == made


def test_two_first_starts_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read_settings(tmp_path, {}).secret_key, range(8)))
    assert len(keys) == 1
