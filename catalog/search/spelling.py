"""Typing errors: which of the goods' own words may have been meant.

The goods' words are kept as sets of bits, one for each pair of letters ("gu", "um" …), so that words which share most
pairs with a mistyped one are found by adding up bits. It only ever learns words; which of them the goods still have is
asked anew each time, so that a change of the goods costs no rebuilding.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from math import log10

from catalog.search import compound_spelling
from catalog.search.analysis import fold
from catalog.search.compound_spelling import Words
from catalog.search.likeness import errors_from, one_error_away, sound

_SHORTEST, _LONGEST = 3, 40
_LONG = 7  # letters from which on two errors are forgiven
_MOST_COMPARED = 300
_MOST_HEARD = 3  # errors in words that sound the same
_VOWELS = re.compile("[aeiouy]")
_ENDINGS = ("e", "n", "en")


class Spelling:
    """Guesses which words were meant. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._learned: object = None
        self._forget()

    def _forget(self) -> None:
        self._words: list[str] = []
        self._number: dict[str, int] = {}
        self._pairs: dict[str, int] = {}
        self._lengths: dict[int, int] = {}
        self._heard: dict[str, tuple[int, ...]] = {}

    def meant_by(self, word: str, words: Words, *, limit: int = 3) -> list[str]:
        """The words of the goods (or compounds of them) that may be meant by one that they have not, best first.

        One error is forgiven in a word of up to six letters, two in a longer one, three where both sound the same;
        nothing is guessed for a word that the goods have, nor for texts with digits. Costs some milliseconds.
        """
        folded = fold(word)
        if not (_SHORTEST <= len(folded) <= _LONGEST) or words.count(folded) or any(map(str.isdigit, folded)):
            return []
        self._learn(words)
        ranked = sorted(self._guesses(folded, words)) or sorted(self._in_other_forms(folded, words))
        return list(dict.fromkeys(shown for _, shown in ranked))[:limit]

    def _learn(self, words: Words) -> None:
        """Take in the words that are new; begin anew where most of those learned are gone."""
        with self._lock:
            if words is self._learned:
                return
            now = list(words)
            if len(self._words) > 2 * len(now) + 1000:
                self._forget()
            self._add([word for word in now if word not in self._number])
            self._learned = words

    def _add(self, new: list[str]) -> None:
        pairs: dict[str, list[int]] = {}
        lengths: dict[int, list[int]] = {}
        first = len(self._words)
        self._words.extend(new)
        for number, word in enumerate(new, start=first):
            lengths.setdefault(len(word), []).append(number)
            for pair in _pairs_of(word):
                pairs.setdefault(pair, []).append(number)
            heard = sound(word)
            if heard != word:
                self._heard[heard] = (*self._heard.get(heard, ()), number)
        for pair, numbers in pairs.items():
            self._pairs[pair] = self._pairs.get(pair, 0) | _bits(numbers)
        for length, numbers in lengths.items():
            self._lengths[length] = self._lengths.get(length, 0) | _bits(numbers)
        self._number.update((word, number) for number, word in enumerate(new, start=first))

    def _guesses(self, word: str, words: Words) -> Iterator[tuple[float, str]]:
        """Whole words and compounds as they are written, each after what speaks against it."""
        errors, heard = errors_from(word), sound(word)
        unlike = errors_from(heard)

        def cost(other: str, number: int) -> float:
            """Errors in letters and in sound count half each; many articles make up for a third of an error.

            Vowels are mistaken and letters forgotten more often than consonants are mistaken and letters added.
            """
            strange = 0.25 * (other[0] != word[0]) + 0.25 * (sound(other)[0] != heard[0])
            likely = 0.2 * (_VOWELS.sub("", other) == _VOWELS.sub("", word)) + 0.1 * (len(other) > len(word))
            return (errors(other) + unlike(sound(other))) / 2 + strange - likely - min(log10(number) / 9, 1 / 3)

        for other in self._whole(word, heard, errors):
            if number := words.count(other):
                yield cost(other, number), words.shown(other)
        for other, shown, number in compound_spelling.meant_by(word, words):
            if other != word:
                yield cost(other, number) + 0.2, shown

    def _in_other_forms(self, word: str, words: Words) -> Iterator[tuple[float, str]]:
        """Guesses for a word with another ending: the goods may have the one or the many."""
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) > _SHORTEST:
                yield from self._guesses(word.removesuffix(ending), words)
            elif len(word) > _SHORTEST:
                yield from self._guesses(word + ending, words)

    def _whole(self, word: str, heard: str, errors: Callable[[str], int]) -> set[str]:
        """Words that were learned once and differ little enough."""
        near = {other for other in one_error_away(word) if other in self._number}
        if len(word) >= _LONG:
            near |= {other for other in self._sharing_most(word) if errors(other) <= 2}
        alike = [heard, *(self._words[number] for number in self._heard.get(heard, ()))]
        return near | {other for other in alike if other in self._number and errors(other) <= _MOST_HEARD}

    def _sharing_most(self, word: str) -> list[str]:
        """The words of like length that share most pairs of letters; two errors destroy four to six pairs."""
        fitting = 0
        for length in range(len(word) - 2, len(word) + 3):
            fitting |= self._lengths.get(length, 0)
        pairs = [self._pairs.get(pair, 0) & fitting for pair in _pairs_of(word)]
        planes = _added(pairs)
        found = 0
        for least in range(len(pairs), max(len(pairs) - 7, 1), -1):
            more = _at_least(planes, least)
            if found and more.bit_count() > _MOST_COMPARED:
                break
            found = more
        return [self._words[number] for number in _numbers(found)]


def _pairs_of(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[place : place + 2] for place in range(len(framed) - 1)}


def _bits(numbers: Iterable[int]) -> int:
    """The set of some numbers as bits."""
    ascending = list(numbers)
    held = bytearray(ascending[-1] // 8 + 1)
    for number in ascending:
        held[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(held, "little")


def _numbers(bits: int) -> Iterator[int]:
    """The numbers in a set of bits."""
    written = f"{bits:b}"[::-1]
    place = written.find("1")
    while place >= 0:
        yield place
        place = written.find("1", place + 1)


def _added(sets: Iterable[int]) -> list[int]:
    """In how many sets each number is, as sets of bits: the first holds the ones, the second the twos, the third…"""
    planes: list[int] = []
    for carry in sets:
        for place, plane in enumerate(planes):
            planes[place], carry = plane ^ carry, plane & carry
            if not carry:
                break
        if carry:
            planes.append(carry)
    return planes


def _at_least(planes: list[int], least: int) -> int:
    """The numbers that are in at least so many sets."""
    if least >> len(planes):
        return 0
    above, level = 0, -1
    for place in range(len(planes) - 1, -1, -1):
        both = level & planes[place]
        if least >> place & 1:
            level = both
        else:
            above |= both
            level ^= both
    return above | level
