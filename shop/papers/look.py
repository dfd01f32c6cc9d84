"""What the theme gives to paper: its fonts (print/*.ttf) and the colours of its tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shop import themes as worn

_USUAL = {"paper": "#faf9f6", "accent_soft": "#d9eaed", "accent": "#2f7f8f", "thread": "#b9ae9b", "ink": "#23282b",
          "ink_soft": "#586167", "accent_ink": "#1d5a66", "line": "#d9d3c7"}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """Colours by the name of their token ("accent_soft" → "#d9eaed"), and where the three fonts lie."""

    colours: Mapping[str, str]
    text: Path
    bold: Path
    display: Path

    def __getitem__(self, name: str) -> str:
        """A colour by its name. Raises KeyError for one that papers do not use."""
        return self.colours[name]


def of(themes: Sequence[Path]) -> Look:
    """The look of a theme; `themes` are its folders, itself first. What a theme lacks comes from its parents."""
    found = _USUAL | {name: colour for name, colour in worn.colours(themes).items() if len(colour) == len("#rrggbb")}
    return Look(found, *(_font(themes, name) for name in ("text", "text-bold", "display")))


def _font(themes: Sequence[Path], name: str) -> Path:
    """A font of the theme or its nearest parent that has it; the bold one stands in for a display font."""
    files = (folder / "print" / f"{each}.ttf" for each in (name, "text-bold") for folder in themes)
    return next(file for file in files if file.exists())
