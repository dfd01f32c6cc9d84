"""Pages of text: legal texts and the owner's own, kept in versions that never change."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class PageVersion(SQLModel, table=True):
    """A text as it stood from a moment on; the newest of a slug is shown, orders keep the id of theirs."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(index=True, max_length=90)
    title: str
    body: str  # Markdown
    created_at: datetime = moment()
    author: str
