"""Making the plan of an import: every row is checked to the last cell, and compared with the shop."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog import attributes, price_steps
from catalog.exchange import shelf as shelves
from catalog.exchange import wishing
from catalog.exchange.articles import Article, Facts, Reading, Remark, Sale, VariantRow
from catalog.exchange.fields import (
    ATTRIBUTE_PREFIX,
    KINDS,
    MAKER_FIELDS,
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    Field,
    show_rolls,
    show_steps,
)
from catalog.exchange.headers import normal
from catalog.exchange.laying import lay
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Change, Plan, Step, VariantStep
from catalog.exchange.several import RollText
from catalog.exchange.shelf import Shelf, StandingProduct, StandingVariant
from catalog.exchange.wishes import NO_WISHES, Wishes
from catalog.refusals import Refusal
from catalog.units import QuantityRule, Unit, format_quantity, parse_quantity

_FEWEST_CM = 10  # fabric without a minimum or step of its own is sold by 10 cm
_LARGEST = 100_000_000  # of the smallest unit: a thousand kilometres
_NO_ADDRESS: Facts = {each.key: "" for each in MAKER_FIELDS}
_QUANTITIES = ("minimum", "step", "maximum", "shown_per", "remnant_below",
               "reorder_at", "own_minimum", "own_step", "own_maximum")  # fmt: skip
_PRODUCT_FIELDS = {each.key: each for each in (*PRODUCT_FIELDS, *MAKER_FIELDS)}
_VARIANT_FIELDS = {each.key: each for each in VARIANT_FIELDS}


def make_plan(
    session: Session, reading: Reading, pictures: PictureFolders, now: datetime, wishes: Wishes = NO_WISHES
) -> Plan:
    """Compare a file with the shop. An article with a refused row is left out as a whole."""
    reading, wishes = wishing.taken(session, reading, wishes, now)
    plan = _Planner(session, reading, shelves.load(session, now), pictures, now).plan()
    plan.questions = wishing.answered(plan.questions, wishes)
    return plan


class _Planner:
    """Goes through the articles once, collecting what is to say and to do."""

    def __init__(
        self, session: Session, reading: Reading, shelf: Shelf, pictures: PictureFolders, now: datetime
    ) -> None:
        self._session = session
        self._reading = reading
        self._shelf = shelf
        self._pictures = pictures
        self._now = now
        self._makers: dict[str, tuple[int, Facts]] = {}
        self._seen_products: dict[int, bool] = {}  # id → whether something changes
        self._lacking: Counter[str] = Counter()
        table = reading.table
        self._plan = Plan(reading.format, table.encoding, table.delimiter, reading.decimal, list(reading.notes))
        self._plan.unknown_columns = list(reading.unknown)
        self._plan.refused += reading.refused
        self._bad_rows = {remark.row for remark in reading.refused}
        self._refused_cells: set[tuple[int, str]] = set()
        self._plan.questions += reading.questions

    def plan(self) -> Plan:
        self._refuse_double_numbers()
        for place, article in enumerate(self._reading.articles()):
            self._plan.refused += article.refused
            self._plan.questions += article.questions
            self._bad_rows |= {remark.row for remark in article.refused}
            self._refused_cells = {(remark.row, remark.column) for remark in article.refused}
            self._look_at(article, place)
        self._count_products()
        self._note_what_is_lacking()
        self._note_what_is_fetched()
        self._plan.refused.sort(key=lambda remark: remark.row)
        self._plan.questions.sort(key=lambda remark: remark.row)
        return self._plan

    def _refuse_double_numbers(self) -> None:
        first: dict[str, int] = {}
        for article in self._reading.articles():
            for each in article.variants:
                if each.sku and each.sku in first:
                    reason = f"Die Artikelnummer „{each.sku}“ steht zweimal in der Datei, in Zeile {{}} und Zeile {{}}."
                    self._refuse(first[each.sku], "sku", reason.format(first[each.sku], each.row))
                    self._refuse(each.row, "sku", reason.format(first[each.sku], each.row))
                first.setdefault(each.sku, each.row)

    def _look_at(self, article: Article, place: int) -> None:
        product = self._product_of(article)
        noted = len(self._plan.changes)
        step = self._step(article, product)
        if article.rows & self._bad_rows:
            del self._plan.changes[noted:]
            return
        self._count(step)
        if product is None and step.facts["is_published"]:
            self._lacking.update(_lacking(step, self._shelf.textile_kinds))
        step.variants = [each for each in step.variants if each.standing is None or each.facts]
        if step.standing is None or step.facts or step.variants:
            step.place = place
            self._plan.steps.append(step)
            for facts in (step.facts, *(each.facts for each in step.variants)):
                self._pictures.want(facts.get("pictures", ()))

    def _product_of(self, article: Article) -> StandingProduct | None:
        """The product that an article means: by its address, else by the numbers of its variants."""
        owners = {standing.product_id for each in article.variants if (standing := self._standing(each)) is not None}
        named = self._shelf.by_slug.get(article.key) if article.joins else None
        if named is not None:
            return named
        return self._shelf.products[min(owners)] if owners else None

    def _step(self, article: Article, product: StandingProduct | None) -> Step:
        facts = self._product_facts(article, product)
        unit: Unit = facts.get("unit") or (product.facts["unit"] if product else Unit.PIECE)
        self._measure(article.row, facts, unit)
        if product is None:
            self._complete(article, facts)
        elif unit != product.facts["unit"]:
            _add_usual_measures(facts)
        rule = _rule(unit, facts, product)
        variants = [self._variant_step(row, product, rule) for row in article.variants]
        if article.is_guessed:
            self._refuse_namesakes(product, variants)
        if product is not None and not any(each.facts.keys() & {"pictures", "content"} for each in variants):
            self._leave_incomplete_drafts(product, facts)
        return Step(article.row, article.key, product, self._differing(article, product, facts), variants)

    def _leave_incomplete_drafts(self, product: StandingProduct, facts: Facts) -> None:
        """A file that wishes a draft into the shop, and says nothing new of what it lacks, changes nothing."""
        others = {key: value for key, value in facts.items() if key != "is_published"}
        standing = product.facts | self._shelf.makers.get(facts.get("maker", ""), {})
        says_nothing_new = all(_says_the_same(value, standing.get(key, "")) for key, value in others.items())
        if product.id in self._shelf.incomplete and says_nothing_new:
            facts.pop("is_published", None)

    def _product_facts(self, article: Article, product: StandingProduct | None) -> Facts:
        facts = dict(article.facts)
        self._find_kind(article.row, facts)
        self._read_attributes(article.row, facts)
        self._find_pictures(article.row, facts, product.facts["pictures"] if product else (), "pictures")
        self._agree_on_maker(article.row, facts, product)
        changes_unit = product is not None and facts.get("unit", product.facts["unit"]) != product.facts["unit"]
        if changes_unit and product is not None and product.has_stock:
            self._refuse(
                article.row,
                "unit",
                "Die Einheit kann nicht geändert werden, solange Bestand da ist. Setzen Sie ihn zuerst auf 0.",
            )
        return facts

    def _measure(self, row: int, facts: Facts, unit: Unit) -> None:
        """Read the quantities of a product or a variant, now that the unit is known."""
        for key in _QUANTITIES:
            if isinstance(facts.get(key), str):
                facts[key] = self._quantity(row, key, facts[key], unit, least=1)

    def _find_kind(self, row: int, facts: Facts) -> None:
        """The owner's own kinds are known by their names."""
        if "kind" not in facts or facts["kind"] in self._shelf.kinds:
            return
        keys = {normal(label): key for key, label in self._shelf.kinds.items()}
        key = keys.get(normal(facts["kind"]))
        if key is None:
            known = ", ".join(KINDS.get(key, label) for key, label in self._shelf.kinds.items())
            self._refuse(row, "kind", f"Die Warenart „{facts['kind']}“ kennen wir nicht. Möglich sind: {known}")
        facts["kind"] = key or "other"

    def _complete(self, article: Article, facts: Facts) -> None:
        """What a new product needs, and the defaults of what the file does not say."""
        if not facts.get("name"):
            reason = "Diese Artikelnummer ist neu, und der Produktname fehlt."
            self._miss(article.row, "name", reason)
        if not article.variants:
            self._refuse(article.row, "price_cents", "Dieser Artikel ist neu und hat weder Preis noch Varianten.")
        facts.setdefault("is_published", True)
        _add_usual_measures(facts)

    def _differing(self, article: Article, product: StandingProduct | None, facts: Facts) -> Facts:
        if product is None:
            return facts
        maker: str = facts["maker"] if "maker" in facts else product.facts["maker"]
        standing = product.facts | self._shelf.makers.get(maker, _NO_ADDRESS)
        changed = {key: value for key, value in facts.items() if not _says_the_same(value, standing.get(key, ""))}
        name = product.facts["name"]
        unit: Unit = facts.get("unit") or product.facts["unit"]
        for key, value in changed.items():
            self._note_change(article.row, name, "", _product_field(key, unit), standing.get(key), value)
        return changed

    def _variant_step(self, row: VariantRow, product: StandingProduct | None, rule: QuantityRule) -> VariantStep:
        standing = self._standing(row)
        sku = standing.sku if standing else row.sku or row.suggested
        if standing is None and not row.sku:
            self._ask(row.row, "sku", f"Die Artikelnummer fehlt. Wir vergeben „{sku}“.")
        if standing is not None and (product is None or standing.product_id != product.id):
            owner = self._shelf.products[standing.product_id].facts["name"]
            self._refuse(row.row, "sku", f"Die Artikelnummer „{sku}“ gehört schon zum Artikel „{owner}“.")
        facts = self._variant_facts(row, standing, rule)
        if standing is None:
            if "price_cents" not in facts:
                self._miss(row.row, "price_cents", "Der Preis fehlt.")
            elif facts["price_cents"] == 0:
                self._ask(row.row, "price_cents", "Der Preis ist 0,00 €. Soll der Artikel wirklich nichts kosten?")
            return VariantStep(row.row, sku, None, facts)
        changed = {
            key: value for key, value in facts.items() if not self._is_as_before(key, value, standing.facts[key])
        }
        name = self._shelf.products[standing.product_id].facts["name"]
        for key, value in changed.items():
            self._note_change(row.row, name, sku, _variant_field(key, rule.unit), standing.facts[key], value)
        return VariantStep(row.row, sku, standing, changed)

    def _standing(self, row: VariantRow) -> StandingVariant | None:
        """The variant of the shop that a row means: by its number, else by its GTIN, else by the made up number."""
        if row.sku:
            return self._shelf.by_sku.get(row.sku)
        return self._shelf.by_gtin.get(row.facts.get("gtin", "")) or self._shelf.by_sku.get(row.suggested)

    def _refuse_namesakes(self, product: StandingProduct | None, variants: list[VariantStep]) -> None:
        """Two articles of one name are not one article: its variants would differ in nothing that a shopper sees."""
        taken = {each.facts["options"] for each in product.variants} if product else set()
        for each in variants:
            options = each.facts.get("options", ())
            if each.standing is None and options in taken:
                reason = (
                    "Ein anderer Artikel heißt ebenso, und keine Option unterscheidet die beiden. Bitte benennen Sie "
                    "einen um, oder tragen Sie unter „Option 1 Name“ und „Option 1 Wert“ den Unterschied ein."
                )
                self._refuse(each.row, "name", reason)
            taken.add(options)

    def _variant_facts(self, row: VariantRow, standing: StandingVariant | None, rule: QuantityRule) -> Facts:
        facts, unit = dict(row.facts), rule.unit
        if isinstance(facts.get("stock"), str):
            facts["stock"] = self._quantity(row.row, "stock", facts["stock"], unit, least=0)
        self._measure(row.row, facts, unit)
        self._read_rolls(row.row, facts, standing, unit)
        self._read_steps(row.row, facts, standing, rule)
        if standing is not None and facts.get("stock") is not None and facts["stock"] < standing.held:
            held = format_quantity(standing.held, unit)
            self._refuse(row.row, "stock", f"Davon sind {held} für Bestellungen reserviert, weniger ist nicht möglich.")
        content, _ = facts.get("content") or (1, None)
        if not 1 <= content <= _LARGEST:
            self._refuse(row.row, "content", "Der Inhalt muss größer als 0 sein, und höchstens 100 Tonnen.")
        if not 0 <= facts.get("weight_g", 0) <= _LARGEST:
            self._refuse(row.row, "weight_g", "Das Gewicht muss mindestens 0 sein, und höchstens 100 Tonnen.")
        self._find_pictures(row.row, facts, standing.facts["pictures"] if standing else (), "variant_pictures")
        self._check_sale(row.row, facts, standing)
        return facts

    def _read_rolls(self, row: int, facts: Facts, standing: StandingVariant | None, unit: Unit) -> None:
        """Read the quantities of the rolls; together they are the stock."""
        if "rolls" not in facts:
            return
        texts: tuple[RollText, ...] = facts["rolls"]
        rolls = tuple(
            sorted((self._quantity(row, "rolls", text, unit, least=1), lot, place) for text, lot, place in texts)
        )
        total = sum(quantity for quantity, _, _ in rolls)
        if rolls and unit not in (Unit.LENGTH, Unit.PIECE):
            self._refuse(row, "rolls", "Ballen und Partien gibt es nur bei Meterware und Stückware.")
        if facts.get("stock", total) != total:
            shown = format_quantity(total, unit)
            self._refuse(row, "rolls", f"Die Ballen ergeben zusammen {shown}, unter „Bestand“ steht etwas anderes.")
        if standing is not None and (short := lay(standing.rolls, rolls).short):
            held = format_quantity(short.held, unit)
            self._refuse(row, "rolls", f"Von Ballen {short.id} sind {held} für Bestellungen reserviert.")
        facts["rolls"] = rolls
        facts["stock"] = total

    def _read_steps(self, row: int, facts: Facts, standing: StandingVariant | None, rule: QuantityRule) -> None:
        if "steps" not in facts:
            return
        steps = [
            price_steps.Step(self._quantity(row, "steps", text, rule.unit, least=1), cents)
            for text, cents in facts["steps"]
        ]
        facts["steps"] = tuple(sorted(steps, key=lambda step: step.from_quantity))
        if _stay(("steps", "price_cents", "own_minimum", "own_step"), facts, standing):
            return
        regular_cents = facts.get("price_cents", standing.facts["price_cents"] if standing else None)
        try:
            price_steps.check_steps(facts["steps"], regular_cents or 0, _own_rule(rule, facts, standing))
        except Refusal as refusal:
            self._refuse(row, "steps", refusal.sentence)

    def _check_sale(self, row: int, facts: Facts, standing: StandingVariant | None) -> None:
        sale: Sale | None = facts.get("sale")
        if sale is None:
            return
        if sale.ends_at is not None and sale.ends_at <= self._now:
            facts["sale"] = None
            return
        if sale.ends_at is not None and sale.starts_at is not None and sale.ends_at <= sale.starts_at:
            self._refuse(row, "sale_to", "Das Angebot endet, bevor es beginnt.")
        if (
            standing
            and _stay(("price_cents",), facts, standing)
            and _same_sale(sale, standing.facts["sale"], self._now)
        ):
            return
        asked = facts.get("price_cents", standing.facts["price_cents"] if standing else None)
        if asked is not None and sale.price_cents >= asked:
            self._refuse(row, "sale_price", "Der Angebotspreis muss unter dem Preis liegen.")

    def _is_as_before(self, key: str, new: Any, old: Any) -> bool:
        if key == "sale":
            return _same_sale(new, old, self._now)
        return _says_the_same(new, old)

    def _quantity(self, row: int, key: str, written: str, unit: Unit, *, least: int) -> int:
        try:
            quantity = parse_quantity(written, unit)
        except Refusal as refusal:
            is_negative = written.startswith("-")
            self._refuse(
                row, key, f"„{written}“ ist negativ. Das geht hier nicht." if is_negative else refusal.sentence
            )
            return least
        if not least <= quantity <= _LARGEST:
            self._refuse(row, key, f"„{written}“ ist hier nicht möglich.")
            return least
        return quantity

    def _read_attributes(self, row: int, facts: Facts) -> None:
        """Bring attribute values to the form in which they are shown, so that they can be compared."""
        for key in [key for key in facts if key.startswith(ATTRIBUTE_PREFIX)]:
            fact = self._shelf.attribute_types.get(normal(key.removeprefix(ATTRIBUTE_PREFIX)))
            value = facts.pop(key)
            if fact is None:
                if value:
                    facts[key] = value
                continue
            try:
                shown = attributes.format_value(fact, *attributes.parse_value(fact, value)) if value else ""
            except Refusal as refusal:
                self._refuse(row, key, refusal.sentence)
                continue
            facts[f"{ATTRIBUTE_PREFIX}{fact.label}"] = shown

    def _find_pictures(self, row: int, facts: Facts, standing: tuple[str, ...], column: str) -> None:
        if "pictures" not in facts:
            return
        found, is_whole = [], True
        self._pictures.recall(self._session, facts["pictures"])
        for name in facts["pictures"]:
            stem = name.partition(".")[0]
            try:
                found.append(stem if stem in standing else self._pictures.hash_of(name))
            except Refusal as refusal:
                self._ask(row, column, refusal.sentence)
                is_whole = False
        facts["pictures"] = tuple(dict.fromkeys(found if is_whole else [*standing, *found]))

    def _agree_on_maker(self, row: int, facts: Facts, product: StandingProduct | None) -> None:
        """One maker has one address, however many rows name it."""
        name = facts.get("maker", product.facts["maker"] if product else "")
        address = {each.key: facts[each.key] for each in MAKER_FIELDS if each.key in facts}
        if not name:
            for key in address:
                del facts[key]
            return
        first_row, agreed = self._makers.setdefault(name, (row, {}))
        for key, value in address.items():
            if agreed.setdefault(key, value) != value:
                self._refuse(row, key, f"Für „{name}“ steht in Zeile {first_row} etwas anderes.")

    def _count(self, step: Step) -> None:
        for each in step.variants:
            if each.standing is None:
                self._plan.variants.new += 1
            elif each.facts:
                self._plan.variants.changed += 1
            else:
                self._plan.variants.unchanged += 1
        if step.standing is None:
            self._plan.products.new += 1
        else:
            was = self._seen_products.get(step.standing.id, False)
            self._seen_products[step.standing.id] = was or bool(step.facts)

    def _count_products(self) -> None:
        self._plan.products.changed = sum(self._seen_products.values())
        self._plan.products.unchanged = len(self._seen_products) - self._plan.products.changed

    def _note_what_is_lacking(self) -> None:
        if self._lacking:
            parts = ", ".join(f"{name} (bei {number})" for name, number in self._lacking.most_common())
            self._plan.notes.append(
                f"Neue Artikel, denen etwas fehlt, was das Gesetz verlangt, bleiben Entwurf: {parts}. "
                "Tragen Sie es in der Datei nach oder im Backoffice unter „Artikel“."
            )

    def _note_what_is_fetched(self) -> None:
        number = len(self._pictures.to_fetch)
        self._plan.new_pictures = number + len(self._pictures.to_keep)
        if number:
            subject = "1 Bild wird" if number == 1 else f"{number} Bilder werden"
            self._plan.notes.append(f"{subject} beim Übernehmen aus dem Internet geladen.")

    def _note_change(self, row: int, article: str, sku: str, column: Field, old: Any, new: Any) -> None:
        shown = [column.show(value) if value not in (None, "", ()) else "" for value in (old, new)]
        self._plan.changes.append(Change(row, article, sku, column.column, *shown))

    def _refuse(self, row: int, key: str, reason: str) -> None:
        self._bad_rows.add(row)
        self._plan.refused.append(Remark(row, self._reading.columns.get(key, _german(key)), reason))

    def _miss(self, row: int, key: str, reason: str) -> None:
        """Refuse what is missing, unless it is missing only because its cell was refused."""
        column = self._reading.columns.get(key, _german(key))
        if (row, column) not in self._refused_cells:
            self._refuse(row, key, reason)

    def _ask(self, row: int, key: str, reason: str) -> None:
        self._plan.questions.append(Remark(row, self._reading.columns.get(key, _german(key)), reason))


def _lacking(step: Step, textiles: Collection[str]) -> Iterator[str]:
    """What shoppers must be told of a new product and the file does not say; readiness.py knows the whole of it."""
    facts = step.facts
    if not facts.get("maker"):
        yield "Hersteller"
    if facts.get("kind") in textiles and not facts.get("fibres"):
        yield "Zusammensetzung"
    if not any(each.get("pictures") for each in (facts, *(variant.facts for variant in step.variants))):
        yield "Bild"


def _add_usual_measures(facts: Facts) -> None:
    """Minimum and step of a unit that has just been given, where the file does not say them."""
    if "unit" in facts:
        facts.setdefault("step", _FEWEST_CM if facts["unit"] is Unit.LENGTH else 1)
        facts.setdefault("minimum", facts["step"])


def _rule(unit: Unit, facts: Facts, product: StandingProduct | None) -> QuantityRule:
    """What may be bought at once of an article as the file will have it."""
    known: Facts = {"minimum": 1, "step": 1} | (product.facts if product else {}) | facts
    return QuantityRule(unit, known["minimum"], known["step"])


def _own_rule(rule: QuantityRule, facts: Facts, standing: StandingVariant | None) -> QuantityRule:
    """The rule of an article as a variant will have it, with the variant's own minimum and step."""
    known: Facts = (standing.facts if standing else {}) | facts
    return replace(rule, minimum=known.get("own_minimum") or rule.minimum, step=known.get("own_step") or rule.step)


def _stay(keys: Collection[str], facts: Facts, standing: StandingVariant | None) -> bool:
    """Whether a file leaves these facts of a variant as they are; what a later price overtook may stand there."""
    return standing is not None and all(facts.get(key, standing.facts[key]) == standing.facts[key] for key in keys)


def _german(key: str) -> str:
    known = _PRODUCT_FIELDS.get(key) or _VARIANT_FIELDS.get(key)
    return known.column if known else {"sku": "Artikelnummer"}.get(key, key)


def _product_field(key: str, unit: Unit) -> Field:
    if key in _QUANTITIES:
        return replace(_PRODUCT_FIELDS[key], show=lambda quantity: format_quantity(quantity, unit))
    return _PRODUCT_FIELDS.get(key) or Field(key, key)


def _variant_field(key: str, unit: Unit) -> Field:
    if key == "stock" or key in _QUANTITIES:
        return replace(_VARIANT_FIELDS[key], show=lambda quantity: format_quantity(quantity, unit))
    if key == "rolls":
        return replace(_VARIANT_FIELDS[key], show=lambda rolls: show_rolls(rolls, unit))
    if key == "steps":
        return replace(_VARIANT_FIELDS[key], show=lambda steps: show_steps(steps, unit))
    return _VARIANT_FIELDS[key]


def _says_the_same(new: Any, old: Any) -> bool:
    if isinstance(new, str) and isinstance(old, str):
        return new.replace("\u00a0", " ") == old.replace("\u00a0", " ")
    return bool(new == old)


def _same_sale(new: Sale | None, old: Sale | None, now: datetime) -> bool:
    """Whether two reductions are one; files know minutes only, and "from now on" has begun already."""
    if new is None or old is None:
        return new is old
    if (new.price_cents, _minute(new.ends_at)) != (old.price_cents, _minute(old.ends_at)):
        return False
    starts = [
        None if each.starts_at is None or each.starts_at <= now else _minute(each.starts_at) for each in (new, old)
    ]
    return starts[0] == starts[1]


def _minute(at: datetime | None) -> datetime | None:
    return at.replace(second=0, microsecond=0) if at else None
