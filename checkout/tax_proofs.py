"""What proves that a sale may go untaxed: the confirmed VAT number of its buyer, and that goods have left the EU."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.refusals import Refusal
from catalog.times import german_day, moment
from checkout import orders
from checkout.deliveries import Shipment
from checkout.orders import ENDED, Order
from checkout.trade import EXPORT, INTRA_EU

VAT_ID, LEFT_THE_EU = "vat_id", "export"  # kinds
LATEST = timedelta(days=60)  # after its dispatch an export should be proved
_ASKED = "Vor dem Versand bitte die USt-IdNr."


class TaxProof(SQLModel, table=True):
    """A proof that the owner has: of which kind, from which day, and where it lies; appended."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    kind: str
    proven_on: date
    noted_at: datetime = moment()
    author: str
    note: str = ""


class NotConfirmed(Refusal):
    """The VAT number of a buyer abroad has not been confirmed, so her goods may not leave untaxed."""


class NotThatDay(Refusal):
    """A proof is of a day between the order and today."""


def ask(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Let a new order without tax ask for what it needs before it may be sent. Flushes."""
    if order.vat_category == INTRA_EU:
        sentence = f"{_ASKED} {order.buyer_vat_id} beim Bundeszentralamt für Steuern bestätigen lassen."
        orders.call_attention(session, order, sentence, now=now, author=author)


def note(session: Session, order: Order, kind: str, on: date, words: str, *, now: datetime, author: str) -> TaxProof:
    """Write a proof down. Flushes. Raises NotThatDay."""
    if not german_day(order.placed_at) <= on <= german_day(now):
        raise NotThatDay("Das kann nur zwischen dem Tag der Bestellung und heute gewesen sein.")
    order = orders.lock(session, orders.id_of(order))
    proof = TaxProof(order_id=orders.id_of(order), kind=kind, proven_on=on, noted_at=now, author=author, note=words)
    session.add(proof)
    orders.remark(session, order, f"proof_{kind}", f"{on:%d.%m.%Y} {words}".strip(), now=now, author=author)
    if kind == VAT_ID:
        orders.drop_attention(
            session, order, lambda each: each.startswith(_ASKED), now=now, author=author, note="USt-IdNr. bestätigt"
        )
    return proof


def of(session: Session, order: Order) -> Sequence[TaxProof]:
    """The proofs of an order, oldest first."""
    return session.exec(select(TaxProof).where(TaxProof.order_id == order.id).order_by(col(TaxProof.id))).all()


def refuse_unconfirmed(session: Session, order: Order) -> None:
    """Raise NotConfirmed for an intra-EU supply whose buyer's VAT number nobody has confirmed yet (§ 18e UStG)."""
    if order.vat_category == INTRA_EU and not any(each.kind == VAT_ID for each in of(session, order)):
        raise NotConfirmed(
            f"Bestellung {order.number} geht ohne Steuer ins Ausland: Bitte lassen Sie zuerst die USt-IdNr. "
            f"{order.buyer_vat_id} bestätigen und tragen Sie den Tag ein."
        )


def unproved_exports(session: Session, today: date) -> list[Order]:
    """Orders that were sent untaxed to a third country more than 60 days ago, and nobody has noted a proof."""
    last = select(Shipment.order_id, func.max(Shipment.shipped_at).label("at")).group_by(col(Shipment.order_id))
    sent = last.subquery()
    proved = select(TaxProof.order_id).where(TaxProof.kind == LEFT_THE_EU)
    rows = (
        select(Order, sent.c.at)
        .join(sent, sent.c.order_id == col(Order.id))
        .where(Order.vat_category == EXPORT, col(Order.state).not_in(ENDED), col(Order.id).not_in(proved))
        .order_by(col(Order.id))
    )
    return [order for order, at in session.exec(rows).all() if german_day(at) + LATEST < today]
