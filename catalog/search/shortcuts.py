"""Searches that lead to a page instead of a list: "gutschein" to the gift vouchers. The owner makes them."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class Shortcut(SQLModel, table=True):
    """Where a search leads: `words` as they are typed, `key` as they are compared, `path` within the shop."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=200, unique=True)
    words: str = Field(max_length=200)
    path: str = Field(max_length=300)
    author: str = ""
    created_at: datetime = moment()
