"""Vouchers at the desk: gift vouchers sold, printed, taken in the store; codes made, changed, blocked."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import categories
from checkout.gift_vouchers import GiftMovement, GiftVoucher
from checkout.vouchers import Voucher, VoucherGoods
from shop import profile
from tests.checkout.ordering import id_of
from tests.checkout.vouchering import make_gift, make_voucher
from tests.make import make_variant
from tests.shop.storefront.selling import hidden, words

Write = Callable[[], Any]
ROOM = "/backoffice/gutscheine"


def test_a_gift_voucher_is_sold_and_printed(owner: FlaskClient, write: Write) -> None:
    made = owner.post(f"{ROOM}/geschenk", data={"betrag": "25", "fuer": "Änne", "notiz": "von Frau Huber"})
    page = owner.get(made.headers["Location"])
    text = words(page.text)
    assert "Noch 25,00 € von 25,00 €, für Änne" in text
    assert "gilt bis zum 31.12.2029" in text
    pdf = owner.get(made.headers["Location"] + "/druck")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    with write() as session:
        gift = session.exec(select(GiftVoucher)).one()
        assert (gift.cents, gift.balance_cents, gift.author, gift.order_id) == (2500, 2500, "Anna", None)


@pytest.mark.parametrize("amount", ["", "0", "1000,01", "viel"])
def test_not_every_amount_can_be_given(owner: FlaskClient, write: Write, amount: str) -> None:
    assert owner.post(f"{ROOM}/geschenk", data={"betrag": amount}).status_code == 422
    with write() as session:
        assert session.exec(select(GiftVoucher)).first() is None


def test_what_is_bought_in_the_store_comes_off_the_balance(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        gift_id = id_of(make_gift(session, 2500))
    assert owner.post(f"{ROOM}/geschenk/{gift_id}/einloesung", data={"betrag": "10,50"}).status_code == 303
    too_much = owner.post(f"{ROOM}/geschenk/{gift_id}/einloesung", data={"betrag": "20"})
    assert too_much.status_code == 422
    assert "nur 14,50 €" in words(too_much.text)
    with write() as session:
        assert [each.cents for each in session.exec(select(GiftMovement)).all()] == [2500, -1050]


def test_a_double_click_takes_it_off_once(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        gift_id = id_of(make_gift(session, 2500))
    form = {"betrag": "10,50", "bisher": hidden(owner.get(f"{ROOM}/geschenk/{gift_id}").text, "bisher")}
    assert owner.post(f"{ROOM}/geschenk/{gift_id}/einloesung", data=form).status_code == 303
    again = owner.post(f"{ROOM}/geschenk/{gift_id}/einloesung", data=form)
    assert again.status_code == 422
    assert "schon etwas abgezogen: Es sind noch 14,50 € darauf" in words(again.text)
    with write() as session:
        assert [each.cents for each in session.exec(select(GiftMovement)).all()] == [2500, -1050]


def test_a_lost_one_is_blocked_and_freed(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        gift_id = id_of(make_gift(session))
    owner.post(f"{ROOM}/geschenk/{gift_id}/sperre")
    assert "gesperrt am" in words(owner.get(f"{ROOM}/geschenk/{gift_id}").text)
    owner.post(f"{ROOM}/geschenk/{gift_id}/sperre")
    assert "gilt bis zum" in words(owner.get(f"{ROOM}/geschenk/{gift_id}").text)


def test_gift_vouchers_are_found_by_code_and_name(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        code = make_gift(session, for_whom="Änne").code
        make_gift(session, for_whom="Berta")
    for wanted in (code.lower(), code[-4:], "Änne"):
        text = words(owner.get(ROOM, query_string={"suche": wanted}).text)
        assert "für Änne" in text
        assert "Berta" not in text


def test_a_code_is_made_with_its_conditions(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        wool = id_of(categories.at_path(session, ["Wolle"]))
        button = make_variant(session, sku="KNOPF-1").product_id
    form = {
        "code": "sommer10", "prozent": "10", "ab-wert": "30", "bis": "2026-12-31", "hoechstens": "50", "einmal": "ja",
        "abteilung": str(wool), "artikel": "KNOPF-1", "notiz": "Dorfblatt",
    }  # fmt: skip
    made = owner.post(f"{ROOM}/rabatt", data=form)
    assert made.status_code == 303, made.text
    with write() as session:
        voucher = session.exec(select(Voucher)).one()
        assert (voucher.code, voucher.percent, voucher.least_cents, voucher.most_uses) == ("SOMMER10", 10, 3000, 50)
        assert (voucher.once_per_person, voucher.is_limited, str(voucher.valid_until)) == (True, True, "2026-12-31")
        goods = session.exec(select(VoucherGoods.category_id, VoucherGoods.product_id)).all()
        assert set(goods) == {(wool, None), (None, button)}
    page = owner.get(made.headers["Location"]).text
    assert 'value="2026-12-31"' in page
    assert "KNOPF-1" in page


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"prozent": "10", "betrag": "5"}, "entweder Prozent oder einen Betrag"),
        ({"code": "AB", "prozent": "10"}, "mindestens 4"),
        ({"prozent": "101"}, "von 1 bis 100"),
        ({"prozent": "10", "artikel": "GIBTS-NICHT"}, "GIBTS-NICHT"),
        ({"prozent": "10", "ab": "2026-12-31", "bis": "2026-12-01"}, "vor dem ersten"),
        ({"prozent": "10", "code": "SOMMER10"}, "gibt es schon"),
    ],
)
def test_what_does_not_fit_is_said(owner: FlaskClient, write: Write, form: dict[str, str], field: str) -> None:
    with write() as session:
        make_voucher(session)
    answer = owner.post(f"{ROOM}/rabatt", data=form)
    assert answer.status_code == 422
    assert field in words(answer.text)
    with write() as session:
        assert len(session.exec(select(Voucher)).all()) == 1


def test_a_code_left_empty_is_thrown_by_dice(owner: FlaskClient, write: Write) -> None:
    assert owner.post(f"{ROOM}/rabatt", data={"betrag": "5"}).status_code == 303
    with write() as session:
        assert len(session.exec(select(Voucher)).one().key) == 12


def test_conditions_are_changed_and_a_code_is_blocked(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        voucher_id = id_of(make_voucher(session, uses=3))
    refused = owner.post(f"{ROOM}/rabatt/{voucher_id}", data={"prozent": "10", "hoechstens": "2"})
    assert "schon 3-mal" in words(refused.text)
    owner.post(f"{ROOM}/rabatt/{voucher_id}", data={"prozent": "15", "hoechstens": "5"})
    owner.post(f"{ROOM}/rabatt/{voucher_id}/sperre")
    with write() as session:
        voucher = session.exec(select(Voucher)).one()
        assert (voucher.percent, voucher.most_uses, voucher.blocked_by) == (15, 5, "Anna")
    text = words(owner.get(ROOM).text)
    assert "SOMMER10: 15 % 3-mal eingelöst von 5" in text
    assert "gesperrt" in text


def test_strangers_see_nothing_of_it(client: FlaskClient, with_account: None, write: Write) -> None:
    with write() as session:
        gift_id = id_of(make_gift(session))
    for path in (ROOM, f"{ROOM}/geschenk/{gift_id}", f"{ROOM}/geschenk/{gift_id}/druck", f"{ROOM}/rabatt/neu"):
        assert client.get(path).status_code in (302, 303)


def test_selling_online_is_switched_on_within_limits(owner: FlaskClient, write: Write) -> None:
    refused = owner.post(f"{ROOM}/verkauf", data={"verkaufen": "ja", "mindestens": "50", "bis-zu": "20"})
    assert refused.status_code == 422
    owner.post(f"{ROOM}/verkauf", data={"verkaufen": "ja", "mindestens": "20", "bis-zu": "200"})
    with write() as session:
        terms = profile.load(session).gift_terms
    assert (terms.is_sold, terms.least_cents, terms.most_cents) == (True, 2000, 20_000)
    assert "Im Online-Shop verkaufen: ja" in words(owner.get(ROOM).text)
