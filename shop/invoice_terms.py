"""What invoices say about the shop itself, from its profile as it is this moment."""

from collections.abc import Callable, Mapping

from sqlmodel import Session

from checkout import invoicing
from checkout.documents import BankAccount, Party
from checkout.invoice_terms import Terms, is_vat_id
from checkout.payments import PaymentMethod
from shop import legal, profile
from shop.db import Database
from shop.profile import Profile


def write_along(database: Database, payments: Mapping[str, PaymentMethod]) -> None:
    """Let each transaction that makes an invoice due write it, before it commits."""
    database.at_commit(lambda session: _settle(session, reader(payments)))


def reader(payments: Mapping[str, PaymentMethod]) -> Callable[[Session], Terms]:
    """Reads the terms in a session."""
    ways = {method.key: method.label for method in payments.values()}
    return lambda session: of(profile.load(session), ways)


def of(owner: Profile, ways: Mapping[str, str]) -> Terms:
    """The terms of a profile; `ways` names the ways to pay by their keys."""
    account = owner.account
    return Terms(
        seller=seller(owner),
        account=BankAccount(account.holder, account.iban, account.bic) if account.iban else None,
        is_test=owner.is_demo,
        ways=ways,
        country_name=legal.country_name,
    )


def seller(owner: Profile) -> Party:
    """Who sells, with the shop's name above her own; a W-IdNr is no number of an invoice (§ 14 Abs. 4 Nr. 2 UStG)."""
    vat_id = owner.vat_id if is_vat_id(owner.vat_id) else ""
    return Party(
        owner.owner_name, owner.shop_name, owner.street, owner.postal_code, owner.city, owner.country, owner.email,
        owner.phone, vat_id, owner.tax_number,
    )  # fmt: skip


def _settle(session: Session, terms: Callable[[Session], Terms]) -> None:
    invoicing.settle(session, terms)
