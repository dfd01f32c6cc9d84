"""What the law wants said of some articles only: old stock, electrics, batteries, guarantees, green claims.

The columns stand on Product under the same names; the label of a guarantee is a picture and has a door of its own.
"""

import re
from dataclasses import asdict, dataclass, fields

from catalog.products import Product

LEAST_GUARANTEE_MONTHS = 30  # Art. 6 (1) (la) of directive 2011/83/EU: more than two years, in half years
MOST_GUARANTEE_MONTHS = 1200


@dataclass(frozen=True)
class Duties:
    """What a person says of an article beyond what every article must tell; as it stands by itself: nothing.

    `guarantee_months` is the maker's own guarantee of durability, free of charge and on the whole article; None for
    none. `guarantee_terms` are the terms that § 479 BGB asks for. `claim_evidence` (and `claim_link`) is what an
    environmental claim in the texts rests on.
    """

    is_old_stock: bool = False
    is_electric: bool = False
    weee_number: str = ""
    has_battery: bool = False
    guarantee_months: int | None = None
    guarantee_brand: str = ""
    guarantee_model: str = ""
    guarantee_terms: str = ""
    claim_evidence: str = ""
    claim_link: str = ""
    repair_info: str = ""

    @property
    def guarantee(self) -> str:
        """The guarantee in a line for shoppers, "" without one."""
        return guarantee_line(self.guarantee_months, self.guarantee_brand, self.guarantee_model)


_YEARS = re.compile(r"(\d{1,3})(?:[.,]0)?\s*([.,]5|½)?(?:\s*Jahre?)?")

COLUMNS = tuple(each.name for each in fields(Duties))


def of(product: Product) -> Duties:
    """What stands of a product."""
    return Duties(**{name: getattr(product, name) for name in COLUMNS})


def columns(duties: Duties) -> dict[str, object]:
    """The same as columns of Product."""
    return asdict(duties)


def guarantee_line(months: int | None, brand: str, model: str) -> str:
    """ "Haltbarkeitsgarantie des Herstellers: 2½ Jahre, Marke Nordgarn, Modell N 3"; "" for None months."""
    if not months:
        return ""
    named = [f"{word} {value}" for word, value in (("Marke", brand), ("Modell", model)) if value]
    return ", ".join([f"Haltbarkeitsgarantie des Herstellers: {years(months)}", *named])


def years(months: int) -> str:
    """Months in whole and half years: "3 Jahre", "2½ Jahre"."""
    whole, rest = divmod(months, 12)
    return f"{whole}{'½' if rest else ''} Jahr{'' if months == 12 else 'e'}"


def months_of(typed: str) -> int:
    """Years as a person types them ("3", "2,5", "2½") in months. Raises ValueError where they are no half years."""
    years = _YEARS.fullmatch(typed.strip())
    if years is None:
        raise ValueError(typed)
    return 12 * int(years[1]) + (6 if years[2] else 0)
