"""Taking an import back: what it changed goes back to what it was, unless somebody has changed it since.

Prices, reductions and stock go back through their ledgers, as rows of their own; what was sold since is no
contradiction. New goods go away again if nobody else knows them. `look` says beforehand what `take_back` does.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from catalog import makers, products, readiness
from catalog.exchange import chains, names, stock_back, surroundings, ties
from catalog.exchange import standing as goods_standing
from catalog.exchange.apply import apply
from catalog.exchange.articles import Facts
from catalog.exchange.fields import MAKER_FIELDS
from catalog.exchange.journal import from_json, portions
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan, Steps
from catalog.exchange.runs import ImportChange, ImportRun
from catalog.exchange.undo_report import Report
from catalog.exchange.way_back import Guide, WayBack
from catalog.products import Product, Variant
from catalog.rolls import Roll

MOST_ROWS = 5_000  # of the journal, in one transaction: shoppers order meanwhile
_AT_ONCE = 500  # databases limit how many values may stand in a query


def look(session: Session, run: ImportRun, pictures: PictureFolders, now: datetime, most: int = MOST_ROWS) -> Report:
    """What taking an import back would do, and what it would leave; nothing is written."""
    report, after = Report(), 0
    while changes := _next(session, run, after, most):
        report.add(_way_back(session, run, changes, pictures, now).report)
        after = changes[-1].product_id
    return report


def take_back(
    session: Session, run: ImportRun, pictures: PictureFolders, *, now: datetime, author: str, most: int = MOST_ROWS
) -> Report | None:
    """Put back the next articles of an import, at most so many lines of its journal, or one article that has more.

    Gives what was done; None where nothing is left to do. What is done is noted beside each line in the same
    transaction, so that it may be repeated until then, and done twice never. Flushes.
    """
    changes = _next(session, run, 0, most)
    if not changes:
        return None
    _lock(session, {each.product_id for each in changes})
    way = _way_back(session, run, changes, pictures, now)
    with products.touched_once(session):
        _write(session, run, way, pictures, now, author)
    _note_outcomes(session, changes, way)
    return way.report


def how_far(session: Session, run: ImportRun) -> tuple[int, int]:
    """So many lines of the journal are done with when an import is taken back, of so many."""
    lines = select(func.count()).where(ImportChange.run_id == run.id)
    return session.exec(lines.where(ImportChange.outcome != "")).one(), session.exec(lines).one()


def remove_names(session: Session, run: ImportRun) -> names.Names:
    """Take away the categories, makers and attributes that an import has made and that stand empty now. Flushes."""
    made = names.from_json(run.result.get("made", {}))
    return names.remove_empty(session, made, _addresses(session, run))


def _next(session: Session, run: ImportRun, after: int, most: int) -> Sequence[ImportChange]:
    """The open lines of the next products; a product's lines stay together."""
    is_open = (ImportChange.run_id == run.id, ImportChange.outcome == "", ImportChange.product_id > after)
    numbers = session.exec(
        select(ImportChange.product_id, func.count())
        .where(*is_open)
        .group_by(col(ImportChange.product_id))
        .order_by(col(ImportChange.product_id))
        .limit(most)
    ).all()
    lines, last = 0, after
    for product_id, number in numbers:
        lines += number
        if last > after and lines > most:
            break
        last = product_id
    return session.exec(
        select(ImportChange)
        .where(*is_open, ImportChange.product_id <= last)
        .order_by(col(ImportChange.product_id), col(ImportChange.id))
    ).all()


def _way_back(
    session: Session, run: ImportRun, changes: Sequence[ImportChange], pictures: PictureFolders, now: datetime
) -> WayBack:
    joined = chains.of(changes)
    goods = goods_standing.goods(session, joined, surroundings.load(session), now)
    return Guide(session, run, joined, goods, pictures, now).find()


def _lock(session: Session, product_ids: set[int]) -> None:
    """Variants by id, then rolls, then products: the order of everybody. Nobody can refer to them anew meanwhile."""
    for some in portions(sorted(product_ids), _AT_ONCE):
        of_some = select(Variant.id).where(col(Variant.product_id).in_(some))
        ids = session.exec(of_some.order_by(col(Variant.id)).with_for_update()).all()
        for part in portions(ids, _AT_ONCE):
            rolls = select(Roll.id).where(col(Roll.variant_id).in_(part)).order_by(col(Roll.id))
            session.exec(rolls.with_for_update()).all()
    for some in portions(sorted(product_ids), _AT_ONCE):
        session.exec(select(Product.id).where(col(Product.id).in_(some)).order_by(col(Product.id)).with_for_update())


def _write(
    session: Session, run: ImportRun, way: WayBack, pictures: PictureFolders, now: datetime, author: str
) -> None:
    stock_back.take_back(session, run, way.takings, now=now, author=author)
    for product_id in way.drafts:
        product = session.get_one(Product, product_id)
        if product.is_published:
            products.unpublish(session, product, now)
    for variant_id in way.idle_variants:
        variant = session.get_one(Variant, variant_id)
        variant.is_active = False
        products.touch(session, variant.product_id, now)
    _remove(session, way, now)
    _describe_makers(session, way, now)
    drafts = apply(
        session, Plan("", "", "", "", [], steps=Steps.of(way.steps)), pictures,
        now=now, author=author, reason=stock_back.undo_reason(run),
    )  # fmt: skip
    way.tell_of_drafts(drafts)


def _remove(session: Session, way: WayBack, now: datetime) -> None:
    owners: set[int] = set()
    for some in portions(way.gone_variants, _AT_ONCE):
        owners.update(session.exec(select(Variant.product_id).where(col(Variant.id).in_(some))).all())
    ties.remove_variants(session, way.gone_variants)
    ties.remove_products(session, way.gone_products)
    for product_id in sorted({*owners, *way.gone_products}):
        products.touch(session, product_id, now)


def _describe_makers(session: Session, way: WayBack, now: datetime) -> None:
    concerned: list[int] = []
    for name, address in sorted(way.addresses.items()):
        columns = {each.key.removeprefix("maker_"): address[each.key] for each in MAKER_FIELDS if each.key in address}
        concerned += makers.describe(session, makers.named(session, name).id or 0, columns, now)
    for some in portions(concerned, _AT_ONCE):
        readiness.keep_true(session, some, now)


def _note_outcomes(session: Session, changes: Sequence[ImportChange], way: WayBack) -> None:
    rows = [{"id": each.id, "outcome": way.outcomes[each.product_id, each.variant_id]} for each in changes]
    session.execute(update(ImportChange), rows)


def _addresses(session: Session, run: ImportRun) -> dict[str, Facts]:
    """What an import has said of makers."""
    said: dict[str, Facts] = {}
    of_products = select(ImportChange.new).where(ImportChange.run_id == run.id, col(ImportChange.variant_id).is_(None))
    for new in session.exec(of_products.order_by(col(ImportChange.id)).execution_options(yield_per=1000)):
        facts = from_json(dict(new))
        if "maker" in facts:
            address = {each.key: facts[each.key] for each in MAKER_FIELDS if each.key in facts}
            said.setdefault(facts["maker"], {}).update(address)
    return said
