import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from checkout.outbox import Letter
from checkout.returns import Withdrawal
from shop import jobs
from shop.context import Shop
from tests.shop.storefront.selling import hidden, open_shop, place_order, words

TYPED = {"name": "Erika Käufer", "email": "erika@kundin.example", "which_order": "der Jersey von letzter Woche"}


def test_a_withdrawal_is_read_again_and_then_declared(shop_app: Flask, client: FlaskClient) -> None:
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


def test_a_second_click_declares_nothing_new(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    review = client.post("/widerruf", data=TYPED).text
    assert _declare(client, review) == _declare(client, review)
    assert len(_withdrawals(shop_app)) == 1
    jobs.look_up_withdrawals(shop_app)
    assert _letters(shop_app) == ["withdrawal_received", "withdrawal_for_owner"]


def test_an_unknown_order_is_accepted_and_the_answer_tells_nothing(shop_app: Flask, client: FlaskClient) -> None:
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


def test_no_reason_and_no_number_is_asked_for(client: FlaskClient, shop_app: Flask) -> None:
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


def test_the_receipt_can_be_kept_as_a_text(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    address = _declare(client, client.post("/widerruf", data=TYPED).text)
    answer = client.get(f"{address}/widerruf.txt")
    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Eingang: 22.11.2026, 11:00 Uhr" in answer.text
    assert "&" not in answer.text


def test_looking_at_the_pages_declares_nothing(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    assert client.get("/widerruf").status_code == 200
    assert client.get("/widerruf/bestaetigen").status_code == 405
    assert client.get("/widerruf/eingang/unbekannt").status_code == 404
    assert _withdrawals(shop_app) == []


def test_a_shop_that_sells_nothing_yet_still_takes_withdrawals(client: FlaskClient) -> None:
    review = client.post("/widerruf", data=TYPED).text
    assert client.get(_declare(client, review)).status_code == 200


def _declare(client: FlaskClient, review: str) -> str:
    fields = ("name", "email", "which_order", "extent", "bestellung", "schluessel")
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
