"""Between plan and deed: the goods are kept to ourselves, and planned again where somebody was faster."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import bulk, makers, many_stocks
from catalog.exchange.articles import Article, Remark, VariantRow
from catalog.exchange.cells import tidy
from catalog.exchange.fields import MAKER_FIELDS
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.remarks import Remarks
from catalog.exchange.shelf import Shelf, Shelves
from catalog.exchange.stepping import Stepper
from catalog.exchange.steps import Step
from catalog.exchange.wishes import NO_WISHES
from catalog.makers import Maker
from catalog.products import Product, Variant

_ADDRESS = frozenset(each.key for each in MAKER_FIELDS)


def settle(
    session: Session, steps: Sequence[Step], pictures: PictureFolders, now: datetime
) -> tuple[list[Step], list[Remark]]:
    """Lock the goods of some steps, and give the steps as they can be written now, and why others cannot.

    First the variants, then the products, each in the order of their ids, as orders do. Steps of products that have
    changed since the plan, or whose new article numbers were given meanwhile, are compared anew: a fact that the
    plan would change is set, whatever it has become; all others stay as somebody has made them. Held goods are
    never taken from orders: such an article is left out.
    """
    many_stocks.lock(session, (each.id for step in steps for each in step.variants if each.id is not None))
    versions = _lock_products(session, steps)
    taken = _taken(session, (each.sku for step in steps for each in step.variants if each.id is None))
    stale = [step for step in steps if _is_stale(step, versions, taken)]
    if not stale:
        return list(steps), []
    anew = _Anew(session, pictures, now, stale)
    settled = [anew.step(step) if _is_stale(step, versions, taken) else step for step in steps]
    return [step for step in settled if step is not None], anew.remarks.refused


def _is_stale(step: Step, versions: dict[int, int], taken: set[str]) -> bool:
    if step.product_id is not None and versions.get(step.product_id) != step.version:
        return True
    return bool(taken) and any(each.id is None and each.sku in taken for each in step.variants)


def _lock_products(session: Session, steps: Sequence[Step]) -> dict[int, int]:
    """The versions of the products, which are ours from now on, with all goods of makers that are described."""
    ids = {step.product_id for step in steps if step.product_id is not None}
    described = [step for step in steps if _ADDRESS & step.facts.keys()]
    ids |= _goods_of_makers(session, described)
    versions: dict[int, int] = {}
    for part in bulk.some(sorted(ids)):
        rows = select(Product.id, Product.version).where(col(Product.id).in_(part)).order_by(col(Product.id))
        found = session.connection().execute(rows.with_for_update(key_share=True))
        versions.update((each.id, each.version) for each in found)
    return versions


def _goods_of_makers(session: Session, steps: Sequence[Step]) -> set[int]:
    names = {step.facts["maker"] for step in steps if step.facts.get("maker")}
    of_products = {step.product_id for step in steps if step.product_id is not None and "maker" not in step.facts}
    ids: set[int] = set()
    for part in bulk.some(names):
        ids.update(filter(None, session.exec(select(Maker.id).where(col(Maker.name).in_(part))).all()))
    for some in bulk.some(of_products):
        ids.update(filter(None, session.exec(select(Product.maker_id).where(col(Product.id).in_(some))).all()))
    return {product_id for maker_id in ids for product_id in makers.goods_of(session, maker_id)}


def _taken(session: Session, skus: Iterable[str]) -> set[str]:
    """Those of some new article numbers that have been given meanwhile."""
    found: set[str] = set()
    for part in bulk.some(skus):
        found.update(session.exec(select(Variant.sku).where(col(Variant.sku).in_(part))).all())
    return found


class _Anew:
    """Compares steps with the shop as it stands now, as if the facts that they change were all the file says."""

    def __init__(self, session: Session, pictures: PictureFolders, now: datetime, stale: Sequence[Step]) -> None:
        self.remarks = Remarks({})
        shelves = Shelves(session, now)
        articles = {id(step): _article(step) for step in stale}
        self._stepper = Stepper(shelves, self.remarks, pictures, now, NO_WISHES)
        about = shelves.about(list(articles.values()))
        products = {*about.products, *(step.product_id for step in stale if step.product_id is not None)}
        self._shelf = shelves.of(products)
        self._articles = articles

    def step(self, old: Step) -> Step | None:
        """The step anew; None where it cannot be done any more, which the remarks say."""
        article = self._articles[id(old)]
        product = self._shelf.products.get(old.product_id or 0)
        if (old.product_id is not None and product is None) or _has_lost_a_variant(old, self._shelf):
            self.remarks.refuse(old.row, "sku", "Diesen Artikel gibt es inzwischen nicht mehr, oder er heißt anders.")
            return None
        step = self._stepper.step(article, product, self._shelf)
        if not self.remarks.are_good(article):
            return None
        step.variants = [each for each in step.variants if each.id is None or each.facts]
        step.place = old.place
        return step


def _article(step: Step) -> Article:
    variants = [VariantRow(each.row, tidy(each.sku), each.facts) for each in step.variants]
    return Article(step.row, step.key, facts=step.facts, variants=variants)


def _has_lost_a_variant(step: Step, shelf: Shelf) -> bool:
    """Whether a variant has gone, has another number by now, or belongs to another product."""
    for each in step.variants:
        found = shelf.by_sku.get(tidy(each.sku))
        if each.id is not None and (found is None or (found.id, found.product_id) != (each.id, step.product_id)):
            return True
    return False
