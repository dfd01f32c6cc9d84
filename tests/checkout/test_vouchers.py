"""What vouchers hold for, and why one does not hold (yet)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, delete

from catalog import categories, prices
from catalog.products import ProductCategory
from catalog.vat import VatClass
from checkout import samples, vouchers
from checkout.vouchers import CodeTaken, VoucherGoods
from tests.checkout.ordering import id_of, make_cart, make_order, make_swatched
from tests.checkout.vouchering import make_voucher, product_of, weighed
from tests.make import NOW, make_product, make_variant


def test_ten_percent_off_everything(session: Session) -> None:
    basket = make_cart(session, (make_variant(session, price_cents=1990), 1, 1), (make_variant(session), 2, 1))
    [verdict] = weighed(session, basket, make_voucher(session))
    assert (verdict.by_line, verdict.problem) == ((199, 99), "")


def test_a_least_worth_says_what_is_missing(session: Session) -> None:
    basket = make_cart(session, (make_variant(session, price_cents=2580), 1, 1))
    [verdict] = weighed(session, basket, make_voucher(session, cents=500, least_cents=3000))
    assert verdict.cents == 0
    assert verdict.problem == "Er gilt ab 30,00\u00a0€ Warenwert: Es fehlen noch 4,20\u00a0€."


def test_a_department_holds_with_all_below_it(session: Session) -> None:
    wool, socks = (categories.at_path(session, path) for path in (["Wolle"], ["Wolle", "Sockenwolle"]))
    yarn, button = make_variant(session), make_variant(session)
    session.add(ProductCategory(product_id=yarn.product_id, category_id=id_of(socks)))
    session.flush()
    basket = make_cart(session, (yarn, 1, 1), (button, 1, 1))
    [verdict] = weighed(session, basket, make_voucher(session, categories=[id_of(wool)]))
    assert verdict.by_line == (50, 0)


def test_an_article_alone(session: Session) -> None:
    yarn, button = make_variant(session), make_variant(session)
    basket = make_cart(session, (yarn, 1, 1), (button, 1, 1))
    [verdict] = weighed(session, basket, make_voucher(session, products=[button.product_id]))
    assert verdict.by_line == (0, 50)


def test_a_limited_voucher_whose_goods_are_gone_holds_for_nothing(session: Session) -> None:
    button = make_variant(session)
    voucher = make_voucher(session, products=[button.product_id])
    session.exec(delete(VoucherGoods).where(col(VoucherGoods.voucher_id) == voucher.id))
    [verdict] = weighed(session, make_cart(session, (button, 1, 1)), voucher)
    assert verdict.cents == 0
    assert "gilt für nichts" in verdict.problem


def test_books_keep_their_price(session: Session) -> None:
    book = make_variant(session, make_product(session, "Stricken lernen", vat_class=VatClass.REDUCED))
    [verdict] = weighed(session, make_cart(session, (book, 1, 1)), make_voucher(session))
    assert verdict.cents == 0
    assert "feste Preise" in verdict.problem


def test_samples_are_credited_and_not_reduced(session: Session) -> None:
    fabric = make_swatched(session)
    basket = make_cart(session)
    samples.add(session, basket, id_of(fabric), samples.USUAL, NOW)
    assert weighed(session, basket, make_voucher(session))[0].cents == 0


def test_reduced_goods_can_be_spared(session: Session) -> None:
    before = NOW - timedelta(days=40)
    dear, cheap = (make_variant(session, price_cents=1000, now=before) for _ in range(2))
    prices.reduce(session, cheap, 500, starts_at=NOW, ends_at=None, now=NOW, author="test")
    basket = make_cart(session, (dear, 1, 1), (cheap, 1, 1), now=NOW + timedelta(minutes=1))
    voucher = make_voucher(session, spares_reduced=True)
    assert weighed(session, basket, voucher, now=NOW + timedelta(minutes=1))[0].by_line == (100, 0)


@pytest.mark.parametrize(
    "facts",
    [
        {"valid_from": date(2026, 11, 23)},
        {"valid_until": date(2026, 11, 21)},
        {"most_uses": 3, "uses": 3},
        {"blocked_at": NOW},
    ],
    ids=["to come", "over", "used up", "blocked"],
)
def test_what_does_not_hold_now_gives_one_sentence(session: Session, facts: dict[str, Any]) -> None:
    [verdict] = weighed(session, make_cart(session, (make_variant(session), 1, 1)), make_voucher(session, **facts))
    assert (verdict.cents, verdict.problem) == (0, "Dieser Gutschein gilt nicht mehr.")


def test_the_first_and_the_last_day_count(session: Session) -> None:
    today = make_voucher(session, valid_from=date(2026, 11, 22), valid_until=date(2026, 11, 22))
    assert weighed(session, make_cart(session, (make_variant(session), 1, 1)), today)[0].cents == 50


def test_the_best_counts_where_vouchers_do_not_combine(session: Session) -> None:
    ten, five = make_voucher(session), make_voucher(session, "FUENFER", cents=500)
    basket = make_cart(session, (make_variant(session, price_cents=2000), 1, 1))
    assert [each.cents for each in weighed(session, basket, ten, five)] == [0, 500]
    assert [each.cents for each in weighed(session, basket, five, ten)] == [500, 0]
    assert "nicht mit anderen verbinden" in weighed(session, basket, ten, five)[0].problem


def test_vouchers_that_combine_add_up(session: Session) -> None:
    ten, five = make_voucher(session, combines=True), make_voucher(session, "FUENFER", cents=500, combines=True)
    basket = make_cart(session, (make_variant(session, price_cents=2000), 1, 1))
    assert [each.cents for each in weighed(session, basket, five, ten)] == [500, 200]


def test_one_for_new_customers_is_not_for_those_who_have_ordered(session: Session) -> None:
    welcome = make_voucher(session, "HALLO", new_customers_only=True)
    basket = make_cart(session, (make_variant(session), 1, 1))
    assert weighed(session, basket, welcome, email="Erika@kundin.example")[0].cents == 50
    make_order(session)
    assert weighed(session, basket, welcome, email="Erika@kundin.example")[0].cents == 0
    assert weighed(session, basket, welcome, email="")[0].cents == 50


def test_a_person_is_her_address_without_its_plus() -> None:
    assert vouchers.person_of(" Erika+Laden@Kundin.example ") == "erika@kundin.example"


def test_a_code_stands_once(session: Session) -> None:
    make_voucher(session, "SOMMER10")
    with pytest.raises(CodeTaken):
        make_voucher(session, "Sommer-10")


def test_a_voucher_after_a_product_is_gone_is_known(session: Session) -> None:
    voucher = make_voucher(session)
    assert vouchers.find(session, "SOMMER10") is voucher
    assert product_of(session, make_variant(session)).is_published
