"""Where the pictures lie that Wix's export names: by an id of its media store, or by an address."""

import re

from catalog.exchange import cells

_STORE = "https://static.wixstatic.com/media/"
_IN_STORE = re.compile(r"(?:wix:image://v1/)?([^/#?:\s]+\.(?:jpe?g|png|webp|gif|avif))(?:[/#?].*)?", re.IGNORECASE)


def addresses(cell: str) -> tuple[str, ...]:
    """The addresses of a list such as "a1_b2~mv2.jpg;wix:image://v1/c3~mv2.png/rot.png#originWidth=9".

    What is no picture (a video, say) is left out.
    """
    return tuple(filter(None, map(_address, cells.split_list(cell, ";"))))


def _address(item: str) -> str:
    if item.startswith(("http://", "https://")):
        return item
    match = _IN_STORE.fullmatch(item)
    return f"{_STORE}{match[1]}" if match else ""
