"""Who gets personal data follows from what is switched on; what the owner notes about them is kept."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from checkout.payments.registry import load as load_payments
from checkout.rates import ShippingMethod, ShippingRate
from shop import processors
from shop.app import surroundings
from shop.db import Database
from shop.processors import Recipient
from shop.profile import Profile
from shop.settings import Settings
from tests.make import NOW


@pytest.fixture
def told(session: Session, settings: Settings, shared_database: Database) -> "Told":
    """Ask a shop whose settings and profile a test changes."""
    return Told(session, settings, shared_database)


class Told:
    """The recipients of a shop, by key."""

    def __init__(self, session: Session, settings: Settings, database: Database) -> None:
        self.session, self.settings, self.database, self.profile = session, settings, database, Profile()

    def __call__(self, **settings: Any) -> dict[str, Recipient]:
        changed = replace(self.settings, **settings)
        ways = load_payments(surroundings(changed, self.database))
        return {each.key: each for each in processors.of(self.session, self.profile, changed, ways)}


def test_a_bare_shop_has_a_server_backups_and_a_tax_office(told: Told) -> None:
    assert set(told()) == {"host", "backup", "tax"}


def test_each_part_that_is_switched_on_brings_its_recipient(told: Told) -> None:
    told.profile = Profile(owner_name="Petra", iban="DE89370400440532013000")
    found = told(
        smtp_url="smtp://u:p@post.example:587", stripe_secret_key="sk_test_1", stripe_webhook_secrets="whsec_1"
    )
    assert {"mail", "bank", "stripe"} <= set(found)
    assert "post.example" in found["mail"].sentence
    assert found["mail"].is_processor
    assert not found["stripe"].is_processor


def test_carriers_are_those_of_the_table(told: Told, session: Session) -> None:
    session.add_all([
        ShippingMethod(name="Paket", carrier="dhl"),
        ShippingMethod(name="Rad", kind="own"),
        ShippingMethod(name="Unbenutzt", carrier="gls"),
        *(ShippingRate(name=name, country="DE", price_cents=490) for name in ("Paket", "Rad")),
    ])  # fmt: skip
    session.flush()
    assert {key for key in told() if key.startswith("carrier")} == {"carrier-dhl"}
    session.add(ShippingRate(name="Brief", country="DE", price_cents=200))
    session.flush()
    assert {key for key in told() if key.startswith("carrier")} == {"carrier-dhl", "carrier"}


def test_a_contract_is_due_until_its_day_or_a_reason_is_noted(told: Told, session: Session) -> None:
    assert told()["host"].lacks_contract
    assert not told()["tax"].lacks_contract
    _note(session, agreed_on=date(2026, 3, 1))
    assert not told()["host"].lacks_contract
    _note(session, no_contract="steht bei mir zu Hause")
    assert (told()["host"].lacks_contract, told()["host"].name) == (False, "Rechenhof GmbH")


def test_the_owner_enters_others_and_strikes_them_out(told: Told, session: Session) -> None:
    for _ in range(2):
        processors.enter(session, label="Buchhaltung", gets="Rechnungen", is_processor=True, now=NOW, author="Anna")
    assert [key for key in told() if key.startswith("other-")] == ["other-1", "other-2"]
    assert told()["other-1"].sentence == "Buchhaltung: Rechnungen"
    processors.strike_out(session, "other-1")
    _note(session, agreed_on=date(2026, 3, 1))
    processors.strike_out(session, "host")
    assert [key for key in told() if key.startswith("other-")] == ["other-2"]
    assert told()["host"].agreed_on, "only her own entries can be struck out"


def _note(session: Session, agreed_on: date | None = None, no_contract: str = "") -> None:
    processors.note(session, "host", name="Rechenhof GmbH", agreed_on=agreed_on, no_contract=no_contract, now=NOW,
                    author="Anna")  # fmt: skip
