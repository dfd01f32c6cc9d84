"""What a file says and we do not take: named once, so that nobody misses it later."""

from collections.abc import Callable, Container

from catalog.exchange.sheet import Sheet


def note(sheet: Sheet, taken: Container[int], known_useless: Callable[[str], bool] = lambda name: False) -> list[str]:
    """A note that names the columns with content that are not among the `taken` places.

    `known_useless` says of a column's name that nobody wants to read of it.
    """
    filled = filled_places(sheet)
    header = sheet.table.header
    lost = [
        header[place]
        for place in sorted(filled)
        if place < len(header) and place not in taken and header[place] and not known_useless(header[place])
    ]
    return [f"Diese Spalten werden nicht übernommen: {', '.join(dict.fromkeys(lost))}"] if lost else []


def filled_places(sheet: Sheet) -> set[int]:
    """The columns in which any row says something."""
    return {place for row in sheet.table.rows for place, cell in enumerate(row.cells) if cell}
