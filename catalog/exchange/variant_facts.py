"""What a file says of a variant, checked to the last cell and brought to the form in which it is compared."""

from dataclasses import replace
from datetime import datetime

from catalog import opening, price_steps
from catalog.exchange.articles import Facts, Sale, VariantRow
from catalog.exchange.comparing import same_sale, stay
from catalog.exchange.laying import Lying, lay
from catalog.exchange.named_pictures import NamedPictures
from catalog.exchange.quantities import LARGEST, Quantities
from catalog.exchange.remarks import Remarks
from catalog.exchange.several import RollText
from catalog.exchange.standing import StandingProduct, StandingVariant
from catalog.price_steps import Step
from catalog.refusals import Refusal
from catalog.units import QuantityRule, Unit, format_quantity

Options = tuple[tuple[str, str, str], ...]


class VariantFacts:
    """Reads the facts of one variant after the other."""

    def __init__(
        self, remarks: Remarks, quantities: Quantities, pictures: NamedPictures, now: datetime, *, stock_is_change: bool
    ) -> None:
        self._remarks = remarks
        self._quantities = quantities
        self._pictures = pictures
        self._now = now
        self._stock_is_change = stock_is_change

    def read(self, row: VariantRow, standing: StandingVariant | None, rule: QuantityRule) -> Facts:
        """The facts of a row. `rule` is what may be bought at once of its article as the file will have it."""
        facts, unit, number = dict(row.facts), rule.unit, row.row
        if isinstance(facts.get("stock"), str):
            self._read_stock(number, facts, standing, unit)
        self._quantities.measure(number, facts, unit)
        if "rolls" in facts:
            self._read_rolls(number, facts, standing, unit)
        if "steps" in facts:
            self._read_steps(number, facts, standing, rule)
        if "stock_change" in row.facts and standing is not None:
            self._check_change(number, row.facts["stock_change"], standing, unit)
        if standing is not None and facts.get("stock") is not None:
            self._check_held(number, facts["stock"], standing, unit)
        self._check_measures(number, facts)
        if "pictures" in facts:
            self._pictures.find(number, facts, standing.facts["pictures"] if standing else (), "variant_pictures")
        if facts.get("sale") is not None:
            self._check_sale(number, facts, standing)
        if standing is not None and "options" in facts:
            facts["options"] = _with_swatches(facts["options"], standing.facts["options"])
        return facts

    def _read_stock(self, row: int, facts: Facts, standing: StandingVariant | None, unit: Unit) -> None:
        if not self._stock_is_change:
            facts["stock"] = self._quantities.read(row, "stock", facts["stock"], unit, least=0)
            return
        change = self._quantities.read_change(row, facts.pop("stock"), unit)
        if "rolls" in facts:
            self._remarks.refuse(row, "rolls", "Ballen werden gemessen, nicht dazugezählt. Bitte leeren Sie die Zelle.")
        elif standing is None and change < 0:
            self._remarks.refuse(row, "stock", "Dieser Artikel ist neu, es liegt noch nichts da.")
        elif standing is None:
            facts["stock"] = change
        elif change or standing.facts["stock"] is None:
            self._check_change(row, change, standing, unit)
            facts["stock_change"] = change

    def _check_change(self, row: int, change: int, standing: StandingVariant, unit: Unit) -> None:
        if standing.facts["stock"] is None:
            reason = "Der Bestand wird hier nicht gezählt. Bitte zählen Sie ihn zuerst: einmal ohne „dazu“ einlesen."
            self._remarks.refuse(row, "stock", reason)
        else:
            self._check_held(row, standing.on_hand + change, standing, unit)

    def _check_held(self, row: int, stock: int, standing: StandingVariant, unit: Unit) -> None:
        if stock >= standing.held:
            return
        held, there = format_quantity(standing.held, unit), format_quantity(standing.on_hand, unit)
        reason = f"Davon sind {held} für Bestellungen reserviert, weniger ist nicht möglich."
        self._remarks.refuse(row, "stock", reason if standing.held else f"Es sind nur {there} da.")

    def _check_measures(self, row: int, facts: Facts) -> None:
        content, _ = facts.get("content") or (1, None)
        if not 1 <= content <= LARGEST:
            self._remarks.refuse(row, "content", "Der Inhalt muss größer als 0 sein, und höchstens 100 Tonnen.")
        if not 0 <= facts.get("weight_g", 0) <= LARGEST:
            self._remarks.refuse(row, "weight_g", "Das Gewicht muss mindestens 0 sein, und höchstens 100 Tonnen.")

    def _read_rolls(self, row: int, facts: Facts, standing: StandingVariant | None, unit: Unit) -> None:
        """Read the quantities of the rolls; together they are the stock."""
        texts: tuple[RollText, ...] = facts["rolls"]
        rolls = tuple(
            sorted((self._quantities.read(row, "rolls", text, unit, least=1), lot, place) for text, lot, place in texts)
        )
        rolls = tuple(sorted(opening.by_lot(rolls))) if unit is Unit.PIECE else rolls
        total = sum(quantity for quantity, _, _ in rolls)
        if rolls and unit not in (Unit.LENGTH, Unit.PIECE):
            self._remarks.refuse(row, "rolls", "Ballen und Partien gibt es nur bei Meterware und Stückware.")
        if facts.get("stock", total) != total:
            shown = format_quantity(total, unit)
            reason = f"Die Ballen ergeben zusammen {shown}, unter „Bestand“ steht etwas anderes."
            self._remarks.refuse(row, "rolls", reason)
        lies_on_rolls = standing is not None and bool(standing.rolls)
        facts["rolls"] = rolls
        facts["stock"] = total
        if unit is Unit.PIECE and not lies_on_rolls and not any(lot for _, lot, _ in rolls):
            del facts["rolls"]  # pieces lie on rolls once a lot is named: see opening.py
        elif standing is not None:
            self._check_promised(row, rolls, standing, unit)

    def _check_promised(self, row: int, rolls: tuple[Lying, ...], standing: StandingVariant, unit: Unit) -> None:
        """Whether each roll keeps what orders have of it; what lay on none becomes the largest one."""
        short = lay(standing.rolls, rolls).short
        if short is not None:
            held = format_quantity(short.held, unit)
            self._remarks.refuse(row, "rolls", f"Von Ballen {short.id} sind {held} für Bestellungen reserviert.")
        elif not standing.rolls and rolls and max(rolls)[0] < standing.held:
            held = format_quantity(standing.held, unit)
            reason = f"Für Bestellungen sind {held} reserviert. Bitte tragen Sie einen Ballen ein, der so viel hat."
            self._remarks.refuse(row, "rolls", reason)

    def _read_steps(self, row: int, facts: Facts, standing: StandingVariant | None, rule: QuantityRule) -> None:
        steps = [
            each
            if isinstance(each, Step)
            else Step(self._quantities.read(row, "steps", each[0], rule.unit, least=1), each[1])
            for each in facts["steps"]
        ]
        facts["steps"] = tuple(sorted(steps, key=lambda step: step.from_quantity))
        if stay(("steps", "price_cents", "own_minimum", "own_step"), facts, standing):
            return
        regular_cents = facts.get("price_cents", standing.facts["price_cents"] if standing else None)
        try:
            price_steps.check_steps(facts["steps"], regular_cents or 0, _own_rule(rule, facts, standing))
        except Refusal as refusal:
            self._remarks.refuse(row, "steps", refusal.sentence)

    def _check_sale(self, row: int, facts: Facts, standing: StandingVariant | None) -> None:
        sale: Sale = facts["sale"]
        if sale.ends_at is not None and sale.ends_at <= self._now:
            facts["sale"] = None
            return
        if sale.ends_at is not None and sale.starts_at is not None and sale.ends_at <= sale.starts_at:
            self._remarks.refuse(row, "sale_to", "Das Angebot endet, bevor es beginnt.")
        if standing and stay(("price_cents",), facts, standing) and same_sale(sale, standing.facts["sale"], self._now):
            return
        asked = facts.get("price_cents", standing.facts["price_cents"] if standing else None)
        if asked is not None and sale.price_cents >= asked:
            self._remarks.refuse(row, "sale_price", "Der Angebotspreis muss unter dem Preis liegen.")


def rule_of(unit: Unit, facts: Facts, product: StandingProduct | None) -> QuantityRule:
    """What may be bought at once of an article as the file will have it."""
    known: Facts = product.facts if product else {"minimum": 1, "step": 1}
    minimum: int = facts["minimum"] if "minimum" in facts else known["minimum"]
    step: int = facts["step"] if "step" in facts else known["step"]
    return QuantityRule(unit, minimum, step)


def _own_rule(rule: QuantityRule, facts: Facts, standing: StandingVariant | None) -> QuantityRule:
    """The rule of an article as a variant will have it, with the variant's own minimum and step."""
    known: Facts = (standing.facts if standing else {}) | facts
    return replace(rule, minimum=known.get("own_minimum") or rule.minimum, step=known.get("own_step") or rule.step)


def _with_swatches(options: Options, standing: Options) -> Options:
    """A file that says nothing of an option's colour leaves the swatch of the same value as it is."""
    known = {(name, value): swatch for name, value, swatch in standing}
    return tuple((name, value, swatch or known.get((name, value), "")) for name, value, swatch in options)
