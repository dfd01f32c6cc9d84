"""From when on whom an e-invoice must be issued to (§ 14 Abs. 1 and 2, § 27 Abs. 38 UStG), and who never has to."""

from dataclasses import dataclass
from datetime import date

RECEIVED_SINCE = date(2025, 1, 1)  # every business must be able to take e-invoices in
ISSUED_BY_LARGE = date(2027, 1, 1)
ISSUED_BY_ALL = date(2028, 1, 1)
_LARGE_CENTS = 800_000_00  # turnover of the year before
_SMALL_AMOUNT_CENTS = 250_00  # § 33 UStDV


@dataclass(frozen=True)
class Sale:
    """What decides about it: the gross amount, whether a business in Germany buys, and who sells.

    `turnover_before_cents` is the seller's in the year before.
    """

    gross_cents: int
    is_to_german_business: bool
    is_small_business: bool
    turnover_before_cents: int


def must_be_issued(sale: Sale, on: date) -> bool:
    """Whether a sale of a day must have an e-invoice, so that paper or a plain PDF would not do."""
    is_free = not sale.is_to_german_business or sale.is_small_business or sale.gross_cents <= _SMALL_AMOUNT_CENTS
    if is_free or on < ISSUED_BY_LARGE:
        return False
    return on >= ISSUED_BY_ALL or sale.turnover_before_cents > _LARGE_CENTS
