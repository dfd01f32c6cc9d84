"""How some goods get back to what they were before an import: decided by looking, before anything is written."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from catalog.exchange import going_back, lying_back, stock_back, ties
from catalog.exchange.articles import Facts
from catalog.exchange.chains import Chain, ProductChain
from catalog.exchange.comparing import is_as_before, product_field, variant_field
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Step, VariantStep
from catalog.exchange.runs import ImportRun
from catalog.exchange.since import Since
from catalog.exchange.standing import StandingProduct, StandingVariant
from catalog.exchange.stock_back import Taking
from catalog.exchange.undo_report import Left, Report
from catalog.products import Kind
from catalog.readiness import Withdrawn
from catalog.units import Unit, format_quantity
from catalog.vat import VatClass

BACK, DELETED, DRAFT, LEFT, GONE = "back", "deleted", "draft", "left", "gone"
"""What became of a line of the journal: put back; deleted as new; kept as a draft because others know it; left as it
is at least in part; gone already."""

_STOCK = frozenset({"stock", "rolls", "stock_change"})
_FRESH_PRODUCT: Facts = {
    "categories": (), "kind": Kind.OTHER, "unit": Unit.PIECE, "minimum": 1, "step": 1, "maximum": None,
    "shown_per": None, "remnant_below": 0, "offers_sample": False, "vat_class": VatClass.STANDARD, "summary": "",
    "description": "", "fibres": (), "maker": "", "delivery_days": (2, 4), "is_featured": False, "pictures": (),
    "warnings": "", "needs_no_warnings": False,
}  # fmt: skip
_FRESH_VARIANT: Facts = {
    "options": (), "content": None, "weight_g": 0, "thickness_mm": None, "per_layer": 1, "gtin": "", "sale": None,
    "pictures": (), "steps": (), "rrp_cents": None, "reorder_at": None, "own_minimum": None, "own_step": None,
    "own_maximum": None,
}  # fmt: skip
"""What a new product, or variant, is like of which a file says nothing."""


@dataclass
class WayBack:
    """What is to do for some goods, and what is told of it. `outcomes` by (product, variant or None)."""

    steps: list[Step] = field(default_factory=list)
    addresses: dict[str, Facts] = field(default_factory=dict)
    takings: dict[int, Taking] = field(default_factory=dict)
    gone_products: list[int] = field(default_factory=list)
    gone_variants: list[int] = field(default_factory=list)
    drafts: list[int] = field(default_factory=list)
    idle_variants: list[int] = field(default_factory=list)
    outcomes: dict[tuple[int, int | None], str] = field(default_factory=dict)
    report: Report = field(default_factory=Report)

    def tell_of_drafts(self, drafts: Iterable[Withdrawn]) -> None:
        """Say which articles are drafts now, because they lack what the law wants shown."""
        for each in drafts:
            lacks = ", ".join(gap.short or gap.sentence for gap in each.gaps)
            self.report.leave(Left(each.name, "", "Veröffentlicht", f"bleibt Entwurf, denn es fehlt: {lacks}."))
            if (each.product_id, None) in self.outcomes:
                self.outcomes[each.product_id, None] = LEFT


class Guide:
    """Finds the way back of some goods: `chains` is what the import made of them, `goods` how they stand now."""

    def __init__(
        self,
        session: Session,
        run: ImportRun,
        chains: Mapping[int, ProductChain],
        goods: Mapping[int, StandingProduct],
        pictures: PictureFolders,
        now: datetime,
    ) -> None:
        self._now = now
        self._chains = chains
        self._goods = goods
        self._pictures = pictures
        self._since = Since(session, run)
        self._made_makers = frozenset(run.result.get("made", {}).get("makers", ()))
        variants = {each.id: each for product in goods.values() for each in product.variants}
        moved = {number: variants[number] for each in chains.values() for number in each.variants if number in variants}
        self._takings = stock_back.takings(session, run, moved, self._since)
        self._known_products = ties.known_products(session, [key for key, chain in chains.items() if chain.is_new])
        new_variants = [key for each in chains.values() for key, chain in each.variants.items() if chain.is_new]
        self._known_variants = ties.known_variants(session, new_variants)
        self._moved_variants = stock_back.moved_by_others(session, run, new_variants)
        self.way = WayBack()

    def find(self) -> WayBack:
        """Look at each product."""
        for product_id, chain in self._chains.items():
            product = self._goods.get(product_id)
            if product is None:
                self._set_outcomes(product_id, chain, GONE)
            elif chain.is_new:
                self._new_product(product, chain)
            else:
                self._old_product(product, chain)
        return self.way

    def _new_product(self, product: StandingProduct, chain: ProductChain) -> None:
        changed = [*self._changes_of_new(product, chain)]
        if changed:
            self._leave(changed)
            self._set_outcomes(product.id, chain, LEFT)
            return
        known = self._known_products.get(product.id) or self._known_of(chain.variants)
        if not known:
            self.way.gone_products.append(product.id)
            self.way.gone_variants += [each.id for each in product.variants]
            self.way.report.deleted += 1
            self._set_outcomes(product.id, chain, DELETED)
            return
        self._take_stock(product, [each for each in product.variants if each.id in chain.variants])
        self.way.drafts.append(product.id)
        self.way.report.drafts += 1
        name = product.facts["name"]
        self._leave([Left(name, "", "", f"steht {known} und bleibt deshalb als Entwurf; der Bestand geht zurück.")])
        self._set_outcomes(product.id, chain, DRAFT)

    def _changes_of_new(self, product: StandingProduct, chain: ProductChain) -> Iterator[Left]:
        """What of a new product is not as the import has made it."""
        assert chain.own is not None
        name, unit = product.facts["name"], product.facts["unit"]
        attributes = {key: "" for key in product.facts if key.startswith(ATTRIBUTE_PREFIX)}
        for key, value in (_FRESH_PRODUCT | attributes | chain.own.new).items():
            if not self._is(key, value, product.facts.get(key, "")):
                yield self._changed(product, None, key, unit)
        for each in product.variants:
            if each.id in chain.variants:
                yield from self._changes_of_new_variant(product, each, chain.variants[each.id])
            else:
                who = self._since.edited(product.id)
                yield Left(name, each.sku, "", f"Diese Variante ist seitdem dazugekommen ({who}).")

    def _changes_of_new_variant(
        self, product: StandingProduct, variant: StandingVariant, chain: Chain
    ) -> Iterator[Left]:
        for key, value in (_FRESH_VARIANT | chain.new).items():
            if key not in _STOCK and not self._is(key, value, variant.facts[key]):
                yield self._changed(product, variant, key, product.facts["unit"])
        taking = self._takings.get(variant.id)
        if taking and taking.counted_since:
            yield self._counted(product, variant, taking)

    def _known_of(self, variant_ids: Collection[int]) -> str:
        """From where others know one of these variants; "" if nobody does."""
        sold = (each for each in variant_ids if each in self._takings and self._takings[each].sold)
        known = next((self._known_variants[each] for each in variant_ids if each in self._known_variants), "")
        if known or any(True for _ in sold):
            return known or "unter den Verkäufen"
        return "auch mit anderen Buchungen im Lager" if self._moved_variants.intersection(variant_ids) else ""

    def _old_product(self, product: StandingProduct, chain: ProductChain) -> None:
        unit: Unit = product.facts["unit"]
        self._left_before = self.way.report.left_in_all
        back = self._going_back(product, None, chain.own, unit) if chain.own else {}
        steps = []
        changed_variants = []
        by_id = {each.id: each for each in product.variants}
        for variant_id, of_variant in chain.variants.items():
            before = self.way.report.left_in_all
            variant = by_id.get(variant_id)
            if variant is None:
                self.way.outcomes[product.id, variant_id] = GONE
                continue
            if of_variant.is_new:
                self._new_variant(product, variant, of_variant)
                continue
            facts = self._going_back(product, variant, of_variant, unit)
            facts |= self._stock_facts(product, variant, of_variant)
            changed_variants.append(variant)
            steps.append(VariantStep(0, variant.sku, variant.id, facts))
            self.way.outcomes[product.id, variant_id] = BACK if self.way.report.left_in_all == before else LEFT
        self._finish(product, chain, back, steps, changed_variants)

    def _finish(
        self,
        product: StandingProduct,
        chain: ProductChain,
        back: Facts,
        steps: list[VariantStep],
        changed_variants: list[StandingVariant],
    ) -> None:
        self._take_stock(product, changed_variants)
        on_hand = sum(each.on_hand + self._change_of(each) for each in product.variants)
        for key, reason in going_back.impossible(product, back, steps, on_hand, self._pictures, self._now):
            column = product_field(key, product.facts["unit"]).column
            self._leave([Left(product.facts["name"], "", column, reason)])
        address = {each: back.pop(each) for each in list(back) if each.startswith("maker_")}
        if address and product.facts["maker"] not in self._made_makers:
            self.way.addresses.setdefault(product.facts["maker"], {}).update(address)
        wanted = [each for each in steps if each.facts]
        if back or wanted:
            is_published = product.facts["is_published"]
            step = Step(0, "", product.id, product.version, back, {}, wanted, was_published=is_published)
            self.way.steps.append(step)
        if chain.own is not None:
            self.way.outcomes[product.id, None] = BACK if self.way.report.left_in_all == self._left_before else LEFT
        if back or address or wanted or any(self._change_of(each) for each in changed_variants):
            self.way.report.back += 1

    def _going_back(self, product: StandingProduct, variant: StandingVariant | None, chain: Chain, unit: Unit) -> Facts:
        """The facts that are as the import left them, with what they were before; others are left, and told."""
        standing = variant.facts if variant else product.facts
        back: Facts = {}
        for key, new in chain.new.items():
            if key in _STOCK:
                continue
            now, old = standing.get(key, ""), chain.old.get(key, "")
            if self._is(key, new, now):
                back[key] = going_back.as_it_would_be(key, old, self._now)
            elif not self._is(key, old, now):
                self._leave([self._changed(product, variant, key, unit)])
        return back

    def _new_variant(self, product: StandingProduct, variant: StandingVariant, chain: Chain) -> None:
        """A variant that the import has added to an article that was there."""
        changed = [*self._changes_of_new_variant(product, variant, chain)]
        known = self._known_of([variant.id])
        if changed:
            self._leave(changed)
        elif known:
            self._take_stock(product, [variant])
            self.way.idle_variants.append(variant.id)
            reason = f"steht {known} und bleibt deshalb, wird aber nicht mehr angeboten; der Bestand geht zurück."
            self._leave([Left(product.facts["name"], variant.sku, "", reason)])
        else:
            self.way.gone_variants.append(variant.id)
        self.way.outcomes[product.id, variant.id] = LEFT if changed else DRAFT if known else DELETED

    def _stock_facts(self, product: StandingProduct, variant: StandingVariant, chain: Chain) -> Facts:
        """Whether stock is counted at all goes back as a fact; how much there is goes back as movements."""
        taking = self._takings.get(variant.id)
        if taking and taking.counted_since:
            self._leave([self._counted(product, variant, taking)])
            return {}
        rolls = lying_back.rolls(chain, variant)
        if rolls is None:
            self._leave([Left(product.facts["name"], variant.sku, "Ballen", lying_back.UNKNOWN)])
        if "stock" not in chain.new or (chain.old["stock"] is None) == (chain.new["stock"] is None):
            return {}
        if (variant.facts["stock"] is None) == (chain.old["stock"] is None):
            return {}
        if chain.old["stock"] is None:
            return {"stock": None}
        return {"stock": variant.on_hand} | ({"rolls": rolls} if rolls else {})

    def _take_stock(self, product: StandingProduct, variants: Collection[StandingVariant]) -> None:
        for each in variants:
            taking = self._takings.get(each.id)
            if taking is None or taking.counted_since:
                continue
            if taking.moves:
                self.way.takings[each.id] = taking
            self._tell_of_stock(product, each, taking)

    def _tell_of_stock(self, product: StandingProduct, variant: StandingVariant, taking: Taking) -> None:
        unit: Unit = product.facts["unit"]
        name = product.facts["name"]
        if taking.short:
            reason = f"{format_quantity(taking.short, unit)} davon sind schon verkauft oder reserviert und fehlen nun."
            self._leave([Left(name, variant.sku, "Bestand", reason)])
        elif taking.sold > 0 and taking.moves:
            sold = format_quantity(taking.sold, unit)
            self.way.report.notes.append(
                f"„{name}“ ({variant.sku}): seitdem {sold} verkauft; das bleibt berücksichtigt."
            )

    def _change_of(self, variant: StandingVariant) -> int:
        taking = self.way.takings.get(variant.id)
        return taking.change if taking else 0

    def _counted(self, product: StandingProduct, variant: StandingVariant, taking: Taking) -> Left:
        on_hand = format_quantity(variant.on_hand, product.facts["unit"])
        reason = f"steht jetzt auf {on_hand}, gezählt {taking.counted_since}. Das bleibt so."
        return Left(product.facts["name"], variant.sku, "Bestand", reason)

    def _changed(self, product: StandingProduct, variant: StandingVariant | None, key: str, unit: Unit) -> Left:
        shown = variant_field(key, unit) if variant else product_field(key, unit)
        now = (variant or product).facts.get(key, "")
        said = f"steht jetzt auf „{shown.show(now)}“" if now not in (None, "", ()) else "ist jetzt leer"
        who = self._since.changed(product.id, variant.id if variant else None, key)
        return Left(
            product.facts["name"],
            variant.sku if variant else "",
            shown.column,
            f"{said}, geändert {who}. Das bleibt so.",
        )

    def _is(self, key: str, value: object, now: object) -> bool:
        return is_as_before(key, value, now, self._now)

    def _leave(self, every: Collection[Left]) -> None:
        for each in every:
            self.way.report.leave(each)

    def _set_outcomes(self, product_id: int, chain: ProductChain, outcome: str) -> None:
        if chain.own is not None:
            self.way.outcomes[product_id, None] = outcome
        self.way.outcomes |= {(product_id, each): outcome for each in chain.variants}
