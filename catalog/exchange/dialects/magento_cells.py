"""Cells in which Magento 2 puts several things: attributes, variations, categories, days.

After the fixtures of magento/magento2 (dev/tests/.../CatalogImportExport): "color=Black,size=XS" with values that
may be quoted and hold commas, "sku=A,color=Black|sku=B,color=Red", "Default Category/Gear,Default Category/Gear/Bags".
"""

import re
from datetime import datetime

from catalog.exchange import cells
from catalog.exchange.cells import NotACell

_BETWEEN_PAIRS = re.compile(r',(?="?[^\W\d]\w*=)')
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2}),? (\d{1,2}):(\d{2}) ?(a|p)m", re.IGNORECASE)


def pairs(cell: str) -> dict[str, str]:
    """Names and values of "color=Black,features=Audio|Sleeve, 15 inches"; several values are joined by commas."""
    found = {}
    for part in _BETWEEN_PAIRS.split(cell):
        name, _, value = _unquoted(part.strip()).partition("=")
        values = [_unquoted(each) for each in value.split("|")]
        found[name.strip()] = ", ".join(filter(None, values))
    return {name: value for name, value in found.items() if name}


def variations(cell: str) -> list[dict[str, str]]:
    """The article number ("sku") and the chosen values of each variation."""
    return [found for part in cell.split("|") if (found := pairs(part)).get("sku")]


def categories(cell: str) -> tuple[tuple[str, ...], ...]:
    """Paths without the root that all of them begin with, the deepest only: its parents are named again and again.

    A comma inside a name is told from one between paths by that root. Raises NotACell.
    """
    root = re.match(r"[^/,]+", cell)
    parts = re.split(rf",(?={re.escape(root[0])}(?:/|,|$))", cell) if root else []
    paths = [tuple(cells.split_list(part, "/"))[1:] for part in parts]
    if any(len(name) > 120 for path in paths for name in path):
        raise NotACell("Ein Name einer Kategorie hat höchstens 120 Zeichen.")
    deepest = [path for path in paths if path and not any(other[: len(path)] == path != other for other in paths)]
    return tuple(dict.fromkeys(deepest))


def moment(cell: str, *, is_end: bool = False) -> datetime:
    """A day as `cells.moment` reads it, also the American "12/26/18, 5:05 AM". Raises NotACell."""
    match = _AMERICAN.fullmatch(cell)
    if match is None:
        return cells.moment(cell.replace(",", ""), is_end=is_end)
    hour = int(match[4]) % 12 + (12 if match[6].upper() == "P" else 0)
    year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    return cells.moment(f"{year}-{int(match[1]):02d}-{int(match[2]):02d} {hour}:{match[5]}", is_end=is_end)


def _unquoted(text: str) -> str:
    """Without the quotes around a pair or a value, those inside undoubled."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text
