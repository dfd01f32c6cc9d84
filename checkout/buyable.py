"""What may be put into a cart: the sentences that say why something cannot be bought as wished."""

from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.units import QuantityDoesNotFit, Unit, check_quantity, format_quantity

MOST_PIECES = 9_999
MOST_QUANTITY = 1_000_000  # smallest units in a line: 10 km, 1 t


class NotForSale(Refusal):
    """The article is not (or no longer) offered."""


class TooMuch(Refusal):
    """More than is left, all lines of the cart together; `left` is what this line could have, in smallest units."""

    def __init__(self, sentence: str, left: int) -> None:
        super().__init__(sentence)
        self.left = left


def check(product: Product, variant: Variant, *, pieces: int, quantity: int, elsewhere: int = 0) -> None:
    """Refuse `pieces` cuts of `quantity` smallest units where they cannot be bought as they stand.

    `elsewhere` is what the cart's other lines want of the same variant. Raises NotForSale,
    QuantityDoesNotFit or TooMuch.
    """
    if not (product.is_published and variant.is_active):
        raise NotForSale("Diesen Artikel verkaufen wir zurzeit nicht. Bitte nehmen Sie ihn aus dem Warenkorb.")
    _check_size(product, pieces, quantity)
    available = variant.available
    if available is not None and elsewhere + pieces * quantity > available:
        raise TooMuch(_too_much(Unit(product.unit), available, quantity, elsewhere), max(available - elsewhere, 0))


def problem(product: Product, variant: Variant, *, pieces: int, quantity: int, elsewhere: int = 0) -> str:
    """The sentence of the refusal that `check` would raise, or ""."""
    try:
        check(product, variant, pieces=pieces, quantity=quantity, elsewhere=elsewhere)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _check_size(product: Product, pieces: int, quantity: int) -> None:
    """Goods by the piece are counted in pieces of quantity 1, so their steps hold for the pieces."""
    is_cut = product.unit != Unit.PIECE
    if pieces < 1:
        raise QuantityDoesNotFit("Bitte nehmen Sie mindestens ein Stück.", (1,))
    if not is_cut and quantity != 1:
        raise QuantityDoesNotFit("Dieser Artikel wird nach Stück verkauft. Bitte geben Sie eine Menge an.", (1,))
    if pieces > MOST_PIECES or pieces * quantity > MOST_QUANTITY:
        raise TooMuch("Für so große Mengen rufen Sie uns bitte an, dann finden wir einen Weg.", MOST_QUANTITY)
    check_quantity(quantity if is_cut else pieces, product.quantity_rule)


def _too_much(unit: Unit, available: int, quantity: int, elsewhere: int) -> str:
    left = format_quantity(available, unit)
    if available <= 0:
        return "Davon ist leider nichts mehr da."
    if unit is not Unit.PIECE and quantity > available:
        return f"Davon haben wir noch {left} am Stück." if unit is Unit.LENGTH else f"Davon haben wir noch {left}."
    if elsewhere:
        return f"Davon haben wir noch {left}, und {format_quantity(elsewhere, unit)} liegen schon im Warenkorb."
    return (
        f"Davon haben wir noch {left}, alle Stücke zusammen."
        if unit is Unit.LENGTH
        else f"Davon haben wir noch {left}."
    )
