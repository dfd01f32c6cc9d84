import email
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from html import unescape
from io import BytesIO
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from catalog.exclusions import Exclusion
from catalog.products import Product
from checkout import returns
from checkout.outbox import Letter
from checkout.returns import Declared, Withdrawal
from shop import jobs, mail
from shop.accounts import Account
from shop.app import create_shop
from shop.context import Shop
from shop.db import Database
from shop.settings import Settings, read_settings
from shop.storefront import withdrawal
from tests.make import NOW
from tests.shop.backoffice.conftest import QUICK_HASH, sign_in
from tests.shop.storefront.selling import BUTTON, another_visitor, hidden, open_shop, place_order, words

TYPED = {"name": "Erika Käufer", "email": "erika@kundin.example", "which_order": "der Jersey von letzter Woche"}


def test_b03_a_withdrawal_is_read_again_and_then_declared(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    review = client.post("/widerruf", data=TYPED)
    assert _withdrawals(shop_app) == []
    main = review.text[review.text.index("<main") : review.text.index("</main>")]
    buttons = re.findall(r"<button[^>]*>(.*?)</button>", main)
    assert buttons == ["Widerruf bestätigen", "Zurück/ändern"]
    assert "der Jersey von letzter Woche" in main

    answer = _declare(client, review.text)
    receipt = words(client.get(answer).text)
    for told in ("Ihr Widerruf ist eingegangen", "22.11.2026, 11:00 Uhr", "Europe/Berlin, UTC+01:00",
                 "Erika Käufer", "der Jersey von letzter Woche", "der ganze Vertrag"):  # fmt: skip
        assert told in receipt
    assert len(_withdrawals(shop_app)) == 1


def test_b03_a_second_click_declares_nothing_new(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    review = client.post("/widerruf", data=TYPED).text
    assert _declare(client, review) == _declare(client, review)
    assert len(_withdrawals(shop_app)) == 1
    jobs.look_up_withdrawals(shop_app)
    assert _letters(shop_app) == ["withdrawal_received", "withdrawal_for_owner"]


def test_b02_an_unknown_order_is_accepted_and_the_answer_tells_nothing(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    known = _number_of(client.get(place_order(client)).text)
    pages = []
    for number in (known, "XXXX-XXXX"):
        review = client.post("/widerruf", data=TYPED | {"which_order": number}).text
        received = client.get(_declare(client, review)).text
        pages.append([_neutral(page, number) for page in (review, received)])
    assert pages[0] == pages[1]
    jobs.look_up_withdrawals(shop_app)
    assert [each.order_id is not None for each in _withdrawals(shop_app)] == [True, False]


def test_b02_no_reason_and_no_number_is_asked_for(client: FlaskClient, shop_app: Flask) -> None:
    open_shop(shop_app)
    form = client.get("/widerruf").text
    assert "Grund brauchen Sie nicht" in form
    assert sorted(re.findall(r' name="(\w+)"', form[form.index("<main") : form.index("</main>")])) == [
        "email", "extent", "name", "which_order",
    ]  # fmt: skip


@pytest.mark.parametrize("lacking", ["name", "email", "which_order"])
def test_what_is_missing_is_named_and_the_rest_kept(shop_app: Flask, client: FlaskClient, lacking: str) -> None:
    open_shop(shop_app)
    answer = client.post("/widerruf", data=TYPED | {lacking: "", "extent": "nur der Knopf"})
    assert answer.status_code == 422
    assert f'href="#{lacking}"' in answer.text
    assert ">nur der Knopf</textarea>" in answer.text


def test_going_back_keeps_what_was_typed(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    form = client.post("/widerruf", data=TYPED | {"aendern": "1"}).text
    assert 'value="Erika Käufer"' in form
    assert _withdrawals(shop_app) == []


def test_b04_the_receipt_can_be_kept_as_a_text(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    address = _declare(client, client.post("/widerruf", data=TYPED).text)
    answer = client.get(f"{address}/widerruf.txt")
    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Eingang: 22.11.2026, 11:00 Uhr" in answer.text
    assert "&" not in answer.text


def test_b03_looking_at_the_pages_declares_nothing(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    assert client.get("/widerruf").status_code == 200
    assert client.get("/widerruf/bestaetigen").status_code == 405
    assert client.get("/widerruf/eingang/unbekannt").status_code == 404
    assert _withdrawals(shop_app) == []


def test_a_shop_that_sells_nothing_yet_still_takes_withdrawals(client: FlaskClient) -> None:
    review = client.post("/widerruf", data=TYPED).text
    assert client.get(_declare(client, review)).status_code == 200


def test_b02_known_and_unknown_orders_take_the_same_work(shop_app: Flask, client: FlaskClient) -> None:
    """What the database is asked does not depend on it, so neither does the time that it takes."""
    open_shop(shop_app)
    known = _number_of(client.get(place_order(client)).text)
    shop: Shop = shop_app.extensions["dorfladen"]
    asked: list[list[str]] = [[]]
    event.listen(shop.database.engine, "before_cursor_execute", lambda *facts: asked[-1].append(facts[2]))
    _declare(client, client.post("/widerruf", data=TYPED).text)  # what is read once only has been read
    for number in (known, "XXXX-XXXX"):
        asked.append([])
        _declare(client, client.post("/widerruf", data=TYPED | {"which_order": number}).text)
    assert asked[-1] == asked[-2]
    assert any("INSERT INTO withdrawal" in statement for statement in asked[-1])


def test_b02_with_her_link_lines_and_pieces_are_ticked(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    token = place_order(client).removeprefix("/bestellung/")
    form = client.get(f"/widerruf?bestellung={token}").text
    (part,) = re.findall(r'name="teil-([\d-]+)"', form)
    assert "2 Stücke à 1,50\xa0m" in form
    ticked = {name: hidden_value(form, name) for name in ("name", "email")} | {
        "which_order": "meine", "bestellung": token, f"teil-{part}": "ja", f"stueck-{part}": "1", "extent": "das lange",
    }  # fmt: skip
    review = client.post("/widerruf", data=ticked).text
    assert "1 Stück à 1,50 m Jersey Waldtiere, Farbe: Petrol" in words(review)
    assert "checked" in client.post("/widerruf", data=ticked | {"aendern": "1"}).text
    receipt = words(client.get(_declare(client, review)).text)
    assert "1 Stück à 1,50 m Jersey Waldtiere, Farbe: Petrol das lange" in receipt
    (declared,) = _withdrawals(shop_app)
    assert [row["pieces"] for row in declared.ticked] == [1]


@pytest.mark.parametrize("count", ["0", "7", "viele", ""])
def test_b05_a_number_that_does_not_fit_refuses_nothing(shop_app: Flask, client: FlaskClient, count: str) -> None:
    open_shop(shop_app)
    token = place_order(client).removeprefix("/bestellung/")
    (part,) = re.findall(r'name="teil-([\d-]+)"', client.get(f"/widerruf?bestellung={token}").text)
    told = TYPED | {"bestellung": token, f"teil-{part}": "ja", f"stueck-{part}": count, "teil-99-99-99": "ja"}
    _declare(client, client.post("/widerruf", data=told).text)
    (declared,) = _withdrawals(shop_app)
    assert [row["pieces"] for row in declared.ticked] == [2]


def test_b09_of_a_mixed_cart_the_excluded_line_can_be_ticked_as_well(
    shop_app: Flask, client: FlaskClient, write: Callable[[], Any]
) -> None:
    open_shop(shop_app)
    with write() as session:
        button = session.exec(select(Product).where(Product.slug == "holzknopf-20-mm")).one()
        button.withdrawal, button.withdrawal_reason = Exclusion.CUSTOM_MADE, "Wir gravieren Ihren Namen."
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    token = place_order(client).removeprefix("/bestellung/")
    form = client.get(f"/widerruf?bestellung={token}").text
    parts = re.findall(r'type="checkbox" name="teil-([\d-]+)"', form)
    assert len(parts) == 2
    assert "Wir gravieren Ihren Namen. Sie können die Ware trotzdem ankreuzen." in words(form)
    review = client.post(
        "/widerruf", data=TYPED | {"bestellung": token} | {f"teil-{each}": "ja" for each in parts}
    ).text
    _declare(client, review)
    (declared,) = _withdrawals(shop_app)
    assert len(declared.ticked) == 2


def test_b04_the_receipt_is_a_pdf_too(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    odd = TYPED | {"which_order": "*Stern* [x](y)\n<b>_a_</b> # 1"}
    address = _declare(client, client.post("/widerruf", data=odd).text)
    answer = client.get(f"{address}/widerruf.pdf")
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    for told in ("22.11.2026, 11:00 Uhr", "UTC+01:00", "Erika Käufer", "erika@kundin.example", "*Stern* [x](y)",
                 "<b>_a_</b> # 1", "der ganze Vertrag", "Hiermit widerrufe ich"):  # fmt: skip
        assert told in text
    assert client.get(f"{address}/widerruf.pdf").data == answer.data
    assert client.get("/widerruf/eingang/unbekannt/widerruf.pdf").status_code == 404


def test_b04_the_doubled_hour_in_autumn_is_told_apart(
    shop_app: Flask, client: FlaskClient, clock: list[datetime]
) -> None:
    open_shop(shop_app)
    told = []
    for utc_hour in (0, 1):
        clock[0] = datetime(2026, 10, 25, utc_hour, 30, 15, 123456, tzinfo=UTC)
        review = client.post("/widerruf", data=TYPED | {"which_order": f"Nr. {utc_hour}"}).text
        told.append(words(client.get(_declare(client, review)).text))
    assert all("25.10.2026, 02:30 Uhr" in each for each in told)
    assert ["UTC+02:00" in told[0], "UTC+01:00" in told[1]] == [True, True]
    assert [each.received_at.microsecond for each in _withdrawals(shop_app)] == [123456, 123456]


def test_b05_it_is_received_when_the_request_begins(
    shop_app: Flask, client: FlaskClient, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(shop_app)
    review = client.post("/widerruf", data=TYPED).text
    read = withdrawal._read

    def slowly() -> withdrawal.Declaration:
        clock[0] = NOW + timedelta(seconds=30)  # others were writing meanwhile
        return read()

    monkeypatch.setattr(withdrawal, "_read", slowly)
    _declare(client, review)
    assert _withdrawals(shop_app)[0].received_at == NOW


@pytest.mark.parametrize("days", [15, 410])
def test_b05_long_after_its_delivery_a_declaration_gets_its_receipt(
    shop_app: Flask, client: FlaskClient, clock: list[datetime], days: int
) -> None:
    open_shop(shop_app)
    number = _number_of(client.get(place_order(client)).text)
    clock[0] = NOW + timedelta(days=days)
    review = client.post("/widerruf", data=TYPED | {"which_order": number}).text
    assert "Ihr Widerruf ist eingegangen" in client.get(_declare(client, review)).text
    assert "withdrawal_received" in _letters(shop_app)


def test_b04_letters_go_out_within_a_minute(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    _declare(client, client.post("/widerruf", data=TYPED).text)
    every = {job.name: job.every_s for job in jobs.all_jobs()}
    assert every["withdrawals"] + every["letters"] < 60
    jobs.look_up_withdrawals(shop_app)
    assert mail.deliver_due(shop_app) == 2
    shop: Shop = shop_app.extensions["dorfladen"]
    (file,) = shop.settings.mail.glob("*-withdrawal_received.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    papers = [(each.get_filename(), each.get_content_type()) for each in message.iter_attachments()]
    assert papers == [("widerruf.pdf", "application/pdf")]


def test_b04_with_the_mail_server_away_nothing_is_lost_and_the_owner_sees_it(
    settings: Settings, write: Callable[[], Any]
) -> None:
    with closing(socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    moment = [NOW]
    app = create_shop(replace(settings, smtp_url=f"smtp://127.0.0.1:{port}"), clock=lambda: moment[0])
    open_shop(app)
    visitor = another_visitor(app)
    receipt = visitor.get(_declare(visitor, visitor.post("/widerruf", data=TYPED).text))
    assert "Ihr Widerruf ist eingegangen" in receipt.text
    jobs.look_up_withdrawals(app)
    assert mail.deliver_due(app) == 0
    with write() as session:
        assert len(session.exec(select(Withdrawal)).all()) == 1
        waiting = session.exec(select(Letter).where(Letter.kind == "withdrawal_received")).one()
        assert (waiting.sent_at, waiting.given_up_at, waiting.tries) == (None, None, 1)
        assert NOW < waiting.due_at <= NOW + timedelta(minutes=1)
        assert returns.stuck_receipts(session, NOW) == 1
        session.add(Account(name="Anna", password_hash=QUICK_HASH, session_key="anna", created_at=NOW))
    sign_in(visitor)
    assert "noch nicht hinausgegangen" in words(visitor.get("/backoffice/").text)
    assert "noch nicht hinausgegangen" in words(visitor.get("/backoffice/widerrufe/1").text)
    app.extensions["dorfladen"].database.close()


def test_an_address_that_no_answer_reaches_does_not_hold_up_the_owners_letter(
    shop_app: Flask, write: Callable[[], Any]
) -> None:
    open_shop(shop_app)
    with write() as session:
        declared = Declared("Erika", "a..b@kundin.example", "der Jersey")
        returns.declare(session, declared, key="k" * 20, now=NOW)
    jobs.look_up_withdrawals(shop_app)
    mail.deliver_due(shop_app)
    with write() as session:
        letters = {each.kind: each.sent_at for each in session.exec(select(Letter)).all()}
        assert letters == {"withdrawal_received": None, "withdrawal_for_owner": NOW}


def test_b04_what_the_database_does_not_take_is_not_called_stored(
    shop_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(shop_app)
    review = client.post("/widerruf", data=TYPED).text

    def full(*_: Any, **__: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(returns, "declare", full)
    fields = {field: hidden(review, field) for field in (*TYPED, "schluessel")}
    answer = client.post("/widerruf/bestaetigen", data=fields)
    told = words(answer.text)
    assert answer.status_code == 503
    assert "Ihr Widerruf ist noch nicht bei uns angekommen" in told
    assert "Verloren geht dabei nichts" not in told
    assert 'href="/impressum"' in answer.text


def test_b03_a_part_that_is_no_more_does_not_become_the_whole_contract(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    token = place_order(client).removeprefix("/bestellung/")
    ticked = TYPED | {"bestellung": token, "teil-999-999-999": "1", "schluessel": "k" * 20}
    answer = client.post("/widerruf/bestaetigen", data=ticked)
    assert answer.status_code == 409
    assert "Ihre Bestellung hat sich gerade geändert" in words(answer.text)
    assert _withdrawals(shop_app) == []


@pytest.mark.postgres
def test_b02_no_sign_makes_the_database_refuse_a_declaration(postgres_database: Database, tmp_path: Path) -> None:
    app = create_shop(read_settings(tmp_path, {"DATABASE_URL": postgres_database.url}), clock=lambda: NOW)
    visitor = another_visitor(app)
    typed = TYPED | {"name": "Erika\x00\x1b Käufer", "bestellung": "a\x00", "extent": "eins\r\nzwei"}
    receipt = visitor.get(_declare(visitor, visitor.post("/widerruf", data=typed).text)).text
    assert "Erika Käufer" in receipt
    assert visitor.get("/widerruf?bestellung=%00").status_code == 200
    app.extensions["dorfladen"].database.close()


def hidden_value(page: str, name: str) -> str:
    """What a text field holds."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def _declare(client: FlaskClient, review: str) -> str:
    fields = re.findall(r'type="hidden" name="([^"]+)"', review[review.index("/widerruf/bestaetigen") :])
    answer = client.post("/widerruf/bestaetigen", data={field: hidden(review, field) for field in fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _neutral(page: str, number: str) -> str:
    """A page without what the visitor typed herself and without the random key."""
    return re.sub(r"[\w-]{32}", "KEY", page.replace(number, "NUMBER"))


def _number_of(page: str) -> str:
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", page)
    assert found
    return found[0]


def _withdrawals(app: Flask) -> list[Withdrawal]:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        return list(session.exec(select(Withdrawal).order_by(col(Withdrawal.id))).all())


def _letters(app: Flask) -> list[str]:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        return list(session.exec(select(Letter.kind).order_by(col(Letter.id))).all())
