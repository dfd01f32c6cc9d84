"""Stock-taking (Inventur): what was counted, by whom, beside what the books said."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class StockTaking(SQLModel, table=True):
    """A stock-taking from its start until it is closed."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    started_at: datetime = moment()
    started_by: str
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = ""


class StockCount(SQLModel, table=True):
    """A variant (or one roll of it) as counted, and what the books said at that moment; smallest units.

    Counted again, a newer row holds; nothing is changed afterwards.
    """

    id: int | None = Field(default=None, primary_key=True)
    taking_id: int = Field(foreign_key="stocktaking.id", index=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    roll_id: int | None = Field(default=None, foreign_key="roll.id")
    counted: int
    expected: int
    counted_at: datetime = moment()
    author: str
