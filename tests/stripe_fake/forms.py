"""Stripe's form encoding: a[b][0][c]=1 as nested dicts and lists; every value stays text."""

import re
from typing import Any
from urllib.parse import parse_qsl


def decode(text: str) -> dict[str, Any]:
    """Read a body or a query string."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *path, last = [part for part in re.split(r"\[|\]", name.replace("[]", "[0]")) if part]
        place = root
        for part in path:
            place = place.setdefault(part, {})
        place[_free(place, last)] = value
    return {key: _with_lists(value) for key, value in root.items()}


def _free(place: dict[str, Any], name: str) -> str:
    """`types[]` repeated: the next number that is free."""
    while name.isdigit() and name in place:
        name = str(int(name) + 1)
    return name


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(each) for key, each in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
