"""Ein Stück oder zwei? What becomes of a length of fabric where a length of the same fabric lies in the cart."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from sqlmodel import Session

from catalog import prices
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.units import Unit, line_cents
from checkout import cart as carts
from checkout.cart import Cart
from checkout.cutting import Pieces


class Answer(StrEnum):
    """What the shopper wants."""

    ONE_PIECE = "ein"
    APART = "einzeln"


@dataclass(frozen=True)
class Way:
    """What of the fabric would lie in the cart and cost; `problem` is the sentence why it cannot be had, or ""."""

    pieces: tuple[Pieces, ...]
    cents: int
    problem: str

    @property
    def number(self) -> int:
        """How many pieces there would be."""
        return sum(number for _, number in self.pieces)


@dataclass(frozen=True)
class Question:
    """Both ways, lengths in centimetres. `standing` lies in the cart, its last line may grow to `one_length`.

    `key` says about which cart it is asked: the answer carries it.
    """

    key: str
    standing: tuple[Pieces, ...]
    wanted: Pieces
    one_length: int
    one_piece: Way
    apart: Way


def question(
    session: Session, cart: Cart, variant_id: int, *, pieces: int, quantity: int, now: datetime
) -> Question | None:
    """What to ask before so many cuts of a variant are added; None where there is nothing to ask.

    It is asked for goods by length of which something lies in the cart, if one way at least is possible:
    where none is, `cart.add` says why.
    """
    standing = tuple((line.quantity, line.pieces) for line in carts.cuts_of(session, cart, variant_id))
    if not standing or pieces < 1 or not _is_by_length(session, variant_id):
        return None
    *rest, (last_length, last_number) = standing
    one_length = last_length * last_number + quantity * pieces
    one_piece = _way(session, variant_id, [*rest, (one_length, 1)], (one_length, 1), now)
    apart = _way(session, variant_id, [*standing, (quantity, pieces)], (quantity, pieces), now)
    if one_piece.problem and apart.problem:
        return None
    return Question(cart.checkout_key, standing, (quantity, pieces), one_length, one_piece, apart)


def answer(
    session: Session,
    cart: Cart,
    variant_id: int,
    *,
    pieces: int,
    quantity: int,
    wish: Answer,
    key: str,
    now: datetime,
) -> Question | None:
    """Put the cuts into the cart as the shopper wishes; the same answer twice counts once. Flushes.

    If the cart is not the one about which was asked (`key`), nothing happens, and the question is asked
    anew: it is given back. Raises what `cart.add` raises.
    """
    carts.lock(session, cart)
    done = blake2b(f"{key} {variant_id} {pieces} {quantity} {wish}".encode(), digest_size=32).hexdigest()
    if cart.checkout_key == done:
        return None
    asked = question(session, cart, variant_id, pieces=pieces, quantity=quantity, now=now)
    if asked is not None and asked.key != key:
        return asked
    if asked is not None and wish is Answer.ONE_PIECE:
        last = carts.cuts_of(session, cart, variant_id)[-1]
        carts.change(session, cart, last.id or 0, 1, asked.one_length, now)
    else:
        carts.add(session, cart, variant_id, pieces=pieces, quantity=quantity, now=now)
    carts.changed(session, cart, now, key=done)
    return None


def _is_by_length(session: Session, variant_id: int) -> bool:
    variant = session.get(Variant, variant_id)
    product = session.get(Product, variant.product_id) if variant else None
    return product is not None and product.unit == Unit.LENGTH


def _way(session: Session, variant_id: int, pieces: Iterable[Pieces], new: Pieces, now: datetime) -> Way:
    numbers = Counter[int]()
    for length, number in pieces:
        numbers[length] += number
    everything = tuple(numbers.items())
    price = _price(session, variant_id, sum(length * number for length, number in everything), now)
    cents = sum(line_cents(price, length, Unit.LENGTH, number) for length, number in everything)
    others = [each for each in everything if each[0] != new[0]]
    length, number = new
    try:
        carts.check(
            session, variant_id, pieces=numbers[length], quantity=length, others=others,
            standing=numbers[length] - number,
        )  # fmt: skip
    except Refusal as refusal:
        return Way(everything, cents, refusal.sentence)
    return Way(everything, cents, "")


def _price(session: Session, variant_id: int, quantity: int, now: datetime) -> int:
    current = prices.current(session, [variant_id], now)[variant_id]
    return prices.for_quantity(current, prices.steps_of(session, [variant_id], now).get(variant_id, ()), quantity).cents
