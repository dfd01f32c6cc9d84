"""What the goods of a file refer to by name: categories, makers, attributes; found or made, each once."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from catalog import attributes, categories, makers
from catalog.exchange.articles import Facts
from catalog.exchange.fields import ATTRIBUTE_PREFIX, MAKER_FIELDS

_ADDRESS = {each.key: each.key.removeprefix("maker_") for each in MAKER_FIELDS}


class References:
    """Gives the ids behind the names. `concerned` are the goods of makers whose data has changed."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._categories: dict[tuple[str, ...], int] = {}
        self._attributes: dict[str, str] = {}
        self._makers: dict[str, int] = {}
        self._described: dict[int, Facts] = {}
        self.concerned: list[int] = []

    def categories(self, paths: Sequence[tuple[str, ...]]) -> list[int]:
        """The ids of categories at these paths."""
        for path in paths:
            if path not in self._categories:
                self._categories[path] = categories.at_path(self._session, path).id or 0
        return [self._categories[path] for path in paths]

    def attribute_texts(self, facts: Facts) -> dict[str, str]:
        """The attributes among some facts, by the keys of their types."""
        return {self._attribute(key): value for key, value in facts.items() if key.startswith(ATTRIBUTE_PREFIX)}

    def maker(self, name: str) -> int | None:
        """The id of a maker; None for no name."""
        if name and name not in self._makers:
            self._makers[name] = makers.named(self._session, name).id or 0
        return self._makers[name] if name else None

    def describe(self, maker_id: int | None, facts: Facts) -> None:
        """Take the address of a maker from the facts of one of its goods."""
        address = {column: facts[key] for key, column in _ADDRESS.items() if key in facts}
        if not address or maker_id is None or self._described.get(maker_id) == address:
            return
        self._described[maker_id] = address
        self.concerned += makers.describe(self._session, maker_id, address, self._now)

    def _attribute(self, key: str) -> str:
        label = key.removeprefix(ATTRIBUTE_PREFIX)
        if label not in self._attributes:
            self._attributes[label] = attributes.labelled(self._session, label).key
        return self._attributes[label]
