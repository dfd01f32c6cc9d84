"""The theme's files, for rules that a page of the specimen cannot show."""

from collections.abc import Iterator
from pathlib import Path

from shop import themes
from shop.law.rules import Sight


def text_of(sight: Sight, name: str) -> str:
    """A template as the theme has it, or the nearest of its parents; "" where none has it."""
    return next((file.read_text(encoding="utf-8") for each in _folders(sight) if (file := each / name).is_file()), "")


def templates(sight: Sight) -> Iterator[Path]:
    """All templates of pages and letters, the parents' as well."""
    for folder in _folders(sight):
        for pattern in ("**/*.html", "**/*.txt"):
            yield from sorted(folder.glob(pattern))


def _folders(sight: Sight) -> list[Path]:
    return themes.chain(sight.shop.settings.themes, sight.shop.settings.theme)
