"""Whether what a file says is what stands in the shop, and what becomes another in words."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from catalog.exchange.articles import Facts, Sale
from catalog.exchange.fields import MAKER_FIELDS, PRODUCT_FIELDS, VARIANT_FIELDS, Field, show_rolls, show_steps
from catalog.exchange.hypertext import html_of
from catalog.exchange.standing import StandingVariant
from catalog.units import Unit, format_quantity

QUANTITIES = ("minimum", "step", "maximum", "shown_per", "remnant_below",
              "reorder_at", "own_minimum", "own_step", "own_maximum")  # fmt: skip
_PRODUCT_FIELDS = {each.key: each for each in (*PRODUCT_FIELDS, *MAKER_FIELDS)}
_VARIANT_FIELDS = {each.key: each for each in VARIANT_FIELDS}


def differing(facts: Facts, standing: Facts, now: datetime) -> Facts:
    """Those facts of a file that say something else than what stands."""
    return {
        key: value
        for key, value in facts.items()
        if value != (old := standing.get(key, "")) and not is_as_before(key, value, old, now)
    }


def is_as_before(key: str, new: Any, old: Any, now: datetime) -> bool:
    """Whether a fact stays. Blanks are blanks, of moments files know the minute only, and a description that comes
    back from another system is spelled in another way.
    """
    if new == old:
        return True
    if key == "description":
        return html_of(new) == html_of(old)
    if isinstance(new, str) and isinstance(old, str):
        return new.replace("\u00a0", " ") == old.replace("\u00a0", " ")
    return key == "sale" and same_sale(new, old, now)


def same_sale(new: Sale | None, old: Sale | None, now: datetime) -> bool:
    """Whether two reductions are one; files know minutes only, and "from now on" has begun already."""
    if new is None or old is None:
        return new is old
    if (new.price_cents, _minute(new.ends_at)) != (old.price_cents, _minute(old.ends_at)):
        return False
    starts = [
        None if each.starts_at is None or each.starts_at <= now else _minute(each.starts_at) for each in (new, old)
    ]
    return starts[0] == starts[1]


def stay(keys: Collection[str], facts: Facts, standing: StandingVariant | None) -> bool:
    """Whether a file leaves these facts of a variant as they are; what a later price overtook may stand there."""
    return standing is not None and all(facts.get(key, standing.facts[key]) == standing.facts[key] for key in keys)


@cache
def product_field(key: str, unit: Unit) -> Field:
    """How a product's fact is called and shown."""
    if key in QUANTITIES:
        return replace(_PRODUCT_FIELDS[key], show=lambda quantity: format_quantity(quantity, unit))
    return _PRODUCT_FIELDS.get(key) or Field(key, key)


@cache
def variant_field(key: str, unit: Unit) -> Field:
    """How a variant's fact is called and shown."""
    if key == "stock" or key in QUANTITIES:
        return replace(_VARIANT_FIELDS[key], show=lambda quantity: format_quantity(quantity, unit))
    if key == "rolls":
        return replace(_VARIANT_FIELDS[key], show=lambda rolls: show_rolls(rolls, unit))
    if key == "steps":
        return replace(_VARIANT_FIELDS[key], show=lambda steps: show_steps(steps, unit))
    return _VARIANT_FIELDS[key]


def _minute(at: datetime | None) -> datetime | None:
    return at.replace(second=0, microsecond=0) if at else None
