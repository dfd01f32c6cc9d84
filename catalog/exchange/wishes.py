"""What the owner wishes of an import beyond what the file says by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Missing(StrEnum):
    """What becomes of articles that the file does not name."""

    KEEP = "keep"
    DRAFT = "draft"  # out of the shop
    ZERO = "zero"  # their counted stock is nothing


class Only(StrEnum):
    """Whether the file may add and change."""

    BOTH = ""
    NEW = "new"
    UPDATE = "update"


class Rest(StrEnum):
    """What becomes of columns that nobody knows."""

    LEFT_OUT = ""
    ATTRIBUTES = "attributes"


@dataclass(frozen=True)
class Wishes:
    """How a file is to be taken.

    decimal: "," or "." where the file leaves it open; None: found out.
    columns_of: a column's name in the file → what it is: one of our columns ("Preis"), "Merkmal: …", or "" to leave
      it out.
    rest: what becomes of columns that nobody knows and columns_of does not name.
    are_net: whether the file's prices are without VAT; None where the file decides or it must be asked.
    factor: what prices are multiplied by, after the tax (a net purchase price × 1.19 × 2.2, say).
    full_cents: prices are rounded up to a multiple of this: 5 → 4,95 and 5,00.
    only: new articles only, or those that are there already only.
    columns: our keys (see fields.py) that are taken; empty means all.
    missing: what becomes of articles that the file does not name.
    stock_is_change: stock in the file is added to what is there ("dazu"), not counted.
    agreed: the ids of the questions (Remark.question) to which the owner has said yes.
    taken_as: the name under which it is remembered how such a file is taken; None: what is remembered of its header,
      "": nothing that is remembered.
    said: the fields of these that the owner set herself, so that nothing remembered goes before them, be they usual.
    """

    decimal: str | None = None
    columns_of: Mapping[str, str] = field(default_factory=dict)
    rest: Rest = Rest.LEFT_OUT
    are_net: bool | None = None
    factor: Decimal = Decimal(1)
    full_cents: int = 1
    only: Only = Only.BOTH
    columns: frozenset[str] = frozenset()
    missing: Missing = Missing.KEEP
    stock_is_change: bool = False
    agreed: frozenset[str] = frozenset()
    taken_as: str | None = None
    said: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """As it is kept beside an import and in the memory of columns; what is usual is left out."""
        kept = {
            "decimal": self.decimal,
            "columns_of": dict(self.columns_of),
            "rest": str(self.rest),
            "are_net": self.are_net,
            "factor": str(self.factor) if self.factor != 1 else None,
            "full_cents": self.full_cents if self.full_cents != 1 else None,
            "only": str(self.only),
            "columns": sorted(self.columns),
            "missing": str(self.missing) if self.missing is not Missing.KEEP else None,
            "stock_is_change": self.stock_is_change,
            "agreed": sorted(self.agreed),
            "taken_as": self.taken_as,
            "said": sorted(self.said),
        }
        speaks = {"are_net": False, "taken_as": ""}  # also where it is as good as nothing
        return {key: value for key, value in kept.items() if value or (value is not None and speaks.get(key) == value)}


def from_json(kept: Mapping[str, Any]) -> Wishes:
    """Give back the wishes that `as_json` wrote."""
    return Wishes(
        decimal=kept.get("decimal"),
        columns_of=kept.get("columns_of", {}),
        rest=Rest(kept.get("rest", "")),
        are_net=kept.get("are_net"),
        factor=Decimal(kept.get("factor", "1")),
        full_cents=kept.get("full_cents", 1),
        only=Only(kept.get("only", "")),
        columns=frozenset(kept.get("columns", ())),
        missing=Missing(kept.get("missing", "keep")),
        stock_is_change=kept.get("stock_is_change", False),
        agreed=frozenset(kept.get("agreed", ())),
        taken_as=kept.get("taken_as"),
        said=frozenset(kept.get("said", ())),
    )


NO_WISHES = Wishes()
