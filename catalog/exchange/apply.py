"""Writing a plan: through the rules of the catalogue, in the transaction of the session handed in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import bulk, many_products, products, readiness
from catalog.exchange import guarding
from catalog.exchange.articles import Remark
from catalog.exchange.goods_writer import GoodsWriter
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan, Step
from catalog.products import Product
from catalog.readiness import Withdrawn

_PORTION = 2000  # variants that are written at once: what is in memory beside the plan

Progress = Callable[[int, int], None]


@dataclass
class Outcome:
    """What came of a batch.

    `steps` are those that were written, as they were written: their `old` facts are those that stood there then.
    `drafts` are the articles that stay (or became) drafts, with what they lack; `left_out` says which articles could
    not be written, because somebody had changed them since the plan, and why.
    """

    steps: list[Step]
    drafts: list[Withdrawn] = field(default_factory=list)
    left_out: list[Remark] = field(default_factory=list)


def apply(
    session: Session,
    plan: Plan,
    pictures: PictureFolders,
    *,
    now: datetime,
    author: str,
    reason: str = "Import",
    progress: Progress = lambda done, total: None,
) -> list[Withdrawn]:
    """Write all that a plan says, and give the articles that stay (or become) drafts, with what they lack.

    The plan was made in this very session, so nobody was faster; else see `write`. The door commits. Flushes.
    `reason` ("Import 17") stands beside each price and each movement of stock. `progress` hears (articles done,
    articles in all). Pictures were kept before (`keep_all`). Nothing is put on sale that lacks what the law wants
    shown.
    """
    return _write(
        session, plan.steps, len(plan.steps), pictures, now=now, author=author, reason=reason, progress=progress
    )


def write(
    session: Session,
    batch: Sequence[Step],
    pictures: PictureFolders,
    *,
    now: datetime,
    author: str,
    reason: str = "Import",
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Write a batch of a plan (`Steps.batches`) that was made before this transaction; the rest as `apply`.

    The goods are kept to ourselves first, and compared anew where somebody has changed them since: see guarding.py.
    """
    steps, left_out = guarding.settle(session, batch, pictures, now)
    told = {"author": author, "reason": reason}
    drafts = _write(session, steps, len(steps), pictures, now=now, progress=progress, **told)
    return Outcome(steps, drafts, left_out)


def _write(
    session: Session,
    steps: Iterable[Step],
    total: int,
    pictures: PictureFolders,
    *,
    now: datetime,
    author: str,
    reason: str,
    progress: Progress,
) -> list[Withdrawn]:
    writer = GoodsWriter(session, pictures, now, author, reason)
    done = 0
    with products.touched_once(session):
        for portion in _portions(steps):
            writer.write(portion)
            done += len(portion)
            progress(done, total)
        drafts = _publish_what_is_ready(session, writer.to_publish, now)
        return drafts + _keep_true(session, writer.changed, now)


def _portions(steps: Iterable[Step]) -> Iterator[list[Step]]:
    portion: list[Step] = []
    weight = 0
    for step in steps:
        portion.append(step)
        weight += step.weight
        if weight >= _PORTION:
            yield portion
            portion, weight = [], 0
    if portion:
        yield portion


def _publish_what_is_ready(session: Session, product_ids: Sequence[int], now: datetime) -> list[Withdrawn]:
    """Publish at the end, so that nobody sees a half-written product's page in the index."""
    session.flush()
    incomplete = []
    for part in bulk.some(product_ids, 500):
        gaps = readiness.missing_of(session, part)
        many_products.publish(session, (product_id for product_id, lacking in gaps.items() if not lacking), now)
        for product_id, name in _drafts(session, [each for each, lacking in gaps.items() if lacking]):
            incomplete.append(Withdrawn(product_id, name, tuple(gaps[product_id])))
    return incomplete


def _drafts(session: Session, product_ids: Sequence[int]) -> list[tuple[int, str]]:
    rows = select(Product.id, Product.name).where(col(Product.id).in_(product_ids), col(Product.published_at).is_(None))
    return [(product_id or 0, name) for product_id, name in session.exec(rows.order_by(col(Product.id)))]


def _keep_true(session: Session, product_ids: Sequence[int], now: datetime) -> list[Withdrawn]:
    return [each for part in bulk.some(product_ids, 500) for each in readiness.keep_true(session, part, now)]
