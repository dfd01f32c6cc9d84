"""What the articles of the demonstration catalogue truly are: by hand in demonstration.csv, colours from their options.

Judged like the generated ones (grades.py): "use" is what a text says, "suits" what is true of such goods anyway.
"""

import csv
from pathlib import Path

from sqlmodel import Session, col, select

from catalog.products import Product, Variant, VariantOption
from tests.ranking.grades import Truth
from tests.ranking.palette import COLOURS

_FILE = Path(__file__).parent / "demonstration.csv"
_ALSO = {
    "kirsch": "red", "mohn": "red", "rubin": "red", "karmin": "red", "zartrosa": "rose", "flamingo": "pink",
    "bonbon": "pink", "magenta": "pink", "pflaume": "purple", "veilchen": "purple", "eisblau": "blue.light",
    "himmel": "blue.light", "zarthimmel": "blue.light", "jeans": "blue.jeans", "denim": "blue.jeans",
    "royal": "blue", "königsblau": "blue", "kobalt": "blue", "leuchtblau": "blue", "leuchtrot": "red",
    "leuchtgrün": "green", "apfelgrün": "green", "gras": "green", "wiese": "green", "rostrot": "rust",
    "sonne": "yellow", "mais": "yellow", "zartgelb": "yellow", "leuchtgelb": "yellow", "silber": "grey.light",
    "silbergrau": "grey.light", "nebel": "grey.light", "graubraun": "brown", "nachtviolett": "purple",
    "zartgrün": "mint", "zartmint": "mint", "olive": "green.olive", "sanftgrau": "grey.light", "flachs": "beige",
    "taupe": "beige", "lachs": "orange", "koralle": "orange", "hummer": "red", "schokolade": "brown",
}  # fmt: skip


def truths(session: Session) -> dict[int, Truth]:
    """The truths of the demonstration shop by product id; a remnant is what it was cut from."""
    told = by_article()
    found: dict[int, Truth] = {}
    for product in session.exec(select(Product)).all():
        kinds, facts = told[product.slug] if product.slug in told else told[_cut_from(session, product)]
        seen = facts | _options(session, product)
        codes = session.exec(select(Variant.sku, Variant.gtin).where(Variant.product_id == product.id)).all()
        found[product.id or 0] = Truth(kinds, seen, frozenset(code for pair in codes for code in pair if code))
    return found


def by_article() -> dict[str, tuple[frozenset[str], dict[str, frozenset[str]]]]:
    """Kinds and facts by the key of the article in the demonstration's file, as written by hand."""
    with _FILE.open(encoding="utf-8", newline="") as opened:
        return {
            row["article"]: (frozenset(row["kinds"].split()), dict(_fact(each) for each in row["facts"].split()))
            for row in csv.DictReader(opened, delimiter=";")
        }


def _fact(text: str) -> tuple[str, frozenset[str]]:
    key, _, values = text.partition("=")
    return key, frozenset(values.split(","))


def _cut_from(session: Session, product: Product) -> str:
    source = session.exec(select(Variant.cut_from_id).where(Variant.product_id == product.id)).one()
    asked = select(Product.slug).join(Variant, col(Variant.product_id) == Product.id).where(Variant.id == source)
    return session.exec(asked).one()


def _options(session: Session, product: Product) -> dict[str, frozenset[str]]:
    """Colours and colour numbers of the options "Farbe": "118 Senf", "Marine-Weiß"."""
    names = {word.casefold(): shade for shade, (_, words) in COLOURS.items() for word in words.split("|")} | _ALSO
    asked = select(VariantOption.value).join(Variant, col(VariantOption.variant_id) == Variant.id)
    values = session.exec(asked.where(Variant.product_id == product.id, VariantOption.name == "Farbe")).all()
    colours, numbers = set(), set()
    for value in values:
        number, _, rest = value.rpartition(" ")
        if number.isdigit():
            numbers.add(number)
        parts = [value, *(rest if number.isdigit() else value).replace(" ", "-").split("-")]
        colours |= {names[part.casefold()] for part in parts if part.casefold() in names}
    found = {"colour": frozenset(colours), "number": frozenset(numbers)}
    return {key: each for key, each in found.items() if each}
