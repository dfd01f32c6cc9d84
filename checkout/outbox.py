"""Letters owed: queued in the transaction of their reason, delivered later, never twice."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from catalog.times import moment


class Letter(SQLModel, table=True):
    """One letter to one person. `kind` names its template, `reason` what it is about (unique with kind).

    `reason` is "order:<id>" or "withdrawal:<id>"; the pair (kind, reason, recipient) exists once, so
    no event can send it twice. `message_id` is fixed before the first try. `due_at` moves on after
    each failure; `given_up_at` is set when a person must look.
    """

    __table_args__ = (UniqueConstraint("kind", "reason", "recipient"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    reason: str = Field(max_length=60, index=True)
    recipient: str
    message_id: str = Field(unique=True)
    queued_at: datetime = moment()
    due_at: datetime = moment(index=True)
    tries: int = 0
    sent_at: datetime | None = moment(nullable=True, index=True)
    given_up_at: datetime | None = moment(nullable=True)
    last_error: str = ""
    subject: str = ""  # as it was sent
    body: str = ""
