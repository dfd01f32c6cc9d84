"""Searching as people do: words in any form, their beginnings, article numbers; suggestions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.overview import Overviews
from catalog.search.language import AskedWord, Language
from catalog.search.port import Alternative, Engine, Word

_LONGEST_QUERY = 200
_MOST_WORDS = 12
_LONGER_WORD = 0.1  # a word that only begins as asked counts little: rare ones would win by their rarity alone


@dataclass(frozen=True)
class Answer:
    """What was found for a text: all product ids, the best first and sold-out ones last, each with its score.

    `meant` is the text that was really searched where it was corrected by itself ("" where nothing was corrected);
    `suggestions` are whole texts that find more, to be offered ("Meinten Sie …"); `left_out` are the words, as they
    were typed, without which these goods were found because none have all of them.
    """

    ids: Sequence[int] = ()
    scores: Sequence[float] = ()
    meant: str = ""
    suggestions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Search:
    """The search of one shop: an engine, and what this process knows of the goods. Threads may share it."""

    def __init__(self, engine: Engine, overviews: Overviews | None = None) -> None:
        self.engine = engine
        self.overviews = overviews or Overviews()

    def find(self, session: Session, text: str, now: datetime, *, exactly: bool = False) -> Answer:
        """Find products that have all words of a text, each in any form or the last as the beginning of a word.

        `exactly` corrects no typing errors: the way back where a correction was none. An empty text finds nothing.
        """
        asked = Language().asked(text[:_LONGEST_QUERY])[:_MOST_WORDS]
        hits = self.engine.search([_word(self.engine, word) for word in asked])
        overview = self.overviews.current(session, now)
        best = sorted(zip(hits.ids, hits.scores, strict=True), key=lambda hit: (-hit[1], hit[0]))
        best.sort(key=lambda hit: overview.is_sold_out(hit[0]))
        return Answer([product_id for product_id, _ in best], [round(score, 3) for _, score in best])

    def suggest(self, session: Session, text: str, now: datetime, *, limit: int = 8) -> list[str]:
        """Complete the last word of what has been typed; the words before it stay."""
        *before, last = text[:_LONGEST_QUERY].split(" ")
        if len(last) < 2:
            return []
        words = self.overviews.current(session, now).words.complete(last, limit=limit)
        return [" ".join([*before, word]) for word in words]


def _word(engine: Engine, word: AskedWord) -> Word:
    """The word itself first, then the longer terms that begin with it."""
    longer = engine.beginning_with(word.term) if len(word.term) > 2 else []
    return [*word.alternatives, *(Alternative((each,), _LONGER_WORD) for each in longer if each != word.term)]
