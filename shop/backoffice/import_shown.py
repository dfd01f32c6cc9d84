"""What the page of an import shows: the plan with pictures, how far it is, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from catalog import images
from catalog.exchange import undo_report
from catalog.exchange.articles import Remark
from catalog.exchange.columns import COLUMNS, suggested
from catalog.exchange.plan import rows_of
from catalog.exchange.runs import ImportRun, RunState
from catalog.products import Product, Variant
from shop import import_files, import_report, plan_report
from shop.backoffice import import_wishes
from shop.context import Shop

ARTICLES = 60  # that are shown with their changes
REMARKS = 100
_OFTEN = {
    key: COLUMNS[key] for key in ("sku", "name", "price_cents", "stock", "gtin", "categories", "maker", "pictures")
}  # come first, for those who choose and for those who type the first letters
_BUSY = (RunState.RECEIVED, RunState.AGREED, RunState.RUNNING, RunState.UNDOING)


@dataclass
class Changed:
    """An article and what would change of it; `picture_hash` is its first picture."""

    name: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    product_id: int | None = None
    picture_hash: str | None = None


@dataclass(frozen=True)
class Said:
    """A remark about several rows."""

    rows: str
    column: str
    reason: str
    stops: bool
    question: str


def page(session: Session, shop: Shop, run: ImportRun, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All that the template needs of an import; `typed` is its form where it was sent and makes no sense."""
    assert run.id is not None
    progress = import_files.progress_of(shop.settings, run.id)
    is_here = has_its_file(shop, run)
    return {
        "run": run,
        "state": RunState(run.state),
        "RunState": RunState,
        "said": import_report.STATES[RunState(run.state)],
        "in_words": import_report.in_words(run),
        "plan": run.plan,
        "progress": progress,
        "is_busy": run.state in _BUSY,
        "changed": _changed(session, run.plan.get("changes", [])),
        "questions": _gathered(run.plan.get("questions", [])),
        "refused": _gathered(run.plan.get("refused", [])),
        "undone": undo_report.from_json(run.result.get("undo", {})),
        "wished": typed or import_wishes.as_form(run),
        "encoding": plan_report.ENCODINGS.get(run.plan.get("encoding", ""), run.plan.get("encoding", "")),
        "can_be_read_again": is_here and bool(run.plan.get("header")) and not run.batches_done,
        "is_stuck": run.state in (RunState.RECEIVED, RunState.AGREED) and not is_here,
        "asks_columns": "products" not in run.plan and bool(run.plan.get("header")),
        "columns": {**_OFTEN, **COLUMNS},
        "guesses": {} if run.format else {name: suggested(name) for name in run.plan.get("header", [])},
        "most": ARTICLES,
        "remarks": REMARKS,
    }


def has_its_file(shop: Shop, run: ImportRun) -> bool:
    """Whether the file of an import is there still; with PostgreSQL it may lie on another host, which reads it."""
    return not shop.database.is_sqlite or import_files.kept_file(shop.settings, run.kept_as) is not None


def _changed(session: Session, changes: Sequence[dict[str, Any]]) -> list[Changed]:
    """The first articles with their changes, and their pictures."""
    found: dict[str, Changed] = {}
    for each in changes:
        if each["article"] not in found and len(found) == ARTICLES:
            break
        found.setdefault(each["article"], Changed(each["article"])).changes.append(each)
    _add_products(session, found)
    pictures = images.of(session, [each.product_id for each in found.values() if each.product_id])
    for article in found.values():
        hanging = pictures.get(article.product_id or 0, [])
        article.picture_hash = hanging[0].hash if hanging else None
    return list(found.values())


def _add_products(session: Session, found: dict[str, Changed]) -> None:
    skus = {change["sku"]: name for name, each in found.items() for change in each.changes if change["sku"]}
    by_sku = select(Variant.sku, Variant.product_id).where(col(Variant.sku).in_(list(skus)[:500]))
    for sku, product_id in session.exec(by_sku).all():
        found[skus[sku]].product_id = product_id
    by_name = select(Product.name, Product.id).where(col(Product.name).in_(list(found)))
    for name, same_name_id in session.exec(by_name).all():
        found[name].product_id = found[name].product_id or same_name_id


def _gathered(remarks: Sequence[dict[str, Any]]) -> list[Said]:
    """What is said of many rows is said once."""
    by_reason: dict[tuple[str, str], list[Remark]] = {}
    for each in remarks:
        by_reason.setdefault((each["column"], each["reason"]), []).append(Remark(**each))
    return [
        Said(rows_of(several), column, reason, several[0].stops, several[0].question)
        for (column, reason), several in by_reason.items()
    ]
