"""How an engine in the shop's own database is fed: sessions of that database, and sheets of tokens in it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection
from sqlmodel import Session

from catalog.refusals import Refusal


class CannotSearchHere(Refusal):
    """This database lacks what its engine needs."""


class Doors(Protocol):
    """How sessions are had; each for a `with` block."""

    def reading(self) -> AbstractContextManager[Session]:
        """A session that reads."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """A session that writes; commits at the end of the block."""
        ...

    def writing_at_once(self) -> AbstractContextManager[Session]:
        """A session that writes, or raises TimeoutError or DBAPIError where it would have to wait."""
        ...


class Shelf(Protocol):
    """How one kind of database keeps sheets, each with the tokens of all products (see postings.py).

    All is done in the transaction of the connection that is handed in. The names of sheets are ours, and plain.
    """

    def check(self, connection: Connection) -> None:
        """Raise CannotSearchHere where this database cannot keep sheets."""
        ...

    def wait_turn(self, connection: Connection) -> None:
        """Be the only one who writes sheets until the transaction ends."""
        ...

    def be_brief(self, connection: Connection) -> None:
        """Let the transaction fail from now on rather than wait long for somebody else's lock."""
        ...

    def is_damaged_by(self, error: Exception) -> bool:
        """Whether an error says that a sheet is damaged or lost, and not that it is busy or was asked nonsense."""
        ...

    def has(self, connection: Connection, table: str) -> bool:
        """Whether there is such a table."""
        ...

    def make(self, connection: Connection, sheet: str) -> None:
        """Make an empty sheet."""
        ...

    def drop(self, connection: Connection, sheet: str) -> None:
        """Drop a sheet, if it is there."""
        ...

    def put(self, connection: Connection, sheet: str, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Write products, each once, with their tokens, in place of what there was of them.

        What cannot be written fails here, not when the transaction commits.
        """
        ...

    def remove(self, connection: Connection, sheet: str, ids: Sequence[int]) -> None:
        """Forget products."""
        ...

    def lists(self, connection: Connection, sheet: str, groups: Sequence[Sequence[str]]) -> list[Sequence[int]]:
        """For each group of tokens the products that have any of them."""
        ...

    def beginning_with(
        self, connection: Connection, sheet: str, beginning: str, limit: int
    ) -> Iterable[tuple[str, int]]:
        """Tokens that begin like this, each with the number of products that have it; of at least so many terms."""
        ...

    def size(self, connection: Connection, sheet: str) -> int:
        """About how many products there are."""
        ...


@dataclass(frozen=True)
class Within:
    """Doors into one transaction that somebody else ends."""

    session: Session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The session itself, as with the others."""
        yield self.session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """As `reading`."""
        yield self.session

    @contextmanager
    def writing_at_once(self) -> Iterator[Session]:
        """As `reading`."""
        yield self.session
