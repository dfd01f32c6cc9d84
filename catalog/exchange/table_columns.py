"""Facts as columns of the tables: what a file says of goods, in the values that the database holds."""

from enum import Enum
from typing import Any

from catalog.exchange.articles import Facts
from catalog.variants import NewVariant

_PRODUCT = ("name", "kind", "unit", "minimum", "step", "maximum", "shown_per", "remnant_below", "offers_sample",
            "vat_class", "summary", "description", "warnings", "needs_no_warnings", "is_featured")  # fmt: skip
_VARIANT = {"weight_g": "weight_g", "thickness_mm": "thickness_mm", "per_layer": "per_layer", "gtin": "gtin",
            "reorder_at": "reorder_at", "own_minimum": "minimum", "own_step": "step",
            "own_maximum": "maximum"}  # fmt: skip


def of_product(facts: Facts) -> dict[str, Any]:
    """The columns of a product, but for its maker's."""
    columns = {key: _value(facts[key]) for key in _PRODUCT if key in facts}
    if "delivery_days" in facts:
        columns["delivery_days_min"], columns["delivery_days_max"] = facts["delivery_days"]
    return columns


def of_variant(facts: Facts) -> dict[str, Any]:
    """The columns of a variant that no ledger stands behind."""
    columns = {column: facts[key] for key, column in _VARIANT.items() if key in facts}
    if "content" in facts:
        content, unit = facts["content"] or (None, None)
        columns["content"], columns["content_unit"] = content, _value(unit)
    return columns


def new_variant(sku: str, facts: Facts) -> NewVariant:
    """What a new variant begins with."""
    content, content_unit = facts.get("content") or (None, None)
    return NewVariant(
        sku=sku,
        price_cents=facts["price_cents"],
        options=facts.get("options", ()),
        on_hand=facts.get("stock") or 0,
        lying=facts.get("rolls", ()),
        counts_stock=facts.get("stock") is not None,
        content=content,
        content_unit=content_unit,
        rrp_cents=facts.get("rrp_cents"),
        steps=facts.get("steps", ()),
        **{column: facts[key] for key, column in _VARIANT.items() if key in facts},
    )


def _value(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
