"""How a maker puts an article into words: what it is made of, looks like, measures, and is told about it."""

import random
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tests.ranking.palette import COLOURS, LINES, MAKERS, MENTIONS, METALS, MOTIF_GROUPS, MOTIFS, USES
from tests.ranking.sorts import Sort

ELASTIC, LEAST_ELASTIC = ("Elasthan", "Elastodien"), 3  # per cent
OFTEN_DYED = frozenset({"white", "cream", "red", "blue.navy", "grey", "black", "silver", "gold"})
OFTEN_PRINTED = frozenset({"animal.forest", "plant.flower", "graphic.dot", "graphic.stripe", "graphic.star"})
MATERIALS = {"Baumwolle": "cotton", "Leinen": "linen", "Schurwolle": "wool", "Wolle": "wool", "Seide": "silk",
             "Polyester": "polyester", "Viskose": "viscose", "Polyacryl": "acrylic", "Alpaka": "alpaca",
             "Mohair": "mohair", "Kaschmir": "cashmere", "Polyamid": "polyamide", "Jute": "jute", "Modal": "modal",
             }  # fmt: skip
_TRAPS = (
    "Dazu passen {}.",
    "Wir empfehlen {} aus unserem Laden.",
    "Denken Sie auch an {}!",
    "Schön zusammen mit: {}.",
    "Bitte gleich mitbestellen: {}.",
)
_FOR = ("Für {}.", "Ideal für {}.", "Gern genommen für {}.", "Wie gemacht für {}.")
_HELLO = (
    "Ein Lieblingsstück aus unserem Laden.",
    "Neu im Regal.",
    "Seit Jahren bewährt.",
    "Solange der Vorrat reicht.",
    "Von Hand ausgesucht.",
    "In kleiner Auflage hergestellt.",
    "",
)


@dataclass
class Draft:
    """An article while its maker puts it into words."""

    sort: Sort
    chance: random.Random
    maker: int
    facts: dict[str, set[str]] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    attributes: dict[str, str] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)  # what stands in the name after the noun
    choices: list[list[tuple[str, str, str]]] = field(default_factory=list)  # options, values of each

    def note(self, key: str, value: str) -> None:
        """Write down a fact."""
        self.facts.setdefault(key, set()).add(value)

    def word(self, words: str | Sequence[str], about: str = "") -> str:
        """The word that this maker always uses."""
        several = words.split("|") if isinstance(words, str) else words
        return several[zlib.crc32(f"{self.maker}{about}{several[0]}".encode()) % len(several)]


def begun(sort: Sort, chance: random.Random) -> Draft:
    """An article of a sort by some maker, with all that is true and told of it; nothing but chance decides."""
    draft = Draft(sort, chance, chance.randrange(len(MAKERS)))
    for key, value in sort.facts.items():
        draft.note(key, value)
    for key, values in (("for", sort.belongs), ("holds", sort.holds)):
        draft.facts.setdefault(key, set()).update(values)
    draft.facts["suits"] = set(sort.suits)
    if sort.fibres:
        _spin(draft)
    _look(draft)
    _measure(draft)
    _trait(draft)
    _describe(draft)
    return draft


def _spin(draft: Draft) -> None:
    """What the fibres say: the material is the first of them, and some elastane stretches."""
    shares = [each.split(" % ") for each in draft.sort.fibres.split(", ")]
    draft.note("material", MATERIALS.get(shares[0][1], "other"))
    if any(fibre in ELASTIC and int(percent) >= LEAST_ELASTIC for percent, fibre in shares):
        draft.note("stretch", "yes")


def _look(draft: Draft) -> None:
    if not draft.sort.looks:
        return
    look = draft.chance.choice(draft.sort.looks)
    if look == "line":
        draft.extras.append(f"„{draft.chance.choice(LINES)}“")
    elif look == "print":
        _print(draft)
    else:
        _colour(draft, METALS if look == "metal" else COLOURS, numbered=look == "numbered")


def _print(draft: Draft) -> None:
    """A motif, in the name; the ground's colour is an option or in the name, and sometimes untold."""
    motif = _often(draft.chance, MOTIFS, OFTEN_PRINTED, 1)[0]
    draft.note("motif", motif)
    draft.extras.append(draft.chance.choice(MOTIFS[motif].split("|")))
    if draft.maker % 3 == 0:
        draft.attributes["Motiv"] = MOTIF_GROUPS[motif.split(".")[0]]
    if draft.chance.random() < 0.8:
        _colour(draft, COLOURS, numbered=False)


def _colour(draft: Draft, palette: dict[str, tuple[str, str]], *, numbered: bool) -> None:
    most = 3 if numbered or draft.sort.size is None else 2
    shades = _often(draft.chance, palette, OFTEN_DYED, draft.chance.randint(1, most))
    values = []
    for shade in shades:
        swatch, words = palette[shade]
        draft.note("colour", shade)
        word = draft.word(words, "colour")
        if numbered:
            number = str(100 + list(palette).index(shade) * 3 + draft.maker % 3)
            draft.note("number", number)
            values.append((_COLOUR, f"{number} {word.capitalize()}", swatch))
        else:
            values.append((_COLOUR, word.capitalize(), swatch))
    if len(shades) == 1 and not numbered and draft.chance.random() < 0.6:
        draft.extras.append(values[0][1].lower() if draft.maker % 2 else values[0][1])
    else:
        draft.choices.append(values)
        if not numbered and "motif" not in draft.facts and draft.chance.random() < 0.4:
            draft.extras.append("uni")


def _often(chance: random.Random, every: Iterable[str], often: Collection[str], number: int) -> list[str]:
    """So many different ones; those that are often made come five times as often."""
    weighted = [each for each in every for _ in range(5 if each in often else 1)]
    found: dict[str, None] = {}
    while len(found) < number:
        found[chance.choice(weighted)] = None
    return list(found)


_COLOUR = "Farbe"


def _measure(draft: Draft) -> None:
    """One measure in the name, or several as an option."""
    size = draft.sort.size
    if size is None:
        return
    wanted = draft.chance.sample(size.values, min(len(size.values), draft.chance.choice((1, 1, 2, 3))))
    wanted.sort(key=float)
    if size.key == "needle" and draft.sort.goods == "yarn":
        wanted = wanted[:1]
        draft.sentences.append(f"Nadelstärke {size.written(wanted[0])}.")
    elif len(wanted) == 1 or (draft.choices and len(draft.choices[0]) > 1):
        wanted = wanted[:1]
        draft.extras.append(_printed(draft, wanted[0]))
    else:
        draft.choices.append([(size.option, size.written(each), "") for each in wanted])
    for each in wanted:
        draft.note(size.key, each)
    if size.attribute and (len(wanted) == 1):
        draft.attributes[size.attribute] = wanted[0].replace(".", ",")


def _printed(draft: Draft, value: str) -> str:
    size = draft.sort.size
    assert size is not None
    if size.unit == "":
        return f"Nr. {value}" if draft.maker % 2 else f"{value}/{ {'70': 10, '80': 12, '90': 14, '100': 16}[value] }"
    if size.unit == "mm" and float(value) >= 10 and draft.maker % 5 == 0:
        return f"{f'{float(value) / 10:g}'.replace('.', ',')} cm"
    return size.written(value) if draft.maker % 4 else size.written(value).replace(" ", "")


def _trait(draft: Draft) -> None:
    if not draft.sort.traits:
        return
    key, value, words = draft.chance.choice(draft.sort.traits)
    draft.note(key, value)
    draft.extras.append(draft.word(words, "trait"))


def _describe(draft: Draft) -> None:
    """What it is for (two thirds say it), and what else one may buy."""
    chance, sort = draft.chance, draft.sort
    draft.sentences.insert(0, sort.about)
    for use in sort.suits:
        if chance.random() < 0.45:
            draft.note("use", use)
            draft.sentences.append(chance.choice(_FOR).format(chance.choice(USES[use].split("|"))))
    for kind in chance.sample(list(MENTIONS), chance.choice((0, 1, 1, 2))):
        draft.note("mentions", kind)
        draft.sentences.append(chance.choice(_TRAPS).format(chance.choice(MENTIONS[kind].split("|"))))
    draft.sentences.append(chance.choice(_HELLO))
    if sort.goods == "fabric" and sort.unit == "length":
        draft.attributes |= {
            "width": chance.choice(("110", "140", "145", "150", "160")),
            "grammage": str(chance.randrange(9, 36) * 10),
        }
