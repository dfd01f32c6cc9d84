"""Placing an order: the cart as the shopper confirmed it is copied, its goods are held, its letters owed."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from catalog import holds
from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import german_day
from catalog.units import Unit
from catalog.vat import Taxation
from checkout import cart as carts
from checkout import (
    contents,
    crediting,
    gift_sales,
    lots,
    numbers,
    orders,
    outbox,
    pickup,
    redeeming,
    signals,
    tax_proofs,
    trusted,
)
from checkout.cart import Cart, CartGift
from checkout.contents import CartItem
from checkout.customers import FIELDS, CheckoutDetails
from checkout.orders import SHOPPER, Order, OrderLine, State, wanted_by
from checkout.redeeming import Code
from checkout.shipping import PICKUP
from checkout.totals import Totals
from checkout.trusted import TrustedBuyer


@dataclass(frozen=True)
class TextVersions:
    """The ids of the legal texts (shop pages) that hold when an order is placed."""

    terms: int
    withdrawal: int
    privacy: int


@dataclass(frozen=True)
class Placing:
    """What the door knows about an order beside cart, details and totals.

    `checkout_key`, `seen_total_cents` and `seen_notices` (see contents.notices) come from the page that
    the shopper confirmed;
    `payment` and `first_state` from the chosen PaymentMethod; goods are held until `reserved_until`
    (None: until the order is cancelled), and she is told to transfer the money until `pay_by`. `now` is the
    moment of the request. `codes` are those of the cart (see redeeming), and `seen_to_pay_cents` what their gift
    vouchers were to leave to pay; None where there are none.
    `taken_by` is who has taken the order at the telephone, "" for a shopper who ordered herself.
    `seen_prices` are those of each line (see contents.price_list; None: only the total counts), `browser` is the
    secret of the shopper's (see cart.page_key).
    `buyer` is who buys by invoice, else None. `guarantee_notice` is the official notice that the page showed, a file
    in artwork/.
    `cheapest_shipping_cents`: see Order.
    """

    checkout_key: str
    seen_total_cents: int
    payment: str
    first_state: State
    is_small_business: bool
    versions: TextVersions
    reserved_until: datetime | None
    now: datetime
    seen_notices: str = ""
    codes: Sequence[Code] = ()
    seen_to_pay_cents: int | None = None
    gifts: Sequence[CartGift] = ()
    pay_by: date | None = None
    taken_by: str = ""
    seen_prices: str | None = None
    browser: str = ""
    buyer: TrustedBuyer | None = None
    guarantee_notice: str = ""
    cheapest_shipping_cents: int | None = None


TAKEN_BY_PHONE = "telefonisch aufgenommen"  # the note of the first event of such an order
_VOUCHER_CHANGED = (
    "Inzwischen hat sich geändert, was mit Ihrem Gutschein bezahlt wird. Bitte prüfen Sie Ihre Bestellung noch einmal."
)
_LOTS_CHANGED = (
    "Inzwischen hat sich geändert, aus welchen Farbpartien Ihre Ware kommt. "
    "Bitte prüfen Sie Ihre Bestellung noch einmal."
)


class EmptyCart(Refusal):
    """There is nothing to order."""


class CartChanged(Refusal):
    """The cart is not the one that the shopper confirmed: it must be shown again."""


class PriceChanged(CartChanged):
    """The total is not the one that the shopper saw: it must be shown again."""


class LotsChanged(CartChanged):
    """The balls of a line come from other dye lots than the shopper was told: it must be shown again."""


class NotBuyable(Refusal):
    """A line can no longer be bought as it stands; `variant_id` and `sku` name it."""

    def __init__(self, sentence: str, variant_id: int, sku: str) -> None:
        super().__init__(sentence)
        self.variant_id = variant_id
        self.sku = sku


def place(
    session: Session,
    cart: Cart,
    details: CheckoutDetails,
    items: Sequence[CartItem],
    totals: Totals,
    placing: Placing,
) -> Order:
    """Turn the cart into an order: copy, hold the goods, owe the letters, empty the cart. Flushes.

    All or nothing, in a savepoint of the caller's transaction. Idempotent by
    `placing.checkout_key`: a double click gets the same order again. `details` must be without
    `customers.problems`. Owes "order_received" to the shopper and "order_for_owner" to the owner.
    Raises EmptyCart, CartChanged, PriceChanged, LotsChanged, NotBuyable, crediting.AlreadyCredited, or
    redeeming.CodeGone, trusted.OverLimit or stock.OutOfStock.
    """
    carts.lock(session, cart)
    standing = session.exec(select(Order).where(Order.checkout_key == placing.checkout_key)).first()
    if standing is not None:
        return standing
    _check(cart, items, totals, placing)
    with session.begin_nested():
        order = _copy(session, details, items, totals, placing)
        _hold(session, order, items, placing)
        gift_sales.record(session, order, placing.gifts)
        redeeming.record(session, order, placing.codes, placing.now)
        if placing.buyer is not None:
            trusted.claim(session, order)
        pickup.promise(session, order, placing.now)
        crediting.record(session, order, [credit for item in items for credit in item.credits])
        outbox.queue(session, "order_received", f"order:{order.id}", order.email, placing.now)
        outbox.queue(session, "order_for_owner", f"order:{order.id}", outbox.OWNER, placing.now)
        redeeming.forget(session, cart)
        carts.empty(session, cart, placing.now)
        note = TAKEN_BY_PHONE if placing.taken_by else ""
        orders.remark(session, order, order.state, note, now=placing.now, author=placing.taken_by or SHOPPER)
        tax_proofs.ask(session, order, now=placing.now, author=placing.taken_by or SHOPPER)
        signals.order_placed.send(order, session=session)
    return order


def _check(cart: Cart, items: Sequence[CartItem], totals: Totals, placing: Placing) -> None:
    if not items and not placing.gifts:
        raise EmptyCart("Ihr Warenkorb ist leer. Bitte legen Sie zuerst etwas hinein.")
    if carts.page_key(cart, placing.browser) != placing.checkout_key:
        raise CartChanged("Ihr Warenkorb hat sich inzwischen geändert. Bitte prüfen Sie ihn noch einmal.")
    for item in items:
        if item.problem:
            raise NotBuyable(f"{item.name}: {item.problem}", item.variant_id, item.sku)
    if totals.total_cents != placing.seen_total_cents:
        raise PriceChanged(
            f"Der Gesamtpreis hat sich inzwischen geändert: von {format_cents(placing.seen_total_cents)} "
            f"auf {format_cents(totals.total_cents)}. Bitte prüfen Sie Ihre Bestellung noch einmal."
        )
    if placing.seen_prices not in (None, contents.price_list(items, totals.shipping_cents)):
        raise PriceChanged(
            "Einzelne Preise haben sich inzwischen geändert. Bitte prüfen Sie Ihre Bestellung noch einmal."
        )
    seen_cents = totals.total_cents if placing.seen_to_pay_cents is None else placing.seen_to_pay_cents
    if redeeming.to_pay_cents(totals.total_cents, placing.codes) != seen_cents:
        raise PriceChanged(_VOUCHER_CHANGED)
    if contents.notices(items) != placing.seen_notices:
        raise LotsChanged(_LOTS_CHANGED)


def _hold(session: Session, order: Order, items: Sequence[CartItem], placing: Placing) -> None:
    """Hold the goods from just the dye lots that the shopper was told. Raises OutOfStock, LotsChanged."""
    holds.hold(session, order.number, wanted_by(items), now=placing.now)
    held = lots.split_of(session, order.number)
    by_the_piece = [item for item in items if item.unit is Unit.PIECE and not item.is_sample]
    if any(item.lots != lots.told(held.get(item.variant_id, ())) for item in by_the_piece):
        raise LotsChanged(_LOTS_CHANGED)


def _copy(
    session: Session, details: CheckoutDetails, items: Sequence[CartItem], totals: Totals, placing: Placing
) -> Order:
    contact = {field: getattr(details, field) for field in _contact_fields(details)}
    order = Order(
        number=numbers.new(),
        token=secrets.token_urlsafe(32),
        checkout_key=placing.checkout_key,
        state=_first_state(totals, placing).value,
        placed_at=placing.now,
        reserved_until=placing.reserved_until,
        pay_by=placing.pay_by,
        buyer_id=placing.buyer.id if placing.buyer else None,
        days_to_pay=placing.buyer.days_to_pay if placing.buyer else None,
        delivery=details.delivery,
        payment=placing.payment,
        goods_cents=totals.goods_cents,
        discount_cents=totals.discount_cents,
        gift_cents=gift_sales.cents_of(placing.gifts),
        shipping_cents=totals.shipping_cents,
        total_cents=totals.total_cents,
        vat_country=totals.taxation.country,
        vat=[asdict(share) for share in totals.vat],
        vat_category=totals.taxation.category,
        business_declared_at=placing.now if details.business else None,
        is_small_business=placing.is_small_business,
        terms_version=placing.versions.terms,
        withdrawal_version=placing.versions.withdrawal,
        privacy_version=placing.versions.privacy,
        guarantee_notice=placing.guarantee_notice,
        cheapest_shipping_cents=placing.cheapest_shipping_cents,
        **contact,
    )
    session.add(order)
    session.flush()
    assert order.id is not None
    session.add_all(
        [_line(order.id, position, item, placing, totals.taxation) for position, item in enumerate(items, start=1)]
    )
    session.flush()
    return order


def _first_state(totals: Totals, placing: Placing) -> State:
    """What costs nothing (a free sample fetched in the store), or is paid by gift vouchers, waits for no money."""
    is_free = totals.total_cents == 0 and placing.first_state is State.AWAITING_PAYMENT
    is_paid = totals.total_cents > 0 and redeeming.to_pay_cents(totals.total_cents, placing.codes) == 0
    return State.PAID if is_free or is_paid else placing.first_state


def _contact_fields(details: CheckoutDetails) -> set[str]:
    """What of the details goes into the order: with pickup, an address typed before stays behind."""
    address = {"company", "street", "postal_code", "city", "country"}
    return (
        set(FIELDS)
        - {"delivery", "payment", "sample_order", "customer_number", "business"}
        - (address if details.delivery == PICKUP else set())
    )


def _line(order_id: int, position: int, item: CartItem, placing: Placing, taxation: Taxation) -> OrderLine:
    on = german_day(placing.now)
    return OrderLine(
        order_id=order_id,
        position=position,
        variant_id=item.variant_id,
        sku=item.sku,
        name=item.name,
        options=item.options,
        unit=item.unit.value,
        pieces=item.pieces,
        quantity=item.quantity,
        price_cents=item.price.cents,
        line_cents=item.line_cents,
        base_price=item.base_price,
        vat_permille=0 if placing.is_small_business else taxation.permille(item.vat_class, on),
        fibres=item.fibres,
        essentials=" · ".join(f"{label}: {value}" for label, value in item.essentials),
        delivery_time=item.delivery_time,
        picture_hash=item.picture_hash,
        is_sample=item.is_sample,
        credit_cents=item.credit_cents,
        discount_cents=item.discount_cents,
        notice=item.notice,
        warnings=item.warnings,
        guarantee=item.guarantee,
        guarantee_terms=item.guarantee_terms,
        guarantee_label=item.guarantee_label,
        withdrawal=item.withdrawal,
        withdrawal_note=item.withdrawal_note,
    )
