"""Light and noise: what makes flat colours look like things."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grid = NDArray[np.floating[Any]]
"""A plane of numbers (height, width), or of colours (height, width, 3), each colour 0 to 1."""

SIZE = 1000  # pixels, the side of a picture
LIGHT = np.array([-0.50, -0.58, 0.64], dtype=np.float32)  # from the upper left, as from a shop window


def seeded(name: str) -> np.random.Generator:
    """The same luck for the same name, on every machine."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def grid(width: int = SIZE, height: int = SIZE) -> tuple[Grid, Grid]:
    """The x and y of every pixel."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x, y


def colour(code: str) -> Grid:
    """A "#rrggbb" as three numbers from 0 to 1."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32) / 255


def blur(plane: Grid, radius: float) -> Grid:
    """A soft blur: three box filters one after the other come close to Gauss."""
    reach = max(1, round(radius))
    for _ in range(3):
        plane = _box(_box(plane, reach, 0), reach, 1)
    return plane


def noise(luck: np.random.Generator, shape: tuple[int, int], scale: float, scale_y: float | None = None) -> Grid:
    """Smooth hills and valleys about `scale` pixels wide, from -1 to 1 or so."""
    rows, columns = (max(2, int(side / each) + 2) for side, each in zip(shape, (scale_y or scale, scale), strict=True))
    coarse = luck.standard_normal((rows, columns)).astype(np.float32)
    return resized(coarse, shape[1], shape[0]) * 0.7


def resized(plane: Grid, width: int, height: int) -> Grid:
    """A plane of numbers in another size."""
    return np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def relief(height: Grid, gloss: float = 0.0, hardness: float = 18.0) -> tuple[Grid, Grid]:
    """How bright a relief is (about 1 where it lies flat) and how much it shines, by its slopes."""
    slope_y, slope_x = np.gradient(height)
    length = np.sqrt(slope_x**2 + slope_y**2 + 1)
    facing = (-slope_x * LIGHT[0] - slope_y * LIGHT[1] + LIGHT[2]) / length
    bright = 0.30 + 0.70 * np.clip(facing, 0, None) / LIGHT[2]
    half = LIGHT + np.array([0, 0, 1], dtype=np.float32)
    half /= np.linalg.norm(half)
    mirror = np.clip((-slope_x * half[0] - slope_y * half[1] + half[2]) / length, 0, 1)
    return bright.astype(np.float32), (gloss * mirror**hardness).astype(np.float32)


def hollows(height: Grid, radius: float, strength: float) -> Grid:
    """Darkness in the hollows, where light has it hard to reach (1 = none)."""
    return np.clip(1 - strength * np.clip(blur(height, radius) - height, 0, None), 0.25, 1).astype(np.float32)


def lit(albedo: Grid, bright: Grid, shine: Grid | float = 0.0) -> Grid:
    """Put light on colours: shadows turn warmer and deeper, highlights go towards white."""
    light = bright[..., None]
    warm = np.array([1.0, 0.965, 0.93], dtype=np.float32)
    tint = np.where(light < 1, warm ** (1 - light), 1)
    shone = np.asarray(shine, dtype=np.float32)
    return np.clip(albedo * light * tint + (shone[..., None] if shone.ndim else shone), 0, 1).astype(np.float32)


def smooth_step(low: float, high: float, value: Grid) -> Grid:
    """0 below `low`, 1 above `high`, and a soft passage between (either way round)."""
    t: Grid = np.clip((value - low) / (high - low), 0, 1).astype(np.float32)
    return t * t * (3 - 2 * t)


def _box(plane: Grid, reach: int, axis: int) -> Grid:
    pad = [(0, 0)] * plane.ndim
    pad[axis] = (reach + 1, reach)
    summed = np.cumsum(np.pad(plane, pad, mode="edge"), axis=axis, dtype=np.float64)
    width = 2 * reach + 1
    upper = np.take(summed, range(width, summed.shape[axis]), axis=axis)
    lower = np.take(summed, range(summed.shape[axis] - width), axis=axis)
    return ((upper - lower) / width).astype(np.float32)
