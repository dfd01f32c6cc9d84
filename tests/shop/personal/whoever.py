"""Somebody who has done everything that the shop can keep a row about, and her namesake's opposite who did as well."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Table
from sqlmodel import AutoString, Session, SQLModel, select

from catalog.times import UtcDateTime
from checkout.bank.bookings import BankBooking, BankFile
from checkout.cart import Cart
from checkout.customers import CheckoutDetails
from checkout.gift_vouchers import GiftVoucher
from checkout.invoices import Invoice, InvoicePaper
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.payments import Payment, PaymentAttempt, StripeEvent
from checkout.refunds import Refund
from checkout.returns import Withdrawal
from checkout.trusted import TrustedBuyer
from checkout.vouchers import Voucher
from shop import throttle
from shop.newsletter.issues import NewsletterIssue
from shop.newsletter.subscriptions import Subscription
from shop.personal import holdings, words
from shop.personal.archive import LockedRow
from tests.make import NOW, make_fabric

from catalog.search.misses import SearchMiss  # isort: skip

KEY = "k" * 40
LONG_AGO = NOW - timedelta(days=60)
# Rows of the archive itself come with a lock, not with a person.
MADE_BY_LOCKING = {"lockedrow", "archivelook"}

_NOT_HERS = words.SILENT | {"type"}  # what the shop's people and the program itself write


class Traces:
    """A person, and a row of hers in each table that holds personal data; every text of it bears her marks."""

    def __init__(self, session: Session, name: str, email: str, phone: str, street: str) -> None:
        self.session, self.name, self.email, self.phone, self.street = session, name, email, phone, street
        self.made: dict[str, Any] = {}
        for table in _parents_first():
            self.made[table.name] = self._make(table)

    @property
    def marks(self) -> tuple[str, ...]:
        """What must be found nowhere but where it has to be kept."""
        return self.name, self.email, self.phone, self.street

    def _make(self, table: Table) -> Any:
        model = next(held.table for held in holdings.ALL if held.table.__tablename__ == table.name)
        values = {column.name: self._value(table, column) for column in table.columns if column.name != "id"}
        values |= self._facts(model)
        if "id" in table.columns and _is_text(table.columns["id"]):
            values["id"] = f"evt-{hash(self.email)}"
        row = model(**values)
        self.session.add(row)
        self.session.flush()
        return row

    def _value(self, table: Table, column: Column[Any]) -> Any:
        if column.foreign_keys:
            return self._named(next(iter(column.foreign_keys)).column.table.name, column)
        unique = column.unique or column.primary_key
        if isinstance(column.type, JSON):
            return []
        if isinstance(column.type, Boolean):
            return False
        if isinstance(column.type, UtcDateTime):
            return LONG_AGO
        if isinstance(column.type, Date):
            return date(2026, 9, 1)
        if isinstance(column.type, Integer):
            return 1
        own = f"{hash(self.email) % 1_000_000}-{table.name}-{column.name}"
        text = own if unique else "Anna" if column.name in _NOT_HERS else self.name
        return text[: getattr(column.type, "length", None)]

    def _named(self, table: str, column: Column[Any]) -> Any:
        if table in self.made:
            return self.made[table].id
        first: int | None = self.session.scalars(select(SQLModel.metadata.tables[table].c.id).limit(1)).first()
        return first

    def _facts(self, model: type[SQLModel]) -> dict[str, Any]:
        """What makes a row hers, and fit for its table."""
        order = self.made.get("order")
        contact = {"name": self.name, "email": self.email, "phone": self.phone, "street": self.street}
        facts: dict[type[SQLModel], dict[str, Any]] = {
            Order: contact | {"state": "shipped", "number": self.number, "is_small_business": False, "attention": "",
                              "total_cents": 0, "paid_cents": 0, "refunded_cents": 0, "disputed_cents": 0,
                              "kept_cents": 0, "reduced_cents": 0, "delivery": "Paket", "payment": "transfer"},
            CheckoutDetails: contact | {"country": "DE", "billing_country": "DE"},
            Cart: {"updated_at": NOW},
            Withdrawal: {"email": self.email, "outcome": "done"},
            TrustedBuyer: {"email": self.email, "name": self.name, "is_active": True},
            Subscription: {"email": self.email, "confirmed_at": LONG_AGO, "ended_at": None, "wording": 1},
            Letter: {"reason": f"order:{order.id}" if order else "", "recipient": self.email, "sent_at": LONG_AGO},
            BankBooking: {"key": f"key-{self.email}"[:40], "twin_id": None},
            Payment: {"reference": f"key-{self.email}"[:40] + "/A"},
            PaymentAttempt: {"session_id": f"cs_{self.email}"},
            StripeEvent: {"body": f'{{"customer": "{self.email} {self.name}"}}', "done_at": LONG_AGO},
            SearchMiss: {"words": f"Kissen {self.name}"},
            Refund: {"state": "done"},
            Invoice: {"kind": "invoice", "refers_to_id": None, "document": f"{contact}"},
            InvoicePaper: {"form": "pdf"},
            GiftVoucher: {"for_whom": self.name},
            throttle.Occurrence: {"who": throttle.hashed(f"mail:{self.email}", KEY), "about": ""},
            LockedRow: {"table_name": "order", "row_id": order.id if order else 0},
        }  # fmt: skip
        special = {"cartcode": {"gift_id": None}, "paymentattempt": {}, "newslettercopy": {}}
        return facts.get(model, {}) | special.get(str(model.__tablename__), {}) | self._state(model)

    def _state(self, model: type[SQLModel]) -> dict[str, Any]:
        return {"state": "won"} if model.__tablename__ == "dispute" else {}

    @property
    def number(self) -> str:
        """Her order's number."""
        from checkout import numbers

        code = "2345678" if self.email.startswith("w") else "ABCDEFG"
        return f"{code[:4]}-{code[4:]}{numbers.check_letter(code)}"


def furnish(session: Session) -> None:
    """What rows of persons hang on without being hers: goods, a statement, a voucher, a newsletter."""
    make_fabric(session)
    session.add_all([
        BankFile(digest="d", format="camt", imported_at=LONG_AGO, author="Anna"),
        Voucher(key="HERBST", code="HERBST", cents=500, created_at=LONG_AGO, author="Anna"),
        NewsletterIssue(subject="Herbst", body="Neue Wolle", changed_at=LONG_AGO, author="Anna"),
    ])  # fmt: skip
    session.flush()


def _parents_first() -> Iterator[Table]:
    held = {str(each.table.__tablename__) for each in holdings.ALL} - MADE_BY_LOCKING
    return (table for table in SQLModel.metadata.sorted_tables if table.name in held)


def texts(session: Session) -> Iterator[tuple[str, str]]:
    """Each text that stands in any table, with the table's name."""
    for table in SQLModel.metadata.sorted_tables:
        wanted = [column for column in table.columns if _is_text(column) or isinstance(column.type, JSON)]
        for row in session.execute(table.select().with_only_columns(*wanted)) if wanted else ():
            yield from ((table.name, str(value)) for value in row if value is not None)


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, String | AutoString)
