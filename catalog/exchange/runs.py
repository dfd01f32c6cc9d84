"""Imports as rows: which file, what was planned and agreed, how far it came, and what it changed, for the way back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import JSON, Column, Field, SQLModel

from catalog.times import moment


class RunState(StrEnum):
    """How far an import has come."""

    RECEIVED = "received"  # the file is kept, nobody has read it yet
    PLANNED = "planned"  # what would change is known; the owner is asked
    AGREED = "agreed"  # to be carried out
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # it could not be read or carried out; `error` says why
    DISMISSED = "dismissed"  # the owner did not want it
    UNDOING = "undoing"  # being taken back
    UNDONE = "undone"


class ImportRun(SQLModel, table=True):
    """One file on its way into the shop; `id` is the number that the owner names to take it back.

    `kept_as` is the file's name in the data folder's `import/kept/`, "" once it is gone; `folders` are where its
    pictures were looked for. `wishes` is Wishes.as_json(), `plan` what was shown of the plan, `result` what came of
    it: the drafts that were left, and the names that were made for it (categories, makers, attributes).

    `articles_done` is the point of resumption, written in the transaction of each batch: so many articles of the
    file, in the order in which it is read, are done with. It counts articles and not batches or changes, because
    these depend on what stands in the shop, which the batches before have changed; the order of the articles in a
    file does not.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str  # of the file, as the owner knows it
    digest: str = Field(index=True)  # SHA-256 of the kept file
    kept_as: str = ""
    folders: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    source: str = "command"  # or "page", "folder"
    format: str = ""
    fingerprint: str = ""  # of its header
    wishes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = Field(default=RunState.RECEIVED.value, index=True)
    plan: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    skips_refused: bool = False  # the owner agreed to leave out the articles with refused rows
    articles_done: int = 0
    batches_done: int = 0
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    error: str = ""
    author: str
    created_at: datetime = moment(index=True)
    agreed_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)
    undone_at: datetime | None = moment(nullable=True)
    undone_by: str = ""


class ImportChange(SQLModel, table=True):
    """What an import changed of a product (`variant_id` None) or a variant: facts before and after, as JSON.

    `old` is empty for what is new. No foreign keys to goods: the row stays when the way back takes them away.
    `outcome` is "" until the import is taken back, then what became of it.
    """

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="importrun.id", index=True)
    product_id: int = Field(index=True)
    variant_id: int | None = None
    is_new: bool = False
    old: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    new: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    outcome: str = ""


class ColumnMemory(SQLModel, table=True):
    """How files with this header are to be taken ("Preisliste Müller"): told once, remembered.

    `is_trusted`: a file of this kind that is dropped into the watched folder is carried out without asking, if it
    only changes stock and prices, and no price by more than `limit_percent`.
    """

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(unique=True, index=True)
    name: str
    wishes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    is_trusted: bool = False
    limit_percent: int = 20
    used_at: datetime = moment()
    author: str


class FetchedPicture(SQLModel, table=True):
    """A picture that was fetched by its address once, so that the same file does not fetch it again."""

    id: int | None = Field(default=None, primary_key=True)
    address_digest: str = Field(unique=True, index=True)  # SHA-256 of the address
    address: str
    hash: str  # of the picture in the media folder
    fetched_at: datetime = moment()
