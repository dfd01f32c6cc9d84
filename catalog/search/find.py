"""Searching as people do: words in any form, their beginnings, synonyms, typing errors, article numbers."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlmodel import Session

from catalog import offered, revisions
from catalog.overview import Overview
from catalog.overviews import Overviews
from catalog.search import beginnings, corrections, fewer, ranking, wordlist
from catalog.search.analysis import fold
from catalog.search.compound_spelling import Words
from catalog.search.corrections import Corrected
from catalog.search.dictionary import Dictionary
from catalog.search.inquiry import Inquiry, Kinds, Tools
from catalog.search.language import Language, Texts
from catalog.search.likeness import errors_from, sound
from catalog.search.meanings import Meanings, Thesaurus
from catalog.search.port import Engine
from catalog.search.spelling import Spelling
from catalog.search.synonyms import REVISION, Synonyms
from catalog.search.vocabulary import Vocabulary

_LONGEST_QUERY = 200
_MOST_READ = 12  # words that go on from a beginning, in all their forms


@dataclass(frozen=True)
class Answer:
    """What was found for a text: all product ids, the best first and sold-out ones last, each with its score.

    `meant` is the text that was really searched where it was corrected by itself ("" where nothing was corrected);
    `suggestions` are whole texts that find more, to be offered ("Meinten Sie …"); `left_out` are the words, as they
    were typed, without which these goods were found because none have all of them, and `kept` the others as one text
    ("" where none were left out). `beside` are the ids of a few more
    articles, best first, where those found are few: they lack a word (again), or more.
    """

    ids: Sequence[int] = ()
    scores: Sequence[float] = ()
    meant: str = ""
    suggestions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    kept: str = ""
    beside: Sequence[int] = ()


class Search:
    """The search of one shop: an engine, and what this process knows of the goods. Threads may share it."""

    def __init__(self, engine: Engine, overviews: Overviews | None = None) -> None:
        self.engine = engine
        self.overviews = overviews or Overviews()
        self._synonyms, self._spelling, self._spelling_beyond = Synonyms(), Spelling(), Spelling()
        self.vocabulary = Vocabulary()
        self._thesaurus: Thesaurus | None = None
        self._dictionary: Dictionary | None = None

    def find(self, session: Session, text: str, now: datetime, *, exactly: bool = False) -> Answer:
        """Find products that have all words of a text, each in any form or the last as the beginning of a word.

        Where none have them, typing errors are corrected; where that does not help, words are left out. `exactly`
        corrects nothing: the way back where a correction was wrong. An empty text finds nothing.
        """
        overview = self.overviews.current(session, now)
        self.vocabulary.follow(overview.words)
        inquiry = Inquiry(_tidy(text), self._tools(session, self._kinds(overview)))
        if not inquiry.asked:
            return Answer()
        corrected = Corrected()
        if not exactly and len(inquiry.hits.ids) <= corrections.LITTLE:
            corrected = corrections.of(inquiry, overview.words, lambda word: self._guess(word, overview.words))
        meant = corrected.instead or inquiry
        kept = meant if meant.hits.ids else fewer.most_words(meant) or meant
        ids, scores = ranking.best_first(session, meant, kept.hits, overview)
        left_out = fewer.left_out(meant, kept)
        return Answer(
            ids,
            scores,
            meant=corrected.instead.text if corrected.instead else "",
            suggestions=corrected.offered,
            left_out=left_out,
            kept=" ".join(word.text for word in kept.asked) if left_out else "",
            beside=ranking.sold_out_last(fewer.beside(kept), overview),
        )

    def _kinds(self, overview: Overview) -> Collection[str]:
        """The terms of the words that departments are called by."""
        departments = overview.names.categories.values()
        return overview.kept(
            (offered.CATEGORY, "kinds"),
            lambda: self.language.terms_of(Texts(categories=[each.name for each in departments])),
        )

    @property
    def language(self) -> Language:
        """The German of the search, as far as the goods have taught it to this process."""
        return self.vocabulary.known

    def inquiry(self, session: Session, text: str) -> Inquiry:
        """What is asked by a text, without corrections: its words, and all that each may mean to the goods."""
        return Inquiry(_tidy(text), self._tools(session))

    def suggest(self, session: Session, text: str, now: datetime, *, limit: int = 8) -> list[str]:
        """Complete the last word of what has been typed; the words before it stay.

        Of the forms of one word the most frequent is offered. Where no word begins so, one typing error is forgiven.
        """
        *before, last = text[:_LONGEST_QUERY].split(" ")
        if len(last) < 2:
            return []
        words = self.overviews.current(session, now).words
        found = words.complete(last, limit=_MOST_READ) or beginnings.mistyped(last, words, limit=_MOST_READ)
        each_once = {self.language.term_of(word): word for word in reversed(found)}
        return [" ".join([*before, word]) for word in found if word in each_once.values()][:limit]

    def state(self, session: Session) -> Hashable:
        """What answers depend on beside the goods: the index and the synonyms. Cheap to ask."""
        return self.engine.state, revisions.current(session, REVISION)

    def _guess(self, word: str, words: Words) -> list[str]:
        """What may be meant by a word: one that goods are called by, else a synonym or a word of the trade.

        A word of the list is no typing error of another ("Leder" none of "Bänder"); it is only mistaken for one that
        sounds the same ("Flies" for "Vlies"). A compound is none of one that nobody has ("Kinderhase"), nor of one that
        differs in two letters ("Hornknopf" none of "Holzknopf").
        """
        guesses = self._likely(word, self._spelling.meant_by(word, words), words)
        if guesses or self.language.is_listed(word):
            return guesses
        beyond = self._beyond()
        return self._likely(word, self._spelling_beyond.meant_by(word, beyond), beyond)

    def _likely(self, word: str, guesses: list[str], words: Words) -> list[str]:
        asked = fold(word)
        heard, errors = sound(asked), errors_from(asked)
        if self.language.is_listed(word):
            return [each for each in guesses if sound(fold(each)) == heard]
        if self.language.is_compound(word):
            near = [each for each in guesses if errors(fold(each)) <= 1 or sound(fold(each)) == heard]
            return [each for each in near if words.count(fold(each))]
        return guesses

    def _beyond(self) -> Dictionary:
        if self._dictionary is None:  # only now: reading it takes a tenth of a second
            groups = self._thesaurus.groups if self._thesaurus else ()
            self._dictionary = Dictionary([*chain.from_iterable(groups), *wordlist.written()])
        return self._dictionary

    def _tools(self, session: Session, kinds: Kinds = ()) -> Tools:
        groups = self._synonyms.current(session)
        if self._thesaurus is None or self._thesaurus.groups is not groups:
            language = self.vocabulary.learn(text for group in groups for text in group)
            self._dictionary = None
            self._thesaurus = Thesaurus(groups, language)
        return Tools(self.engine, self.language, Meanings(self.engine, self.language, self._thesaurus), kinds)


def _tidy(text: str) -> str:
    """A text of at most 200 characters, without control characters and double blanks."""
    return " ".join("".join(each if each.isprintable() else " " for each in text[:_LONGEST_QUERY]).split())
