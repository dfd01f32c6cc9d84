"""Who has changed goods since an import, and when: told to the owner where the import cannot be taken back."""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.exchange.cells import format_moment
from catalog.exchange.runs import ImportChange, ImportRun
from catalog.movements import StockMovement
from catalog.prices import PriceChange, PriceStep, Reduction
from catalog.products import Product

_Ledger = PriceChange | Reduction | PriceStep
_LEDGERS: dict[str, type[_Ledger]] = {"price_cents": PriceChange, "sale": Reduction, "steps": PriceStep}
_WHEN: dict[type[_Ledger], str] = {PriceChange: "changed_at", Reduction: "created_at", PriceStep: "starts_at"}


class Since:
    """Asks rows and ledgers about what happened to goods after an import."""

    def __init__(self, session: Session, run: ImportRun) -> None:
        self._session = session
        self._run = run

    def changed(self, product_id: int, variant_id: int | None, key: str) -> str:
        """Who has last changed a fact of a product or variant: "von Anna am 27.11.2026 11:23", "durch Import 7 …"."""
        later = self._later_import(product_id, variant_id, key)
        if later is not None:
            return _by_import(later)
        if variant_id is not None and key in _LEDGERS:
            return self._by_ledger(variant_id, key)
        return self.edited(product_id)

    def edited(self, product_id: int) -> str:
        """Who has last edited an article."""
        row = self._session.exec(select(Product.updated_by, Product.updated_at).where(Product.id == product_id)).first()
        return _by(*row) if row else ""

    def moved(self, movement: StockMovement) -> str:
        """Who has counted, or brought in, stock."""
        number = movement.note.removeprefix("Import ")
        run = self._session.get(ImportRun, int(number)) if number.isdecimal() else None
        return _by_import(run) if run is not None else _by(movement.author, movement.moved_at)

    def _later_import(self, product_id: int, variant_id: int | None, key: str) -> ImportRun | None:
        assert self._run.id is not None
        later = (
            select(ImportRun, ImportChange.new)
            .join(ImportChange, col(ImportChange.run_id) == ImportRun.id)
            .where(
                ImportChange.product_id == product_id,
                col(ImportChange.variant_id).is_not_distinct_from(variant_id),
                ImportChange.run_id > self._run.id,
                col(ImportRun.undone_at).is_(None),
            )
            .order_by(col(ImportChange.id).desc())
        )
        return next((run for run, new in self._session.exec(later) if key in new), None)

    def _by_ledger(self, variant_id: int, key: str) -> str:
        table = _LEDGERS[key]
        when = getattr(table, _WHEN[table])
        newest = select(col(table.author), when).where(table.variant_id == variant_id).order_by(col(table.id).desc())
        row = self._session.exec(newest.limit(1)).first()
        return _by(*row) if row is not None else ""


def _by(author: str, at: datetime) -> str:
    return f"von {author or 'jemandem'} am {format_moment(at)}"


def _by_import(run: ImportRun) -> str:
    at = run.ended_at or run.agreed_at or run.created_at
    return f"durch Import {run.id} („{run.name}“, {run.author}) am {format_moment(at)}"
