"""Vouchers as owners make them."""

from typing import Any

from sqlmodel import Session

from catalog.products import Product
from checkout import contents, gift_vouchers, vouchers
from checkout.cart import Cart
from checkout.contents import CartItem
from checkout.gift_vouchers import GiftVoucher
from checkout.vouchers import Verdict, Voucher
from tests.make import NOW


def make_voucher(session: Session, code: str = "SOMMER10", **facts: Any) -> Voucher:
    """A voucher of ten percent off everything, unless a test says otherwise."""
    limits = {name: facts.pop(name) for name in ("categories", "products") if name in facts}
    given: dict[str, Any] = {"percent": 0 if facts.get("cents") else 10, "created_at": NOW, "author": "test"} | facts
    return vouchers.add(session, Voucher(key="", code=code, **given), **limits)


def make_gift(session: Session, cents: int = 2500, **facts: Any) -> GiftVoucher:
    """A gift voucher over 25 €."""
    given: dict[str, Any] = {"now": NOW, "author": "test"} | facts
    return gift_vouchers.issue(session, cents, **given)


def weighed(session: Session, basket: Cart, *codes: Voucher, email: str = "", **facts: Any) -> list[Verdict]:
    """What vouchers do for a cart."""
    now = facts.get("now", NOW)
    items: list[CartItem] = contents.of(session, basket, now)
    return vouchers.weigh(session, codes, items, email=email, now=now)


def product_of(session: Session, variant: Any) -> Product:
    """The article of a variant."""
    return session.get_one(Product, variant.product_id)
