"""Limits at which an import stops and asks: changes that are seldom meant, and that shoppers would see at once.

Each limit needs a number as well as a share, so that a shop of three articles is left in peace.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from catalog.exchange.articles import Remark
from catalog.exchange.plan import Plan
from catalog.exchange.steps import Step, VariantStep
from catalog.money import format_cents
from catalog.products import Product, Variant
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit, format_quantity

FALLING_PRICES = "falling-prices"
PRICE_JUMP = "price-jump"
STOCK_JUMP = "stock-jump"
MANY_ZERO = "many-zero"
MANY_DRAFTS = "many-drafts"

_MANY_FALLS, _FALLING_PERCENT = 20, 25  # suppliers raise; a list in which a quarter falls is often a net list
_DEEP_PERCENT, _MANY_DEEP, _DEEP_SHARE = 50, 3, 5  # half price is a sale, and sales have a column of their own
_JUMP = 8  # times; a decimal sign that slips makes ten times or a tenth; a little less, as prices also change meanwhile
_MANY_GONE, _GONE_PERCENT = 5, 20  # of what is on sale: whoever drops a fifth of it knows so beforehand
_MANY_SOLD_OUT, _SOLD_OUT_PERCENT = 20, 50  # of the file's articles: an empty column read as nothing
_STOCK_JUMP, _FROM = 100, 1_000  # times what was there, in pieces, metres, kilograms
_NO_SHOP_HAS, _NO_SHOP_HAS_PIECES = 10_000, 100_000  # metres, kilograms; pieces: perhaps an EAN in the wrong column
_MANY_NEW = 10  # articles in the file, and in the shop


@dataclass(frozen=True)
class _Example:
    """The worst of its kind."""

    row: int
    measure: int  # the larger the worse
    words: str


_NONE = _Example(0, 0, "")


@dataclass
class Watch:
    """Sees each step of a plan go by, and keeps numbers and the worst examples."""

    falls: int = 0
    deep_falls: int = 0
    jumps: int = 0
    stock_jumps: int = 0
    sold_out: int = 0
    withdrawn: int = 0
    zeroed: int = 0  # of what the file does not name
    worst_fall: _Example = _NONE
    worst_jump: _Example = _NONE
    worst_stock: _Example = _NONE

    def see(self, step: Step, article: str, unit: Unit) -> None:
        """Take a step into account; `unit` is the one that its article will have."""
        if step.old.get("is_published") and step.facts.get("is_published") is False:
            self.withdrawn += 1
        for each in step.variants:
            name = f"„{article}“ ({each.sku})"
            self._see_price(each, name)
            self._see_stock(each, name, unit)

    def _see_price(self, step: VariantStep, name: str) -> None:
        old, new = step.old.get("price_cents"), step.facts.get("price_cents")
        if not old or new is None or old == new:
            return
        words = f"{name}: {format_cents(old)} → {format_cents(new)}"
        percent = (old - new) * 100 // old
        if new < old:
            self.falls += 1
            self.deep_falls += percent >= _DEEP_PERCENT
            self.worst_fall = _worse(self.worst_fall, _Example(step.row, percent, words))
        times = max(old, new) // (min(old, new) or 1)
        if times >= _JUMP:
            self.jumps += 1
            self.worst_jump = _worse(self.worst_jump, _Example(step.row, times, words))

    def _see_stock(self, step: VariantStep, name: str, unit: Unit) -> None:
        old, new = step.old.get("stock"), _stock(step)
        if new is None:
            return
        if old and new == 0:
            self.sold_out += 1
        if not step.row:
            self.zeroed += 1
        elif _is_beyond_reason(old, new, unit):
            self.stock_jumps += 1
            was = f"{format_quantity(old, unit)} → " if old is not None else ""
            words = f"{name}: {was}{format_quantity(new, unit)}"
            self.worst_stock = _worse(self.worst_stock, _Example(step.row, new, words))


def questions(session: Session, plan: Plan, watch: Watch) -> list[Remark]:
    """What the owner must say yes to (by its id in Wishes.agreed) before such a plan is carried out."""
    known = plan.variants.changed + plan.variants.unchanged
    return [
        *_about_prices(watch, known),
        *_about_stock(session, watch, known),
        *_about_drafts(session, watch),
        *_about_all_new(session, plan, known),
    ]


def _about_prices(watch: Watch, known: int) -> list[Remark]:
    asked = []
    many = watch.falls >= _MANY_FALLS and watch.falls * 100 >= _FALLING_PERCENT * known
    deep = watch.deep_falls >= _MANY_DEEP and watch.deep_falls * 100 >= _DEEP_SHARE * known
    if many or deep:
        worst = watch.worst_fall
        reason = f"{watch.falls} Preise würden sinken, einer um {worst.measure} % ({worst.words}). Ist das so gemeint?"
        asked.append(Remark(worst.row, "Preis", reason, stops=True, question=FALLING_PRICES))
    if watch.jumps:
        worst = watch.worst_jump
        number = "Ein Preis ändert" if watch.jumps == 1 else f"{watch.jumps} Preise ändern"
        reason = (
            f"{number} sich auf das Achtfache und mehr, oder auf ein Achtel und weniger ({worst.words}). Stimmt das "
            "Dezimalzeichen?"
        )
        asked.append(Remark(worst.row, "Preis", reason, stops=True, question=PRICE_JUMP))
    return asked


def _about_stock(session: Session, watch: Watch, known: int) -> list[Remark]:
    asked = []
    if watch.stock_jumps:
        worst = watch.worst_stock
        number = "Ein Bestand ist" if watch.stock_jumps == 1 else f"{watch.stock_jumps} Bestände sind"
        reason = f"{number} ungewöhnlich groß ({worst.words}). Ist es wirklich der Bestand?"
        asked.append(Remark(worst.row, "Bestand", reason, stops=True, question=STOCK_JUMP))
    in_stock = _in_stock(session) if watch.zeroed >= _MANY_GONE else 0
    if watch.zeroed >= _MANY_GONE and watch.zeroed * 100 > _GONE_PERCENT * in_stock:
        reason = (
            f"Von {in_stock} Varianten mit Bestand stehen {watch.zeroed} nicht in der Datei; ihr Bestand würde auf 0 "
            "gesetzt. Ist die Datei vollständig?"
        )
        return [*asked, Remark(0, "Bestand", reason, stops=True, question=MANY_ZERO)]
    if watch.sold_out >= _MANY_SOLD_OUT and watch.sold_out * 100 >= _SOLD_OUT_PERCENT * known:
        reason = f"Der Bestand von {watch.sold_out} Varianten würde 0. Sind sie wirklich ausverkauft?"
        asked.append(Remark(0, "Bestand", reason, stops=True, question=MANY_ZERO))
    return asked


def _about_drafts(session: Session, watch: Watch) -> list[Remark]:
    if watch.withdrawn < _MANY_GONE:
        return []
    on_sale = session.exec(select(func.count(col(Product.id))).where(col(Product.published_at).is_not(None))).one()
    if watch.withdrawn * 100 <= _GONE_PERCENT * on_sale:
        return []
    reason = (
        f"{watch.withdrawn} von {on_sale} Artikeln würden aus dem Laden genommen und Entwurf. Ist das so gemeint, und "
        "ist die Datei vollständig?"
    )
    return [Remark(0, "Veröffentlicht", reason, stops=True, question=MANY_DRAFTS)]


def _about_all_new(session: Session, plan: Plan, known: int) -> list[Remark]:
    """No limit but a question: a shop may well get goods that it never had."""
    if known or plan.variants.new < _MANY_NEW:
        return []
    if session.exec(select(func.count(col(Variant.id)))).one() < _MANY_NEW:
        return []
    reason = (
        f"Nichts aus dieser Datei kennt der Laden bisher: {plan.variants.new} Varianten kämen neu dazu. Gibt es sie "
        "schon unter anderen Artikelnummern, stünden sie danach doppelt im Laden."
    )
    return [Remark(0, "Artikelnummer", reason)]


def _in_stock(session: Session) -> int:
    counted = select(func.count(col(Variant.id))).where(col(Variant.counts_stock), col(Variant.on_hand) > 0)
    return session.exec(counted).one()


def _stock(step: VariantStep) -> int | None:
    """The stock as it will be; None where it stays or is not counted."""
    if "stock_change" in step.facts:
        return int((step.old.get("stock") or 0) + step.facts["stock_change"])
    stock: int | None = step.facts.get("stock")
    return stock


def _is_beyond_reason(old: int | None, new: int, unit: Unit) -> bool:
    most = _NO_SHOP_HAS_PIECES if unit is Unit.PIECE else _NO_SHOP_HAS
    is_jump = bool(old) and new >= _FROM * SMALLEST_PER_PRICE_UNIT[unit] and new >= _STOCK_JUMP * (old or 0)
    return is_jump or new >= most * SMALLEST_PER_PRICE_UNIT[unit]


def _worse(one: _Example, other: _Example) -> _Example:
    return other if other.measure > one.measure else one
