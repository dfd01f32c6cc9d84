"""What a mistyped beginning may become: "reisverschl" goes on as "Reißverschluss"."""

from catalog.search.analysis import fold
from catalog.search.likeness import one_error_away
from catalog.words import Words

_SHORTEST = 5  # letters; shorter ones begin too many words when one letter is another


def mistyped(beginning: str, words: Words, *, limit: int) -> list[str]:
    """Readable words whose beginnings differ in one typing error from a text, not in the first letter.

    Those of the most articles first; none for a text with digits. Takes about a millisecond.
    """
    start = fold(beginning)
    if len(start) < _SHORTEST or not start.isalpha():
        return []
    near = {each for each in one_error_away(start) if each[0] == start[0]}
    found = {word for each in near for word in words.beginning(each)}
    best = sorted(found, key=lambda word: (-words.count(word), word))
    return [words.shown(word) for word in best[:limit]]
