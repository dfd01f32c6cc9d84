"""Which rows of a list are one article: children name their parent, or rows of one name differ in their options."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog import slugs
from catalog.exchange.dialects.addresses import Addresses
from catalog.exchange.sheet import Sheet


@dataclass(frozen=True)
class Family:
    """An article by the places of its rows in the table: its parent's (which is no variant itself), its variants'.

    Without a parent the first of its variants tells of the article. `address` is the wished one.
    """

    address: str
    variants: tuple[int, ...]
    parent: int | None = None

    @property
    def places(self) -> tuple[int, ...]:
        """All its rows, those that tell of the article first."""
        return self.variants if self.parent is None else (self.parent, *self.variants)


def by_parent(sheet: Sheet, *, heads_are_sold: bool = False) -> list[Family]:
    """Families of a list whose children name the number (or the id) of their parent; it may stand anywhere.

    Where `heads_are_sold` the parent is one of the variants.
    """
    rows, owners = sheet.table.rows, _owners(sheet)
    children: dict[int, list[int]] = {}
    orphans: dict[str, list[int]] = {}
    heads: list[int] = []
    for place, row in enumerate(rows):
        wanted = sheet.cell(row, "parent")
        parent = owners.get(wanted)
        if not wanted or parent == place or _is_nothing(wanted):
            heads.append(place)
        elif parent is None:
            orphans.setdefault(wanted, []).append(place)
        elif _has_parent(sheet, parent, owners):
            reason = f"Der Elternartikel „{wanted}“ ist selbst eine Variante. Bitte nennen Sie dessen Elternartikel."
            sheet.refuse(row.number, "parent", reason)
        else:
            children.setdefault(parent, []).append(place)
    addresses = Addresses()
    families = [_headed(sheet, addresses, head, children.get(head, []), is_sold=heads_are_sold) for head in heads]
    families += [_orphaned(sheet, addresses, number, places) for number, places in orphans.items()]
    return sorted(filter(None, families), key=lambda family: family.places[0])


def by_name(sheet: Sheet, options_of: Callable[[int], tuple[str, ...]]) -> list[Family]:
    """Families of a list in which rows of one name are one article if their options tell them apart."""
    named: dict[str, list[int]] = {}
    for place, row in enumerate(sheet.table.rows):
        shared = sheet.cell(row, "key") or sheet.cell(row, "name")
        named.setdefault(slugs.slugify(shared) if shared else f"?{row.number}", []).append(place)
    addresses = Addresses()
    families = []
    for places in named.values():
        options = [options_of(place) for place in places]
        are_apart = all(options) and len(set(options)) == len(options)
        if len(places) > 1 and (are_apart or _is_told_once(sheet, places)):
            families.append(Family(addresses.give(name_of(sheet, places[0])), tuple(places)))
        else:
            families += [each for place in places if (each := _alone(sheet, addresses, place))]
    return sorted(families, key=lambda family: family.places[0])


def _is_told_once(sheet: Sheet, places: list[int]) -> bool:
    """Whether the rows share a word under "Artikel", and only the first of them has a name."""
    names = [sheet.cell(sheet.table.rows[place], "name") for place in places]
    return "key" in sheet.places and bool(names[0]) and not any(names[1:])


def name_of(sheet: Sheet, place: int) -> str:
    """What the row calls its article; some lists have the name under "Artikel"."""
    row = sheet.table.rows[place]
    return sheet.cell(row, "name") or sheet.cell(row, "key")


def shared_name(names: Iterable[str]) -> str:
    """What the names of the variants have in common at their beginning: "Band rot", "Band blau" → "Band"."""
    every = [name.split() for name in names if name]
    if not every:
        return ""
    common = []
    for words in zip(*every, strict=False):
        if len(set(words)) > 1:
            break
        common.append(words[0])
    return " ".join(common).rstrip(" -–,:;/(") or " ".join(every[0])


def _owners(sheet: Sheet) -> dict[str, int]:
    """The rows by their article numbers and ids; the first row of a number counts."""
    owners: dict[str, int] = {}
    for key in ("sku", "id"):
        for place, row in enumerate(sheet.table.rows if key in sheet.places else ()):
            if cell := sheet.cell(row, key):
                owners.setdefault(cell, place)
    return owners


def _is_nothing(wanted: str) -> bool:
    return wanted.strip("0-") == ""


def _has_parent(sheet: Sheet, place: int, owners: dict[str, int]) -> bool:
    above = sheet.cell(sheet.table.rows[place], "parent")
    return bool(above) and not _is_nothing(above) and owners.get(above) != place


def _headed(sheet: Sheet, addresses: Addresses, head: int, children: list[int], *, is_sold: bool) -> Family | None:
    if not children:
        return _alone(sheet, addresses, head)
    name = name_of(sheet, head) or shared_name(name_of(sheet, place) for place in children)
    sku = sheet.cell(sheet.table.rows[head], "sku")
    address = addresses.give(name or sku, sku)
    return Family(address, (head, *children)) if is_sold else Family(address, tuple(children), head)


def _orphaned(sheet: Sheet, addresses: Addresses, number: str, places: list[int]) -> Family:
    """Children whose parent stands in no row are one article all the same."""
    return Family(
        addresses.give(shared_name(name_of(sheet, place) for place in places) or number, number), tuple(places)
    )


def _alone(sheet: Sheet, addresses: Addresses, place: int) -> Family | None:
    row = sheet.table.rows[place]
    name, sku, gtin = name_of(sheet, place), sheet.cell(row, "sku"), sheet.cell(row, "gtin")
    if not (name or sku or gtin):
        reason = "In dieser Zeile fehlen Artikelnummer, EAN und Name. Bitte tragen Sie eines davon ein."
        sheet.refuse(row.number, "sku", reason)
        return None
    if sheet.cell(row, "is_parent").casefold() in ("1", "y", "ja", "true", "wahr", "x"):
        reason = "Das ist ein Vaterartikel, und seine Varianten stehen nicht in der Datei. Wir lassen ihn aus."
        sheet.ask(row.number, "is_parent", reason)
        return None
    return Family(addresses.give(name or sku or gtin, sku or gtin), (place,))
