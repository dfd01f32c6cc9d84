"""The colour that stands where a picture will be: its average, as the eye would mix it."""

from pathlib import Path

from PIL import Image

CLEAR = "none"  # what SVG calls no colour
_SIDE = 16  # pixels


def average(small: Path) -> str:
    """The average of a small picture as #rrggbb; "none" where parts of it are clear.

    Averaged in linear light (sRGB, IEC 61966-2-1): light and dark threads mix as they do from afar.
    """
    with Image.open(small) as image:
        if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] < 255:  # type: ignore[operator]
            return CLEAR
        pixels = image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX).tobytes()
    channels = (pixels[start::3] for start in range(3))
    return "#" + "".join(f"{_mixed(channel):02x}" for channel in channels)


def _mixed(values: bytes) -> int:
    light = sum(map(_light, values)) / len(values)
    return round(255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


def _light(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
