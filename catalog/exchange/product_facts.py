"""What a file says of a product, checked to the last cell and brought to the form in which it is compared."""

from collections.abc import Collection, Iterator
from datetime import datetime

from catalog import attributes
from catalog.exchange.articles import Article, Facts
from catalog.exchange.comparing import differing
from catalog.exchange.fields import ATTRIBUTE_PREFIX, KIND_WORD, KINDS, MAKER_FIELDS
from catalog.exchange.headers import normal
from catalog.exchange.named_pictures import NamedPictures
from catalog.exchange.quantities import Quantities
from catalog.exchange.remarks import Remarks
from catalog.exchange.standing import StandingProduct, address_of
from catalog.exchange.steps import Step
from catalog.exchange.surroundings import Surroundings
from catalog.refusals import Refusal
from catalog.units import Unit

_FEWEST_CM = 10  # fabric without a minimum or step of its own is sold by 10 cm
_ADDRESS = frozenset(each.key for each in MAKER_FIELDS)

IS_NEW = "Diese Artikelnummer ist neu"
"""How a refusal begins of what could only be added."""


class ProductFacts:
    """Reads the facts of one product after the other."""

    def __init__(self, around: Surroundings, remarks: Remarks, quantities: Quantities, pictures: NamedPictures) -> None:
        self._around = around
        self._remarks = remarks
        self._quantities = quantities
        self._pictures = pictures
        self._makers: dict[str, tuple[int, Facts]] = {}

    def read(self, article: Article, product: StandingProduct | None) -> Facts:
        """The facts of an article; a new one gets what it needs and the file does not say."""
        facts, row = dict(article.facts), article.row
        self._find_kind(row, facts)
        self._read_attributes(row, facts)
        if "pictures" in facts:
            self._pictures.find(row, facts, product.facts["pictures"] if product else (), "pictures")
        self._agree_on_maker(row, facts, product)
        unit: Unit = facts.get("unit") or (product.facts["unit"] if product else Unit.PIECE)
        self._quantities.measure(row, facts, unit)
        if product is None:
            self._complete(article, facts)
        elif unit != product.facts["unit"]:
            self._check_unit(row, product)
            _add_usual_measures(facts)
        return facts

    def leave_incomplete_draft(self, product: StandingProduct, facts: Facts, now: datetime) -> None:
        """A file that wishes a draft into the shop, and says nothing new of what it lacks, changes nothing."""
        standing = product.facts | self._around.makers.get(facts.get("maker", ""), {})
        if not differing(facts, standing, now).keys() - {"is_published"}:
            facts.pop("is_published", None)

    def _find_kind(self, row: int, facts: Facts) -> None:
        """The owner's own kinds are known by their names."""
        word = facts.pop(KIND_WORD, "")
        if key := self._around.kinds_by_label.get(normal(word)):
            facts["kind"] = key
        elif word:
            facts.setdefault("categories", ((word[:120],),))
        if "kind" not in facts or facts["kind"] in self._around.kinds:
            return
        key = self._around.kinds_by_label.get(normal(facts["kind"]))
        if key is None:
            known = ", ".join(KINDS.get(key, label) for key, label in self._around.kinds.items())
            self._remarks.refuse(row, "kind", f"Die Warenart „{facts['kind']}“ kennen wir nicht. Möglich sind: {known}")
        facts["kind"] = key or "other"

    def _read_attributes(self, row: int, facts: Facts) -> None:
        """Bring attribute values to the form in which they are shown, so that they can be compared."""
        for key in [key for key in facts if key.startswith(ATTRIBUTE_PREFIX)]:
            fact = self._around.attribute_types.get(normal(key.removeprefix(ATTRIBUTE_PREFIX)))
            value = facts.pop(key)
            if fact is None:
                if value:
                    facts[key] = value
                continue
            try:
                shown = attributes.format_value(fact, *attributes.parse_value(fact, value)) if value else ""
            except Refusal as refusal:
                self._remarks.refuse(row, key, refusal.sentence)
                continue
            facts[f"{ATTRIBUTE_PREFIX}{fact.label}"] = shown

    def _agree_on_maker(self, row: int, facts: Facts, product: StandingProduct | None) -> None:
        """One maker has one address, however many rows name it."""
        told = _ADDRESS & facts.keys()
        if not told:
            return
        name = facts.get("maker", product.facts["maker"] if product else "")
        if not name:
            for key in told:
                del facts[key]
            return
        first_row, agreed = self._makers.setdefault(name, (row, {}))
        for key in told:
            if agreed.setdefault(key, facts[key]) != facts[key]:
                self._remarks.refuse(row, key, f"Für „{name}“ steht in Zeile {first_row} etwas anderes.")

    def _complete(self, article: Article, facts: Facts) -> None:
        if not facts.get("name"):
            reason = f"{IS_NEW}, und der Produktname fehlt."
            self._remarks.miss(article.row, "name", reason)
        if not article.variants:
            reason = "Dieser Artikel ist neu und hat weder Preis noch Varianten."
            self._remarks.refuse(article.row, "price_cents", reason)
        facts.setdefault("is_published", True)
        _add_usual_measures(facts)

    def _check_unit(self, row: int, product: StandingProduct) -> None:
        if product.has_stock:
            reason = "Die Einheit kann nicht geändert werden, solange Bestand da ist. Setzen Sie ihn zuerst auf 0."
            self._remarks.refuse(row, "unit", reason)


def standing_facts(product: StandingProduct, facts: Facts, around: Surroundings) -> Facts:
    """What stands beside the facts of a file: the product's own, and the address of the maker that it will have."""
    maker: str = facts["maker"] if "maker" in facts else product.facts["maker"]
    return address_of(product, maker, around)


def lacking(step: Step, textiles: Collection[str]) -> Iterator[str]:
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
