"""Rules about privacy and mail: each is kept as the shop stands, and told when something breaks it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import Column, MetaData, String, Table
from sqlmodel import SQLModel, select

from checkout import erasing, fulfilment
from checkout.orders import Order, OrderEvent, State
from shop import backup, letters, processors, restore_tests, themes
from shop.accounts import Account
from shop.context import Shop
from shop.law import letter_purposes, privacy, specimen, specimen_walk, theme_files
from shop.newsletter.issues import NewsletterCopy
from shop.newsletter.subscriptions import Subscription
from shop.personal import archive, erasure
from shop.personal.archive import ArchiveLook, LockedRow
from shop.profile import Profile
from shop.throttle import Occurrence
from tests.checkout.ordering import make_order
from tests.make import NOW
from tests.shop.law.looking import faults, rule, sight_of
from tests.shop.newsletter.reading import hand_one_out
from tests.shop.storefront.selling import fill_cart, open_shop

Write = Callable[[], Any]


@pytest.fixture
def shop(shop_app: Flask) -> Flask:
    """An open shop."""
    open_shop(shop_app)
    return shop_app


def _parts(app: Flask) -> Shop:
    parts: Shop = app.extensions["dorfladen"]
    return parts


def _settings(monkeypatch: pytest.MonkeyPatch, app: Flask, **changed: Any) -> None:
    parts = _parts(app)
    object.__setattr__(parts, "settings", replace(parts.settings, **changed))


def _page(monkeypatch: pytest.MonkeyPatch, app: Flask, name: str, **headers: str) -> None:
    """Let the specimen's page come with other headers."""
    with sight_of(app) as sight:
        seen = specimen.of(sight)
    page = replace(seen.page(name), headers={**seen.page(name).headers, **headers})
    monkeypatch.setattr(specimen, "of", lambda sight: replace(seen, pages={**seen.pages, name: page}))


def _theme(monkeypatch: pytest.MonkeyPatch, app: Flask, tmp_path: Any, name: str, text: str) -> None:
    """Let the shop wear a stranger's theme with one file of its own."""
    folder = tmp_path / "stranger"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    _page(monkeypatch, app, "home")  # the walk is as before
    real = themes.chain
    monkeypatch.setattr(themes, "chain", lambda home, theme: [folder, *real(home, theme)])


def test_every_rule_of_the_part_is_there() -> None:
    assert [each.id for each in privacy.RULES] == [f"F{number:02}" for number in range(1, 12)]
    assert rule("F07").severity == "warning"


@pytest.mark.parametrize("name", ["F01", "F02", "F03", "F04", "F05", "F06", "F08", "F09", "F10", "F11"])
def test_a_shop_as_it_is_keeps_it(shop: Flask, name: str) -> None:
    assert faults(shop, name) == []


def test_f01_no_cookie_comes_before_the_cart_and_no_other_one(
    shop: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Set-Cookie" not in client.get("/").headers
    fill_cart(client)
    assert client.get_cookie("warenkorb") is not None
    _page(monkeypatch, shop, "home", **{"Set-Cookie": "warenkorb=x; Path=/"})
    assert "schon vor dem Warenkorb" in faults(shop, "F01")[0]


def test_f01_a_foreign_cookie_is_told(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ("_ga=1; Path=/", "_ga=1; Path=/\nwarenkorb=x; Path=/", "warenkorb=x; Path=/\n_ga=1; Path=/"):
        with monkeypatch.context() as patch:
            _page(patch, shop, "cart", **{"Set-Cookie": given})
            assert "setzt fremde Cookies: _ga" in faults(shop, "F01")[0]


def test_f01_every_cookie_of_an_answer_is_seen(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Response("", headers=[("Set-Cookie", "_ga=1"), ("Set-Cookie", "warenkorb=x")])
    walker = specimen_walk._Walker(shop, _parts(shop), Profile())
    page = walker._keep("x", "/x", answer)  # type: ignore[arg-type]
    assert privacy._cookies(page.headers) == {"_ga", "warenkorb"}


@pytest.mark.parametrize("script", ["localStorage.seen = 1", "document.cookie = 'a=1'", "navigator.sendBeacon('/x')"])
def test_f01_a_theme_that_keeps_something_in_the_browser_is_told(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, script: str
) -> None:
    _theme(monkeypatch, shop, tmp_path, "static/js/track.js", script)
    assert "track.js etwas im Browser ab" in faults(shop, "F01")[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("static/css/x.css", "@import 'https://fonts.example/a.css';"),
        ("static/css/y.css", "body { background: url(//cdn.example/a.png) }"),
        ("parts/head.html", '<script src="https://cdn.example/a.js"></script>'),
        ("parts/hero.html", '<IMG SRC="HTTPS://cdn.example/a.png">'),
        ("parts/photo.html", '<img srcset="//cdn.example/a.png 2x">'),
    ],
)
def test_f02_a_theme_that_loads_from_elsewhere_is_told(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, name: str, text: str
) -> None:
    _theme(monkeypatch, shop, tmp_path, name, text)
    assert name.rpartition("/")[2] in faults(shop, "F02")[0]


@pytest.mark.parametrize(
    ("policy", "is_closed"),
    [
        ("default-src 'self'", True),
        ("default-src 'none'; img-src 'self' data:; form-action 'self' https://checkout.stripe.com", True),
        ("default-src 'self' https:", False),
        ("default-src 'self'; script-src 'self' 'unsafe-inline'", False),
        ("default-src 'self'; font-src *", False),
        ("script-src 'self'", False),
        ("", False),
    ],
)
def test_f02_a_policy_lets_in_our_own_host_alone(policy: str, is_closed: bool) -> None:
    assert privacy.is_closed(policy) is is_closed


def test_f02_a_page_without_the_policy_is_told(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _page(monkeypatch, shop, "cart", **{"Content-Security-Policy": "default-src *"})
    assert "lässt fremde Server zu" in faults(shop, "F02")[0]


def test_f03_an_unencrypted_shop_is_told(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _page(monkeypatch, shop, "home")  # as it was walked by http, without HSTS
    _settings(monkeypatch, shop, url="http://naehladen.example")
    assert any("unverschlüsselt" in each for each in faults(shop, "F03"))
    _settings(monkeypatch, shop, url="https://naehladen.example")
    assert all("Strict-Transport-Security" in each for each in faults(shop, "F03"))


def test_f03_headers_and_passwords_are_looked_at(shop: Flask, monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    _page(monkeypatch, shop, "home", **{"X-Content-Type-Options": ""})
    with write() as session:
        session.add(Account(name="Anna", password_hash="md5:abc", session_key="k", created_at=NOW))
    told = " ".join(faults(shop, "F03"))
    for expected in ("X-Content-Type-Options", "Passwort von „Anna“"):
        assert expected in told


def test_f03_a_backup_must_have_been_brought_back_within_a_month(shop: Flask, write: Write) -> None:
    with write() as session:
        session.add(Account(name="Anna", password_hash="scrypt:x", session_key="k",
                            created_at=NOW - timedelta(days=10)))  # fmt: skip
    assert "keine Sicherung probeweise" in faults(shop, "F03")[0]
    parts = _parts(shop)
    backup.make(parts.settings, parts.database, NOW)
    restore_tests.run(parts.settings, parts.database, now=NOW - timedelta(days=31), author="Anna")
    assert "keine Sicherung probeweise" in faults(shop, "F03")[0]
    restore_tests.run(parts.settings, parts.database, now=NOW - timedelta(days=29), author="Anna")
    assert faults(shop, "F03") == []


def test_f04_no_address_is_kept_and_counts_are_forgotten(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    with write() as session:
        session.add(Occurrence(kind="x", who="h", happened_at=NOW - timedelta(days=3)))
    assert "nicht vergessen" in faults(shop, "F04")[0]
    tables = MetaData()
    Table("visit", tables, Column("remote_addr", String))
    monkeypatch.setattr(SQLModel, "metadata", tables)
    assert "Internetadressen auf (remote_addr)" in faults(shop, "F04")[0]


def test_f06_old_orders_in_daily_work_are_told(shop: Flask, write: Write) -> None:
    with write() as session:
        order = make_order(session)
        fulfilment.cancel(session, order, reason="Ausverkauft", now=NOW, author="Anna")
        long_ago = NOW - timedelta(days=5 * 366)
        order.placed_at = long_ago
        for event in session.exec(select(OrderEvent)).all():
            event.happened_at = long_ago
    assert "1 alte Bestellungen" in faults(shop, "F06")[0]
    with write() as session:
        erasure.archive_old(session, NOW)
    assert faults(shop, "F06") == []


def test_f06_when_its_time_is_over_it_is_gone_from_the_archive_too(shop: Flask, write: Write) -> None:
    with write() as session:
        order = make_order(session)
        fulfilment.cancel(session, order, reason="Ausverkauft", now=NOW, author="Anna")
        assert order.state == State.CANCELLED
        erasure.archive_old(session, NOW.replace(year=2031))
        archive.look(session, order.id or 0, reason="Prüfung", now=NOW, author="Anna")
        until = session.exec(select(LockedRow).where(LockedRow.table_name == "order")).one().until
    for year, is_there in ((until.year, True), (until.year + 1, False)):
        moment = NOW.replace(year=year, month=12 if is_there else 1, day=31)
        with write() as session:
            while erasing.erase_some(session, moment).rows:
                pass
            archive.forget_gone(session, erasure.ROOTS, moment.date())
            assert bool(session.exec(select(Order)).all()) is is_there
            assert bool(session.exec(select(LockedRow)).all()) is is_there
            assert bool(session.exec(select(ArchiveLook)).all()) is is_there


def test_f07_each_processor_without_a_contract_is_told(shop: Flask, write: Write) -> None:
    told = faults(shop, "F07")
    assert len(told) == 2
    assert told[0].startswith("Server: Von wann ist der Vertrag")
    with write() as session:
        for key in ("host", "backup"):
            processors.note(session, key, name="", agreed_on=None, no_contract="eigen", now=NOW, author="Anna")
    assert faults(shop, "F07") == []


def test_f08_a_newsletter_without_confirmation_is_told(shop: Flask, write: Write) -> None:
    with write() as session:
        hand_one_out(session)
    assert faults(shop, "F08") == []
    with write() as session:
        session.exec(select(Subscription)).one().confirmed_at = NOW + timedelta(days=1)
    assert "ohne bestätigte Einwilligung" in faults(shop, "F08")[0]
    with write() as session:
        reader = session.exec(select(Subscription)).one()
        reader.confirmed_at, reader.ended_at = NOW - timedelta(days=9), NOW - timedelta(days=1)
        assert session.exec(select(NewsletterCopy)).one().handed_at == NOW
    assert "ohne bestätigte Einwilligung" in faults(shop, "F08")[0]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("mail/newsletter_confirm.txt", "{{ confirm_url }} Jetzt 10 % Rabatt!", "darf nur fragen"),
        ("mail/newsletter_confirm.html", "Ohne Link", "darf nur fragen"),
        ("mail/newsletter.html", "{{ issue.body }}", "fehlt der Link zum Abbestellen"),
        ("pages/newsletter.html", '<input type="checkbox" name="einwilligung" checked>', "schon angekreuzt"),
        ("pages/order.html", '<input checked name="einwilligung" type="checkbox">', "schon angekreuzt"),
    ],
)
def test_f08_a_theme_that_advertises_or_ticks_is_told(
    shop: Flask, monkeypatch: pytest.MonkeyPatch, name: str, text: str, told: str
) -> None:
    real = theme_files.text_of
    monkeypatch.setattr(theme_files, "text_of", lambda sight, file: text if file == name else real(sight, file))
    assert any(told in each for each in faults(shop, "F08"))


def test_f09_and_f10_every_letter_has_a_lawful_purpose(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(letter_purposes.PURPOSES) == set(letters.LETTERS)
    assert [kind for kind, purpose in letter_purposes.PURPOSES.items() if purpose == "advertising"] == ["newsletter"]
    assert not [kind for kind in letters.LETTERS if kind.startswith(("review", "cart", "abandoned", "recommend"))]
    reminder = letters.Kind("Ihr Warenkorb wartet", "order", letters.LETTERS["shipped"].read)
    monkeypatch.setitem(letters.LETTERS, "cart_reminder", reminder)
    assert "sagt nicht, wozu er dient" in faults(shop, "F10")[0]
    monkeypatch.setitem(letter_purposes.PURPOSES, "cart_reminder", "advertising")
    assert "hängt an keiner Einwilligung" in faults(shop, "F10")[0]


def test_f11_proofs_that_are_too_old_are_told(shop: Flask, write: Write) -> None:
    with write() as session:
        reader = hand_one_out(session)
        reader.ended_at = NOW.replace(year=2022)
    assert "1 Nachweise" in faults(shop, "F11")[0]
    with write() as session:
        session.exec(select(Subscription)).one().ended_at = NOW.replace(year=2023)
    assert faults(shop, "F11") == []
