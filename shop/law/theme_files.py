"""The theme's files, for rules that a page of the specimen cannot show."""

from pathlib import Path

from shop import themes
from shop.law.rules import Sight


def text_of(sight: Sight, name: str) -> str:
    """A template as the theme has it, or the nearest of its parents; "" where none has it."""
    return next((file.read_text(encoding="utf-8") for each in _folders(sight) if (file := each / name).is_file()), "")


def _folders(sight: Sight) -> list[Path]:
    return themes.chain(sight.shop.settings.themes, sight.shop.settings.theme)
