"""What the theme gives to paper: its fonts (print/*.ttf) and the colours of its tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shop import themes as worn

_USUAL = {"paper": "#faf9f6", "accent_soft": "#d9eaed", "accent": "#2f7f8f", "thread": "#b9ae9b", "ink": "#23282b",
          "ink_soft": "#586167", "accent_ink": "#1d5a66", "line": "#d9d3c7"}  # fmt: skip

_WRITING = ("ink", "ink_soft", "accent_ink")
_PAPER, _LEAST = "#ffffff", 4.5  # contrast of small writing (WCAG 2.2, 1.4.3)


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
    return Look(_readable(found), *(_font(themes, name) for name in ("text", "text-bold", "display")))


def _readable(colours: dict[str, str]) -> dict[str, str]:
    """The colours as paper can show them: it is white, also where a theme writes light on dark."""
    fit = {name: colours[name] if contrast(colours[name], _PAPER) >= _LEAST else _USUAL[name] for name in _WRITING}
    soft = colours["accent_soft"]
    can_be_written_on = all(contrast(fit[name], soft) >= _LEAST for name in ("ink", "accent_ink"))
    return colours | fit | {"accent_soft": soft if can_be_written_on else _USUAL["accent_soft"]}


def contrast(one: str, other: str) -> float:
    """How far two colours ("#rrggbb") differ in brightness, from 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _font(themes: Sequence[Path], name: str) -> Path:
    """A font of the theme or its nearest parent that has it; the bold one stands in for a display font."""
    files = (folder / "print" / f"{each}.ttf" for each in (name, "text-bold") for folder in themes)
    return next(file for file in files if file.exists())
