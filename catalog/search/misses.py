"""What was searched and not found, counted by words and day: nobody can tell who it was."""

from datetime import date

from sqlmodel import Field, SQLModel


class SearchMiss(SQLModel, table=True):
    """Words that found nothing: `words` as last typed, `key` as they are compared, and how often."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=200, unique=True)
    words: str = Field(max_length=200)
    times: int = 1
    first_on: date
    last_on: date = Field(index=True)
    is_settled: bool = False
