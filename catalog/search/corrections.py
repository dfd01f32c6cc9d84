"""Correcting a text that finds nothing or little: its unknown words become those of the goods.

A word that the goods are called by is never put in question, nor is one that finds more than a little.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from catalog.search.analysis import fold
from catalog.search.compound_spelling import Words
from catalog.search.inquiry import Inquiry

LITTLE = 3  # hits up to which another spelling is looked for
_MOST_TRIED = 4

Guess = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Corrected:
    """What to search for instead (None: as it was asked), and other texts to offer."""

    instead: Inquiry | None = None
    offered: tuple[str, ...] = ()


def of(inquiry: Inquiry, words: Words, guess: Guess) -> Corrected:
    """The corrections of a text; one that finds something is only offered others that find more.

    `words` are those of the goods; `guess` gives the ones that may be meant by another, best first.
    """
    guesses = {place: _guesses(inquiry, place, words, guess) for place in _doubtful(inquiry, words)}
    texts = _texts(inquiry, {place: some for place, some in guesses.items() if some})
    tried = _each_once(inquiry, islice(map(inquiry.instead, texts), _MOST_TRIED))
    found = len(inquiry.hits.ids)
    better = [each for each in tried if len(each.hits.ids) > found]
    if found:
        return Corrected(offered=tuple(each.text for each in better))
    if better:
        return Corrected(better[0], tuple(each.text for each in better[1:]))
    return Corrected(tried[0] if tried and len(inquiry.asked) > 1 else None)


def _each_once(inquiry: Inquiry, tried: Iterable[Inquiry]) -> list[Inquiry]:
    """The first of those that ask for the same words ("Verschluss", "Verschlüsse"); none that ask for the text's."""
    by_terms: dict[tuple[str, ...], Inquiry] = {}
    for each in (inquiry, *tried):
        by_terms.setdefault(tuple(word.term for word in each.asked), each)
    return list(by_terms.values())[1:]


def _doubtful(inquiry: Inquiry, words: Words) -> list[int]:
    """The places of the words that nothing has; of those that little has where there are none.

    A compound whose parts find something is not doubtful.
    """
    asked = [(place, word) for place, word in enumerate(inquiry.asked) if not word.is_code]
    number_of = {place: len(inquiry.alone(place).ids) for place, word in asked if not words.count(fold(word.text))}
    unknown = [place for place, number in number_of.items() if not number]
    return unknown or [
        place for place, number in number_of.items() if number <= LITTLE and not inquiry.asked[place].is_compound
    ]


def _guesses(inquiry: Inquiry, place: int, words: Words, guess: Guess) -> list[tuple[str, str]]:
    """What may stand instead of a word, as (old, new) parts of the text: one word with its neighbour, or another."""
    asked = [word.text for word in inquiry.asked]
    found = []
    for start in (place - 1, place):
        pair = asked[max(start, 0) : start + 2]
        if len(pair) == 2 and words.count(together := fold("".join(pair))):
            found.append((r"\s+".join(map(re.escape, pair)), words.shown(together)))
    meant = [word for word in guess(asked[place]) if inquiry.instead(word).hits.ids]
    return [*found, *((re.escape(asked[place]), word) for word in meant)]


def _texts(inquiry: Inquiry, guesses: Mapping[int, Sequence[tuple[str, str]]]) -> Iterator[str]:
    """The text with the best guess for each word, then with the others for one word at a time."""
    if not guesses:
        return
    best = {place: found[0] for place, found in guesses.items()}
    yield _replaced(inquiry.text, best.values())
    for place, found in guesses.items():
        for other in found[1:]:
            yield _replaced(inquiry.text, (best | {place: other}).values())


def _replaced(text: str, changes: Iterable[tuple[str, str]]) -> str:
    for old, new in changes:
        text = re.sub(rf"(?<![^\W_]){old}(?![^\W_])", new, text)  # words have no signs that mean something here
    return text
