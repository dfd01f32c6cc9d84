"""Words that mean the same to shoppers: "Reißverschluss = Zipper = RV". The owner edits them."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class Synonym(SQLModel, table=True):
    """Words or groups of words that mean the same, joined by " = "."""

    id: int | None = Field(default=None, primary_key=True)
    words: str = Field(max_length=400)
    author: str = ""
    created_at: datetime = moment()
