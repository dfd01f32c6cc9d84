"""Categories: a tree through which shoppers walk."""

from sqlmodel import Field, SQLModel


class Category(SQLModel, table=True):
    """A department of the shop; `parent_id` None stands at the top."""

    id: int | None = Field(default=None, primary_key=True)
    parent_id: int | None = Field(default=None, foreign_key="category.id", index=True)
    slug: str = Field(unique=True, max_length=90)
    name: str = Field(max_length=120)
    description: str = ""
    position: int = 0
