"""The answer to a question about a line: goods, money and papers follow it in one transaction, or nothing does."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import holds, products, stock
from catalog.holds import Wanted
from catalog.movements import Why
from catalog.products import Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.units import Unit
from checkout import allowances, amendments, concessions, crediting, deliveries, fulfilment, inquiries, orders, outbox
from checkout.amendments import Goods
from checkout.deliveries import Part
from checkout.inquiries import ANSWERED, AlreadyAnswered, Inquiry
from checkout.orders import Order, OrderLine


@dataclass(frozen=True)
class Offer:
    """One of the ways out: what comes instead ([] for nothing), and how many cents less it costs.

    `ends_order` says that nothing would be left of the order then: it is cancelled, and costs nothing at all.
    `shipping_cents` of it are for shipping: nothing is sent any more where only gift vouchers are left.
    """

    number: int
    goods: list[Goods]
    less_cents: int
    ends_order: bool
    shipping_cents: int = 0


class OfferChanged(Refusal):
    """The offer is not the one that was shown: it must be shown again."""


def offers(session: Session, order: Order, inquiry: Inquiry) -> list[Offer]:
    """The ways out of a question, with what each costs less as the order stands."""
    line = session.get_one(OrderLine, inquiry.order_line_id)
    every = deliveries.deliverable(session, order)
    mine = [part for part in every if part.line.id == line.id]
    is_only_this = not any(part.left or part.gone for part in every if part.line.id != line.id)
    left = allowances.left_of(session, order)
    left_cents = left.lines[line.id or 0]
    back = deliveries.back_of(session, order)
    before = amendments.worth_cents(
        line, [(part.goods.quantity, part.goods.pieces - back[part.size]) for part in mine]
    )  # fmt: skip
    has_gone = any(part.gone for part in mine)
    gone = [(part.goods.quantity, part.gone - back[part.size]) for part in mine if part.gone]
    found = []
    for number, goods in enumerate(inquiry.offers):
        after = amendments.worth_cents(line, [*gone, *((each.quantity, each.pieces) for each in goods)])
        sends_nothing = is_only_this and not has_gone and not goods
        ends_order = sends_nothing and not order.gift_cents
        shipping_cents = left.shipping_cents if sends_nothing and not ends_order else 0
        less = order.owed_cents if ends_order else amendments.less_cents(left_cents, before, after) + shipping_cents
        found.append(Offer(number, goods, less, ends_order, shipping_cents))
    return found


def answer(
    session: Session,
    inquiry: Inquiry,
    number: int,
    *,
    seen_cents: int,
    now: datetime,
    author: str,
    note: str = "",
) -> Order:
    """Do what was chosen, all or nothing in a savepoint: exchange the goods, amend the line, lower what is owed.

    What is overpaid then is owed back; an order of which nothing is left is cancelled. Owes "inquiry_answered" to
    the owner. `seen_cents` is how much less the page said that it costs. Raises NotAllowedNow (the order has
    ended), AlreadyAnswered, OfferChanged, stock.OutOfStock (what was offered is gone meanwhile: nothing is done).
    """
    order = orders.lock(session, inquiry.order_id)
    session.refresh(inquiry)
    if not inquiry.is_open:
        raise AlreadyAnswered("Diese Frage ist schon beantwortet.")
    if order.state not in inquiries.CAN_BE_ASKED:
        raise orders.not_allowed(order)
    offer = next((each for each in offers(session, order, inquiry) if each.number == number), None)
    if offer is None or offer.less_cents != seen_cents:
        raise OfferChanged("Das Angebot hat sich inzwischen geändert. Bitte sehen Sie es noch einmal an.")
    with session.begin_nested(), products.touched_once(session):
        _carry_out(session, order, inquiry, offer, now=now, author=author, note=note)
    return order


def in_words(goods: list[Goods], unit: Unit) -> str:
    """What comes instead: "1 Stück à 1,00 m und 1 Stück à 0,50 m Jersey, Farbe: Petrol"; "weglassen"."""
    if not goods:
        return "weglassen"
    first = goods[0]
    pieces = " und ".join(deliveries.amount_in_words(each.quantity, each.pieces, unit) for each in goods)
    return f"{pieces} {first.name}" + (f", {first.options}" if first.options else "")


def answered_in_words(inquiry: Inquiry, line: OrderLine) -> str:
    """What was chosen; "" where nothing was."""
    if inquiry.outcome != ANSWERED or inquiry.choice is None:
        return ""
    return in_words(inquiry.offers[inquiry.choice], Unit(line.unit))


def _carry_out(
    session: Session, order: Order, inquiry: Inquiry, offer: Offer, *, now: datetime, author: str, note: str
) -> None:
    line = session.get_one(OrderLine, inquiry.order_line_id)
    mine = [part for part in deliveries.deliverable(session, order) if part.line.id == line.id]
    _exchange(session, order, line, inquiry, mine, offer.goods, now=now, author=author)
    gone = [part.with_pieces(part.gone).goods for part in mine if part.gone]
    amendments.amend(session, order, line, [*gone, *offer.goods], reason=inquiry.happened, now=now, author=author)
    inquiries.end(session, inquiry, ANSWERED, choice=offer.number, now=now, author=author, note=note)
    told = f"{line.name}: {in_words(offer.goods, Unit(line.unit))}" + (f" ({note})" if note else "")
    orders.remark(session, order, "inquiry_answered", told, now=now, author=author)
    outbox.queue(session, "inquiry_answered", f"inquiry:{inquiry.id}", outbox.OWNER, now)
    if not offer.goods and not gone:
        crediting.give_back_of(session, order, line)
    if offer.ends_order:
        fulfilment.cancel(session, order, reason=inquiry.happened, now=now, author=author)
        return
    lines = {inquiry.order_line_id: offer.less_cents - offer.shipping_cents}
    key = f"inquiry-{inquiry.id}"
    concessions.concede(
        session, order, lines, shipping_cents=offer.shipping_cents, reason=f"{line.name}: {inquiry.happened}", now=now,
        author=author, key=key,
    )  # fmt: skip
    fulfilment.finish_if_all_gone(session, order, now=now, author=author)


def _exchange(
    session: Session,
    order: Order,
    line: OrderLine,
    inquiry: Inquiry,
    mine: list[Part],
    goods: list[Goods],
    *,
    now: datetime,
    author: str,
) -> None:
    """Let go of what was held or already cut for a line, and hold what comes instead. Raises OutOfStock."""
    if line.is_sample:
        return
    old = deliveries.wanted(mine)
    new = [Wanted(each.variant_id, each.quantity, each.pieces) for each in goods]
    holds.lock_goods(session, [each.variant_id for each in (*old, *new)])
    still = holds.pieces_of(session, order.number)
    uncut = [replace(each, pieces=min(each.pieces, still[each.variant_id, each.quantity])) for each in old]
    cut = [replace(each, pieces=each.pieces - held.pieces) for each, held in zip(old, uncut, strict=True)]
    holds.release(session, order.number, now=now, only=uncut)
    holds.put_back(session, order.number, now=now, author=author, note=order.number, only=cut)
    _write_off(session, line, inquiry, now=now, author=author, note=order.number)
    holds.hold(session, order.number, new, now=now)


def _write_off(session: Session, line: OrderLine, inquiry: Inquiry, *, now: datetime, author: str, note: str) -> None:
    """What the books had too much because it was promised leaves them, now that it is not promised any more."""
    if not inquiry.missing:
        return
    variant = session.get_one(Variant, line.variant_id)
    session.refresh(variant)
    roll = session.exec(select(Roll).where(col(Roll.id) == inquiry.roll_id)).first() if inquiry.roll_id else None
    if roll is not None:
        session.refresh(roll)
    free = roll.free if roll else variant.on_hand - variant.held
    away = min(inquiry.missing, free)
    if away > 0:
        stock.move(session, variant, -away, Why.COUNTED, now=now, author=author, note=note, roll=roll)
