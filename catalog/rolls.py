"""Rolls (Ballen) and dye lots (Partien): where stock lies, and from which of them a piece is cut."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from catalog.times import moment


class Roll(SQLModel, table=True):
    """A roll of cut goods, or the balls of one dye lot; quantities in smallest units of its variant.

    Its `id` is the number that the owner writes on it. `lot` is the maker's dye lot, "" if unknown;
    `place` is where it lies in the store. For each variant with rolls the sums of `on_hand` and `held`
    over its rolls are the variant's own. `ended_at`: nothing is left of it. `is_kept`: the owner does
    not want it proposed as a remnant (any more).
    """

    __table_args__ = (CheckConstraint("held >= 0 AND on_hand >= held", name="roll_never_oversold"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    lot: str = Field(default="", max_length=40)
    place: str = Field(default="", max_length=40)
    on_hand: int
    held: int = 0
    received_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    is_kept: bool = False
