"""The step of one article: what of it is new, and what a file says otherwise than the shop."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog.exchange import product_facts, variant_facts
from catalog.exchange.articles import Article, Facts, Sale, VariantRow
from catalog.exchange.comparing import differing
from catalog.exchange.identities import Identities, product_of, standing_of
from catalog.exchange.named_pictures import NamedPictures
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.product_facts import ProductFacts
from catalog.exchange.quantities import Quantities
from catalog.exchange.remarks import Remarks
from catalog.exchange.shelf import Shelf, Shelves
from catalog.exchange.standing import StandingProduct, StandingVariant
from catalog.exchange.steps import Step, VariantStep
from catalog.exchange.variant_facts import VariantFacts
from catalog.exchange.wishes import Wishes
from catalog.units import QuantityRule, Unit


class Stepper:
    """Makes steps of articles, one portion after the other; what is wrong with them is said in the remarks."""

    def __init__(
        self, shelves: Shelves, remarks: Remarks, pictures: PictureFolders, now: datetime, wishes: Wishes
    ) -> None:
        self._shelves = shelves
        self._remarks = remarks
        self._now = now
        quantities, names = Quantities(remarks), NamedPictures(pictures, remarks)
        self._product_facts = ProductFacts(shelves.around, remarks, quantities, names)
        self._variant_facts = VariantFacts(remarks, quantities, names, now, stock_is_change=wishes.stock_is_change)
        self._incomplete: frozenset[int] = frozenset()

    def look_at(self, shelf: Shelf, portion: Sequence[Article]) -> None:
        """Look which drafts, of those that this portion wishes into the shop, lack something."""
        wished = [product_of(each, shelf) for each in portion if each.facts.get("is_published")]
        self._incomplete = self._shelves.incomplete(
            [each.id for each in wished if each is not None and not each.facts["is_published"]]
        )

    def check_gtins(self, article: Article, shelf: Shelf, identities: Identities) -> None:
        """Leave out a GTIN that another variant has."""
        for row in article.variants:
            gtin = row.facts.get("gtin")
            if gtin and not identities.may_have(gtin, row, standing_of(row, shelf), shelf):
                row.facts = {key: value for key, value in row.facts.items() if key != "gtin"}

    def step(self, article: Article, product: StandingProduct | None, shelf: Shelf) -> Step:
        """What an article adds or changes. What is wrong with it is said in the remarks."""
        facts = self._product_facts.read(article, product)
        unit: Unit = facts.get("unit") or (product.facts["unit"] if product else Unit.PIECE)
        rule = variant_facts.rule_of(unit, facts, product)
        variants = [self._variant(row, product, rule, shelf) for row in article.variants]
        if article.is_guessed:
            self._refuse_namesakes(product, variants)
        if product is None:
            return Step(article.row, article.key, None, 0, facts, {}, variants)
        if product.id in self._incomplete and not any(
            "pictures" in each.facts or "content" in each.facts for each in variants
        ):
            self._product_facts.leave_incomplete_draft(product, facts, self._now)
        standing = product_facts.standing_facts(product, facts, self._shelves.around)
        changed = differing(facts, standing, self._now)
        old = {key: standing.get(key, "") for key in changed}
        was_published: bool = product.facts["is_published"]
        return Step(article.row, article.key, product.id, product.version, changed, old, variants, was_published)

    def _variant(
        self, row: VariantRow, product: StandingProduct | None, rule: QuantityRule, shelf: Shelf
    ) -> VariantStep:
        standing = standing_of(row, shelf)
        sku = standing.sku if standing else row.sku or row.suggested
        if standing is None and not row.sku:
            self._remarks.ask(row.row, "sku", f"Die Artikelnummer fehlt. Wir vergeben „{sku}“.")
        if standing is not None and (product is None or standing.product_id != product.id):
            owner = shelf.products[standing.product_id].facts["name"]
            self._remarks.refuse(row.row, "sku", f"Die Artikelnummer „{sku}“ gehört schon zum Artikel „{owner}“.")
        facts = self._variant_facts.read(row, standing, rule)
        if standing is None:
            self._check_price(row, facts)
            return VariantStep(row.row, sku, None, facts)
        changed = differing(facts, standing.facts, self._now)
        return VariantStep(row.row, sku, standing.id, changed, _old(changed, standing))

    def _check_price(self, row: VariantRow, facts: Mapping[str, object]) -> None:
        if "price_cents" not in facts:
            self._remarks.miss(row.row, "price_cents", "Der Preis fehlt.")
        elif facts["price_cents"] == 0:
            reason = "Der Preis ist 0,00 €. Soll der Artikel wirklich nichts kosten?"
            self._remarks.ask(row.row, "price_cents", reason)
        elif isinstance(sale := facts.get("sale"), Sale) and sale.price_cents == 0:
            reason = "Der Angebotspreis ist 0,00 €. Soll der Artikel so lange wirklich nichts kosten?"
            self._remarks.ask(row.row, "sale", reason)

    def _refuse_namesakes(self, product: StandingProduct | None, variants: Sequence[VariantStep]) -> None:
        """Two articles of one name are not one article: its variants would differ in nothing that a shopper sees."""
        taken = {each.facts["options"] for each in product.variants} if product else set()
        for each in variants:
            options = each.facts.get("options", ())
            if each.id is None and options in taken:
                reason = (
                    "Ein anderer Artikel heißt ebenso, und keine Option unterscheidet die beiden. Bitte benennen Sie "
                    "einen um, oder tragen Sie unter „Option 1 Name“ und „Option 1 Wert“ den Unterschied ein."
                )
                self._remarks.refuse(each.row, "name", reason)
            taken.add(options)


def _old(changed: Mapping[str, object], standing: StandingVariant) -> Facts:
    keys = {"stock" if each == "stock_change" else each for each in changed}
    if standing.rolls and changed.get("stock", 0) is None:
        keys.add("rolls")  # forgotten with the count
    return {key: standing.facts[key] for key in standing.facts if key in keys}
