"""Variants of which a file names only what may be chosen: every choice together with every other."""

from collections.abc import Sequence
from itertools import product
from math import prod

from catalog.exchange.cells import NotACell

MOST = 500
Option = tuple[str, str, str]
"""Name, value and colour ("" for none) as the facts know them."""


def combine(choices: Sequence[Sequence[Option]]) -> list[tuple[Option, ...]]:
    """All combinations of one option of each choice; a single empty one where nothing may be chosen.

    Raises NotACell where they are more than anybody can look after.
    """
    filled = [each for each in choices if each]
    if prod(map(len, filled)) > MOST:
        raise NotACell(
            f"Das ergäbe {prod(map(len, filled))} Varianten, höchstens {MOST} sind möglich. Bitte teilen Sie den "
            "Artikel auf, oder streichen Sie eine Auswahl."
        )
    return list(product(*filled))
