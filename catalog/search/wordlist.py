"""Simple words of the trade and of every day: our own list, and what forms its words take.

The files in `words/` hold words separated by blanks, by part of speech; `wholes.txt` those that only look like
compounds ("Damast" has no branches), or that are one thing to everybody ("Baumwolle").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catalog.search.folding import fold

_FOLDER = Path(__file__).parent / "words"
_NOUNS = ("trade", "goods", "nature", "english", "wholes")
# What a noun may end in, by the last letter: in any case and number, and before another word in a compound.
_NOUN_ENDINGS = {"s": ("s", "es", "ns", "ens"), "n": ("n", "en", "ern", "nen"), "e": ("e", "se"), "r": ("er",)}
_ADJECTIVE_ENDINGS = {
    "e": ("e", "ere", "ste"), "m": ("em", "erem", "stem"), "n": ("en", "eren", "sten"), "r": ("er", "erer", "ster"),
    "s": ("es", "eres", "stes"),
}  # fmt: skip
_PARTICIPLE_ENDINGS = ("", "e", "em", "en", "er", "es")
_PREFIXES = tuple(
    "ab an auf aus be bei durch ein ent fest her hin nach um unter ver vor weg zer zu zusammen uber".split()
)
_VERB_ENDINGS = ("e", "en", "n", "t", "et", "st", "te", "ten", "end", "ung", "ungen")


@dataclass(frozen=True)
class WordList:
    """Folded words, each with its term: `nouns` and `adjectives` as they stand in the dictionary, the rest by form.

    `verbs` holds finite forms, `stems` what stands for a verb in a compound (näh, lese), `small` the words that tell
    nothing apart.
    """

    nouns: dict[str, str]
    adjectives: dict[str, str]
    verbs: dict[str, str]
    stems: dict[str, str]
    wholes: frozenset[str]
    small: frozenset[str]

    def readings(self, word: str) -> tuple[str, ...]:
        """The terms of a folded word in any form, the likeliest first: "runde" is the round and what is round."""
        verb = None if word in self.nouns else self.verbs.get(word)
        found = [*nouns_in(self.nouns, word), *self.of_adjective(word), *_one(verb)]
        if not found:
            found = [*self.of_participle(word), *self._of_prefixed(word), *self.of_diminutive(word)]
        return tuple(dict.fromkeys(found))

    def _of_prefixed(self, word: str) -> Iterator[str]:
        """The term of a verb with what it may lose: aufnähen, aufgenähte, aufzunähen."""
        for prefix in _PREFIXES:
            rest = word.removeprefix(prefix)
            if rest != word:
                verb = self.verbs.get(rest) or self.verbs.get(rest.removeprefix("zu"))
                yield from (prefix + term for term in (_one(verb) or self.of_participle(rest)))

    def of_diminutive(self, word: str) -> tuple[str, ...]:
        """The terms of a small thing: Schleifchen is a Schleife, too."""
        small = word.removesuffix("s")
        if not small.endswith(("chen", "lein")):
            return ()
        found = self.nouns.get(small[:-4]) or self.nouns.get(small[:-4] + "e")
        return (small, found) if found else ()

    def stem_of_verb(self, word: str) -> str | None:
        """The term of a verb in what stands for it in a compound: Näh-, Lese-, Einfass-."""
        if word in self.stems:
            return self.stems[word]
        found = ((prefix, self.stems.get(word.removeprefix(prefix))) for prefix in _PREFIXES if word.startswith(prefix))
        return next((prefix + term for prefix, term in found if term), None)

    def of_adjective(self, word: str) -> tuple[str, ...]:
        """The term of an adjective in any form."""
        if word in self.adjectives:
            return (self.adjectives[word],)
        for ending in _ADJECTIVE_ENDINGS.get(word[-1:], ()):
            if word.endswith(ending) and (found := self._adjective_of(word[: -len(ending)])):
                return (found,)
        return ()

    def _adjective_of(self, stem: str) -> str | None:
        """dunkl: dunkel."""
        elided = [f"{stem[:-1]}e{stem[-1]}"] if stem.endswith(("l", "r")) and stem[-2:-1] != "e" else []
        whole = [stem, stem + "e", *elided]
        return next((self.adjectives[each] for each in whole if each in self.adjectives), None)

    def of_elided(self, word: str) -> tuple[str, ...]:
        """The term of a word that has lost its last e before another: Baumwoll-, Farb-."""
        return _one(self.nouns.get(word + "e") or self.adjectives.get(word + "e")) if len(word) > 3 else ()

    def of_participle(self, word: str) -> tuple[str, ...]:
        """The term of a verb or noun in its participle: gehäkelt, gewaschen, gepunktet, geblümter."""
        if not word.startswith("ge"):
            return ()
        for more in _PARTICIPLE_ENDINGS:
            for end in ("t", "et", "en"):
                if word.endswith(end + more):
                    stem = word[2 : -len(end + more)]
                    noun = self.nouns.get(stem) or self.nouns.get(stem + "e") if end != "en" else None
                    if found := self.stems.get(stem) or noun:
                        return (found,)
        return ()


def nouns_in(nouns: dict[str, str], word: str) -> Iterator[str]:
    """The terms of a folded word, in any case and number, among nouns as the dictionary has them.

    A noun in the form of the dictionary is mostly that one; "kuchen" may be several kitchens (Küchen), too.
    """
    if word in nouns:
        yield nouns[word]
        if word.endswith("en") and word[:-1] in nouns:
            yield nouns[word[:-1]]
        return
    for ending in _NOUN_ENDINGS.get(word[-1:], ()):
        if word.endswith(ending) and word[: -len(ending)] in nouns:
            yield nouns[word[: -len(ending)]]
            return
    irregular = (word[:-3] + "y",) if word.endswith("ies") else (word[:-2] + "um", word[:-2] + "us")
    if word.endswith(("ies", "en")) and len(word) > 4:
        yield from (nouns[each] for each in irregular if each in nouns)


def _one(term: str | None) -> tuple[str, ...]:
    return (term,) if term else ()


@lru_cache(maxsize=1)
def word_list() -> WordList:
    """The list, read at the first use."""
    nouns = {word: word for name in _NOUNS for word in _words(name)}
    adjectives = {word: _noun_of(word, nouns) or word for word in _words("adjectives")}
    verbs: dict[str, str] = {}
    stems: dict[str, str] = {}
    for infinitive in _words("verbs"):
        stem = _verb_stem(infinitive)
        term = next((noun for noun in (stem + "e", stem, infinitive) if noun in nouns), stem)
        verbs |= dict.fromkeys(_verb_forms(stem), term)
        stems |= {stem: term, stem + "e": term}
    return WordList(nouns, adjectives, verbs, stems, frozenset(_words("wholes")), frozenset(_words("small")))


def _noun_of(adjective: str, nouns: dict[str, str]) -> str | None:
    """What is of silk (seiden) is silk (Seide)."""
    of_what = (adjective, *((adjective[:-1], adjective[:-2]) if adjective.endswith("n") else ()))
    return next((noun for noun in of_what if noun in nouns), None)


def _verb_forms(stem: str) -> Iterator[str]:
    yield from (stem + ending for ending in ("", *_VERB_ENDINGS))
    yield from (stem + "t" + ending for ending in _PARTICIPLE_ENDINGS)
    yield from (stem + "end" + ending for ending in _PARTICIPLE_ENDINGS)


def _verb_stem(infinitive: str) -> str:
    return infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]


def written() -> list[str]:
    """The nouns and adjectives of the list as they are written."""
    return [word for name in (*_NOUNS, "adjectives") for word in _written(name)]


def _words(name: str) -> list[str]:
    return list(dict.fromkeys(map(fold, _written(name))))


def _written(name: str) -> list[str]:
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]
