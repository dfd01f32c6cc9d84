"""Many photographs at once: they wait in a folder until the worker has looked at each of them."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from catalog.times import moment


class PhotoState(StrEnum):
    """How far a photograph is."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class IncomingPhoto(SQLModel, table=True):
    """A photograph of a batch. `file` is its name in the inbox folder while it waits; `hash` once it is kept.

    `problem` is the German sentence of a refusal. `product_id`, `variant_id`: what it hangs on, None
    until somebody says so.
    """

    id: int | None = Field(default=None, primary_key=True)
    batch: str = Field(max_length=40, index=True)
    name: str = Field(max_length=200)
    file: str = ""
    state: str = Field(default=PhotoState.WAITING.value, index=True)
    problem: str = ""
    hash: str = ""
    width: int = 0
    height: int = 0
    colour: str = ""
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    variant_id: int | None = Field(default=None, foreign_key="variant.id")
    arrived_at: datetime = moment()
    author: str
