"""How what leaves Germany is taxed: to businesses in the EU (§ 6a UStG), to third countries (§ 6 UStG), to consumers.

Gross is the truth: whether tax lies in a price or none, the price stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.vat import GERMAN, OTHER_EU, Taxation
from checkout import business, distance_sales
from checkout.totals import Summed

INTRA_EU, EXPORT = "K", "G"  # the categories of EN 16931


@dataclass(frozen=True)
class Sale:
    """What decides: where the goods go ("DE" for pickup), both VAT numbers, and whether the seller is exempt (§ 19).

    `buyer_vat_id` is "" for consumers, and for businesses that named none.
    """

    country: str
    seller_vat_id: str = ""
    buyer_vat_id: str = ""
    is_exempt: bool = False

    @property
    def category(self) -> str:
        """INTRA_EU or EXPORT where the goods go there untaxed, "" else."""
        if self.is_exempt or self.country == "DE":
            return ""
        if self.country not in OTHER_EU:
            return EXPORT
        has_both = business.is_vat_id(self.seller_vat_id) and business.is_vat_id_of_another_country(self.buyer_vat_id)
        return INTRA_EU if has_both else ""


def taxation_of(
    session: Session, sale: Sale, items: Iterable[Summed], shipping_cents: int, *, always_abroad: bool, now: datetime
) -> Taxation:
    """How a sale is taxed. `always_abroad`: see distance_sales.taxation_of, which is asked for consumers only."""
    if sale.category:
        return Taxation(category=sale.category)
    if sale.is_exempt or sale.buyer_vat_id:
        return GERMAN  # what a business buys is no distance sale (§ 3c Abs. 1 UStG)
    return distance_sales.taxation_of(
        session, sale.country, items, shipping_cents, always_abroad=always_abroad, now=now
    )
