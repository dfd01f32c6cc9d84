"""What may be put into a cart: the sentences that say why something cannot be bought as wished."""

from collections.abc import Sequence

from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Free, remnant_limit
from catalog.units import QuantityDoesNotFit, QuantityRule, Unit, check_quantity, format_quantity
from checkout import cutting
from checkout.cutting import Pieces

MOST_PIECES = 9_999
MOST_QUANTITY = 1_000_000  # smallest units in a line: 10 km, 1 t


class NotForSale(Refusal):
    """The article is not (or no longer) offered."""


class TooMuch(Refusal):
    """More than is left, all lines of the cart together; `left` is what this line could have, in smallest units."""

    def __init__(self, sentence: str, left: int) -> None:
        super().__init__(sentence)
        self.left = left


def check(
    product: Product,
    variant: Variant,
    *,
    pieces: int,
    quantity: int,
    free: Sequence[Free] | None,
    others: Sequence[Pieces] = (),
    standing: int = 0,
) -> None:
    """Refuse `pieces` cuts of `quantity` smallest units where they cannot be bought as they stand.

    `free` are the rolls on which the variant lies, None where it lies on none; `others` is what the
    cart's other lines want of it. So many of the pieces as `standing` says lie in the cart already: the
    sentence tells the shopper, who has typed the rest only. Raises NotForSale, QuantityDoesNotFit or TooMuch.
    """
    if not (product.is_published and variant.is_active):
        raise NotForSale("Diesen Artikel verkaufen wir zurzeit nicht. Bitte nehmen Sie ihn aus dem Warenkorb.")
    rule = product.rule_of(variant)
    _check_size(rule, pieces, quantity, standing)
    wanted, others = (quantity, pieces - standing), [*others, *([(quantity, standing)] if standing else [])]
    if rule.unit is Unit.LENGTH and variant.counts_stock:
        short = cutting.shortage(free or (), rule, remnant_limit(product, variant), wanted, others)
        if short:
            raise TooMuch(short.sentence, short.left)
    else:
        _check_stock(rule.unit, variant.available, wanted, others)


def problem(
    product: Product,
    variant: Variant,
    *,
    pieces: int,
    quantity: int,
    free: Sequence[Free] | None,
    others: Sequence[Pieces] = (),
) -> str:
    """The sentence of the refusal that `check` would raise, or ""."""
    try:
        check(product, variant, pieces=pieces, quantity=quantity, free=free, others=others)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _check_size(rule: QuantityRule, pieces: int, quantity: int, standing: int) -> None:
    """Goods by the piece are counted in pieces of quantity 1, so their steps hold for the pieces."""
    is_cut = rule.unit is not Unit.PIECE
    if pieces < 1:
        raise QuantityDoesNotFit("Bitte nehmen Sie mindestens ein Stück.", (1,))
    if not is_cut and quantity != 1:
        raise QuantityDoesNotFit("Dieser Artikel wird nach Stück verkauft. Bitte geben Sie eine Menge an.", (1,))
    if pieces > MOST_PIECES or pieces * quantity > MOST_QUANTITY:
        raise TooMuch("Für so große Mengen rufen Sie uns bitte an, dann finden wir einen Weg.", MOST_QUANTITY)
    try:
        check_quantity(quantity if is_cut else pieces, rule)
    except QuantityDoesNotFit as refusal:
        if is_cut or not standing:
            raise
        lying = f"{format_quantity(standing, rule.unit)} {_lie(standing)} schon in Ihrem Warenkorb."
        raise QuantityDoesNotFit(f"{refusal.sentence} {lying}", refusal.nearest) from refusal


def _check_stock(unit: Unit, available: int | None, wanted: Pieces, others: Sequence[Pieces]) -> None:
    """For goods that lie on no rolls: all lines together must be there; `available` None is not counted."""
    elsewhere = sum(length * number for length, number in others)
    if available is None or elsewhere + wanted[0] * wanted[1] <= available:
        return
    raise TooMuch(_too_much(unit, available, elsewhere), max(available - elsewhere, 0))


def _too_much(unit: Unit, available: int, elsewhere: int) -> str:
    left = format_quantity(available, unit)
    if available <= 0:
        return "Davon ist leider nichts mehr da."
    if elsewhere:
        lie = _lie(elsewhere if unit is Unit.PIECE else 0)
        return f"Davon haben wir noch {left}, und {format_quantity(elsewhere, unit)} {lie} schon in Ihrem Warenkorb."
    return f"Davon haben wir noch {left}."


def _lie(number: int) -> str:
    return "liegt" if number == 1 else "liegen"
