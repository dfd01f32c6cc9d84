"""Rules about businesses as buyers and about exports: kept as the shop stands, told when something breaks them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from checkout import fulfilment, tax_proofs, wordings
from checkout.orders import Order
from shop.law.rules import WARNING
from tests.checkout.ordering import make_order, pay
from tests.make import NOW
from tests.shop.law.looking import break_page, faults, rule

Write = Callable[[], Any]
BOX = '<input type="checkbox" name="business" value="ja">'


def test_d17_nobody_is_a_business_without_having_said_so(shop_app: Flask, write: Write) -> None:
    assert faults(shop_app, "D17") == []
    with write() as session:
        make_order(session).buyer_vat_id = "ATU12345675"
    assert ["ohne dass der Käufer das erklärt hat" in each for each in faults(shop_app, "D17")] == [True]
    with write() as session:
        session.exec(select(Order)).one().business_declared_at = NOW
    assert faults(shop_app, "D17") == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (BOX, "", "fehlt das leere Kästchen"),
        (BOX, BOX.replace(">", " checked>"), "fehlt das leere Kästchen"),
        (BOX, BOX + '<input type="hidden" name="business" value="ja">', "ohne dass sie es ankreuzen"),
        (wordings.FOR_A_BUSINESS, "Firma", "fehlt der Satz"),
    ],
)
def test_d17_a_theme_that_makes_businesses_of_consumers_is_told(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    break_page(monkeypatch, shop_app, "checkout", old, new)
    assert any(told in each for each in faults(shop_app, "D17"))


def test_e17_an_export_without_proof_is_told_after_sixty_days(shop_app: Flask, write: Write) -> None:
    with write() as session:
        order = make_order(session)
        order.vat_category, order.country = "G", "CH"
        pay(session, order)
        fulfilment.ship(session, order, carrier="DHL", tracking="", now=NOW, author="x")
    day = NOW.date() + timedelta(days=60)
    assert faults(shop_app, "E17", day) == []
    assert ["Ausfuhrnachweis" in each for each in faults(shop_app, "E17", day + timedelta(days=1))] == [True]
    assert rule("E17").severity == WARNING
    with write() as session:
        order = session.exec(select(Order)).one()
        tax_proofs.note(session, order, tax_proofs.LEFT_THE_EU, NOW.date(), "MRN", now=NOW, author="x")
    assert faults(shop_app, "E17", day + timedelta(days=1)) == []
