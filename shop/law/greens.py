"""Green claims: words that promise something for the environment need a proof (C12).

Annex to § 3 (3) UWG nos. 2a and 4a ff., § 5 (3) no. 4 UWG, since 27 September 2026 (directive (EU) 2024/825). A colour
is no claim, nor what a fabric is made of: „grüner Jersey“, „Leinen naturfarben“, „Bio-Baumwolle“ pass.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from sqlmodel import select

from catalog.products import Product
from shop.law import texts
from shop.law.rules import WARNING, Fault, Rule, Sight
from shop.law.texts import Place

SINCE = date(2026, 9, 27)
_MOST_FAULTS = 20

_THINGS = (
    "Alternative|Wahl|Idee|Produkt|Mode|Herstellung|Produktion|Verpackung|Energie|Strom|Zukunft|Gewissen|Versand"
    "|Lieferung|Marke|Linie|Qualität|Entscheidung|Wirtschaft"
)
CLAIMS = re.compile(
    r"\b(?:umwelt(?:freundlich|schonend|bewusst|gerecht|verträglich)\w*"
    r"|nachhaltig\w*|\w*nachhaltigkeit\w*"
    r"|ökologisch\w*|Öko-(?!Tex)\w+|ökofreundlich\w*"
    r"|klima(?:neutral|freundlich|positiv|schonend|bewusst)\w*"
    r"|CO(?:2|₂)-?\s?(?:neutral|frei|kompensiert|arm|reduziert)\w*|emissions(?:frei|arm)\w*"
    r"|naturfreundlich\w*|natur(?:schonend|verträglich)\w*|ressourcen(?:schonend|sparend)\w*"
    r"|biologisch\s+abbaubar\w*|kompostierbar\w*|plastikfrei\w*"
    rf"|grüne[nrs]?\s+(?:{_THINGS})\w*|gut\s+für\s+(?:die\s+)?(?:Umwelt|Natur|das\s+Klima)\w*)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"klima(?:neutral|positiv)|CO(?:2|₂)-?\s?(?:neutral|kompensiert)", re.IGNORECASE)
_NO_CLAIM = re.compile(
    r"(?:nicht|kaum|wenig)\s+$|(?:bleibt|riecht|hält|wirkt|färbt|haftet)\s+$"  # „wirkt nachhaltig“ is about time
    r"|(?:fragen?|rund)\s+(?:zur|um)\s+$",
    re.IGNORECASE,
)


def claims_in(text: str) -> list[str]:
    """The green claims of a text, as they stand."""
    hits = CLAIMS.finditer(text)
    return [" ".join(hit[0].split()) for hit in hits if not _NO_CLAIM.search(text[: hit.start()][-40:])]


def look(sight: Sight) -> Iterable[Fault]:
    """C12: claims of the theme, of goods, departments, pages, newsletters and the owner, where no proof is kept."""
    proved = _proved(sight)
    faults = [fault for place in texts.written(sight) if place.path not in proved for fault in _faults(place)]
    yield from faults[:_MOST_FAULTS]
    if len(faults) > _MOST_FAULTS:
        yield Fault(f"Dazu kommen {len(faults) - _MOST_FAULTS} weitere Stellen.")


def _faults(place: Place) -> Iterator[Fault]:
    for claim in claims_in(place.text):
        if _OFFSET.search(claim):
            advice = "Wer damit einen Ausgleich meint, darf es gar nicht sagen; sonst braucht es einen Beleg."
        else:
            advice = "Bitte sagen Sie genau, was gemeint ist, und halten Sie den Beleg fest, oder streichen Sie es."
        yield Fault(f"{place.where}: „{claim}“. {advice}", place.path)


def _proved(sight: Sight) -> set[str]:
    """The articles whose proof is kept, by the page of the backoffice that shows it."""
    ids = sight.session.exec(select(Product.id).where(Product.claim_evidence != "")).all()
    return {f"/backoffice/artikel/{product_id}" for product_id in ids}


RULES: tuple[Rule, ...] = (
    Rule(
        "C12", "Anhang zu § 3 Abs. 3 UWG Nr. 2a, 4a ff.; § 5 Abs. 3 Nr. 4 UWG", SINCE, WARNING,
        "Was über die Umwelt versprochen wird, ist genau gesagt und belegt; Siegel gibt es nur geprüft.",
        "Das Programm liest alle Texte und nimmt eine Aussage hin, wenn beim Artikel ein Beleg steht.", look,
    ),
)  # fmt: skip
