"""The table on which goods are photographed: linen, paper or wood, and the shadows that fall on it."""

import numpy as np
from PIL import Image

from shop.demo.painting.light import SIZE, Grid, blur, colour, grid, noise, relief, seeded


class Table:
    """A surface seen from above, on which things are laid one after the other."""

    def __init__(self, ground: Grid) -> None:
        self.picture = ground.copy()

    def lay(self, thing: Grid, cover: Grid, left: int, top: int, lift: float = 14, depth: float = 0.5) -> None:
        """Lay a thing (colours and how much they cover) with its shadow; `lift` is how high it stands, in pixels."""
        self.shade(cover, left, top, lift, depth)
        here, there = _overlap(self.picture.shape, cover.shape, left, top)
        alpha = cover[there][..., None]
        self.picture[here] = self.picture[here] * (1 - alpha) + thing[there] * alpha

    def shade(self, cover: Grid, left: int, top: int, lift: float, depth: float) -> None:
        """The shadow of a thing alone: a tight one where it touches, a wide one where light is kept off."""
        margin = int(lift * 4) + 8
        padded = np.pad(cover, margin)
        wide, tight = blur(padded, lift * 0.9), blur(padded, max(1.5, lift * 0.25))
        for soft, shift, share in ((wide, lift * 0.8, depth), (tight, lift * 0.2, depth * 0.7)):
            x, y = left - margin + int(shift * 0.8), top - margin + int(shift)
            here, there = _overlap(self.picture.shape, soft.shape, x, y)
            dark = 1 - share * soft[there][..., None] * np.array([0.80, 0.88, 0.95], dtype=np.float32)
            self.picture[here] *= dark

    def image(self) -> Image.Image:
        """The finished photograph, with a breath of grain so that soft shadows show no bands."""
        grain = seeded("grain").normal(0, 0.002, self.picture.shape[:2]).astype(np.float32)
        return to_image(self.picture + grain[..., None])


def to_image(picture: Grid) -> Image.Image:
    """Colours from 0 to 1 as an image."""
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")


def linen(width: int = SIZE, height: int = SIZE, tone: str = "#e9dfcd") -> Grid:
    """A natural linen cloth with its uneven threads."""
    luck = seeded(f"linen {width}")
    shape = (height, width)
    threads = noise(luck, shape, 46, 1.6) * 0.5 + noise(luck, shape, 1.6, 46) * 0.5 + noise(luck, shape, 3) * 0.2
    bright, _ = relief(threads * 0.22)
    return _in_window_light(colour(tone) * (bright * (1 + 0.02 * threads))[..., None])


def paper(width: int = SIZE, height: int = SIZE, tone: str = "#f3ede3") -> Grid:
    """Matt drawing paper."""
    luck = seeded(f"paper {width}")
    bright, _ = relief(noise(luck, (height, width), 4) * 0.04 + noise(luck, (height, width), 2) * 0.02)
    return _in_window_light(colour(tone) * bright[..., None])


def wood(width: int = SIZE, height: int = SIZE, tone: str = "#d3b08a", planks: int = 3) -> Grid:
    """An oiled table of light oak, planks lying across."""
    luck = seeded(f"wood {width} {tone}")
    _, y = grid(width, height)
    plank = np.floor(y / (height / planks))
    rings = noise(luck, (height, width), 420, 34) * 5 + noise(luck, (height, width), 300, 9)
    grain = np.sin((y / 17 + rings + plank * 9.7) * 1.4) * 0.5 + noise(luck, (height, width), 90, 1.7) * 0.8
    tint = 1 + 0.045 * grain + 0.05 * np.sin(plank * 2.3) + 0.03 * noise(luck, (height, width), 260)
    gap = np.abs((y + height / planks / 2) % (height / planks) - height / planks / 2)
    bright = tint * (1 - 0.55 * np.exp(-((gap / 2.2) ** 2)))
    return _in_window_light(colour(tone) * bright[..., None].astype(np.float32))


def _in_window_light(ground: Grid) -> Grid:
    """Brighter towards the window at the upper left, falling off gently."""
    x, y = grid(ground.shape[1], ground.shape[0])
    far = (x / ground.shape[1] * 0.9 + y / ground.shape[0] * 1.1) / 2
    lit_ground: Grid = ground * (1.06 - 0.16 * far)[..., None]
    return lit_ground


def _overlap(
    canvas: tuple[int, ...], thing: tuple[int, ...], left: int, top: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The part of the canvas that a thing covers, and the part of the thing that lies on the canvas."""
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + thing[1], canvas[1]), min(top + thing[0], canvas[0])
    x1, y1 = max(x0, x1), max(y0, y1)
    return (slice(y0, y1), slice(x0, x1)), (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
