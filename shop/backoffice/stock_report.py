"""The report of a stock-taking: what differed and what it is worth, and all of it as a table."""

import csv
import io
from dataclasses import dataclass

from sqlmodel import Session

from catalog import stock_sheet
from catalog.exchange.cells import guard
from catalog.stock_sheet import Line
from catalog.stock_taking import StockTaking
from catalog.units import PRICE_UNIT_NAME, SMALLEST_PER_PRICE_UNIT, Unit, line_cents
from shop.backoffice import named
from shop.backoffice.named import Named
from shop.backoffice.typed import amount
from shop.formats import german_time

COLUMNS = (
    "Artikelnummer", "Artikel", "Ausführung", "Ballen", "Partie", "Platz", "Einheit", "Soll", "Gezählt",
    "Differenz", "Preis je Einheit brutto", "Wert gezählt", "Wert Differenz", "Gezählt am", "Gezählt von",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line of the sheet with what it is called; values are gross cents at the price of the day."""

    line: Line
    goods: Named

    @property
    def difference(self) -> int:
        """What was too much, or (negative) missing, in smallest units; 0 where nobody counted."""
        return self.line.result.difference if self.line.result else 0

    @property
    def difference_cents(self) -> int:
        """What the difference is worth."""
        return self.line.result.value_cents(self.goods.unit) if self.line.result else 0

    @property
    def counted_cents(self) -> int:
        """What was counted, at its selling price."""
        result = self.line.result
        return line_cents(result.price_cents, result.counted, self.goods.unit) if result else 0


@dataclass(frozen=True)
class Report:
    """All lines by name: those counted, and those that nobody has counted."""

    counted: list[Row]
    missing: list[Row]

    @property
    def differences(self) -> list[Row]:
        """The counted lines that were not as the books said."""
        return [row for row in self.counted if row.difference]

    @property
    def difference_cents(self) -> int:
        """The sum of all differences."""
        return sum(row.difference_cents for row in self.counted)

    @property
    def counted_cents(self) -> int:
        """The sum of all that was counted."""
        return sum(row.counted_cents for row in self.counted)


def of(session: Session, taking: StockTaking) -> Report:
    """The report of a stock-taking, also while it runs."""
    lines = stock_sheet.everything(session, taking)
    goods = named.of(session, {line.variant_id for line in lines})
    rows = [Row(line, goods[line.variant_id]) for line in lines]
    return Report([row for row in rows if row.line.result], [row for row in rows if not row.line.result])


def as_csv(report: Report) -> str:
    """All lines for a spreadsheet that speaks German: semicolons, decimal commas, amounts in price units."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in [*report.counted, *report.missing]:
        writer.writerow(_cells(row))
    return text.getvalue()


def _cells(row: Row) -> list[str]:
    line, goods, result = row.line, row.goods, row.line.result
    texts = [goods.sku, goods.name, goods.options, "" if line.roll_id is None else str(line.roll_id), line.lot]
    about = [*map(guard, texts), guard(line.place), PRICE_UNIT_NAME[goods.unit]]
    if result is None:
        return [*about, decimal(line.on_hand, goods.unit), *[""] * 7]
    return [
        *about,
        decimal(result.expected, goods.unit),
        decimal(result.counted, goods.unit),
        decimal(result.difference, goods.unit),
        amount(result.price_cents),
        amount(row.counted_cents),
        _signed(row.difference_cents),
        german_time(result.counted_at),
        guard(result.author),
    ]


def decimal(quantity: int, unit: Unit) -> str:
    """A quantity as a decimal number of its price unit, as spreadsheets read it: 840 cm → "8,40"."""
    per = SMALLEST_PER_PRICE_UNIT[unit]
    whole, part = divmod(abs(quantity), per)
    digits = len(str(per)) - 1
    sign = "-" if quantity < 0 else ""
    return f"{sign}{whole},{part:0{digits}d}" if digits else f"{sign}{whole}"


def _signed(cents: int) -> str:
    return f"-{amount(-cents)}" if cents < 0 else amount(cents)
