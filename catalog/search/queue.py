"""The change queue: a row per changed product, written in the transaction of the change itself."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class SearchChange(SQLModel, table=True):
    """A product to be indexed anew. Rows stay until pruned: each host replays them for itself."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(index=True)
    queued_at: datetime = moment(index=True)
