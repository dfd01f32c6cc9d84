"""Wool: a ball wound from hundreds of twisted strands, with its paper band, and a cloud of stuffing."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from shop.demo.painting.light import (
    LIGHT,
    SIZE,
    Grid,
    blur,
    colour,
    grid,
    hollows,
    lit,
    noise,
    relief,
    seeded,
    smooth_step,
)
from shop.demo.painting.table import Table, linen

_FINE = 2
_GREY = 0.6

Oval = tuple[float, float, float, float]
"""Middle x and y, and half the width and height."""


def ball_on_linen(shades: Sequence[str], name: str, *, thick: float = 10, band: Sequence[str] = ()) -> Table:
    """A ball of wool with its end lying in front of it. Several `shades` change along the strand."""
    table = Table(linen())
    _loose_end(table, shades, thick)
    thing, cover = ball(shades, name, 800, 590, thick, band)
    table.lay(thing, cover, 92, 165, lift=36, depth=0.62)
    return table


def basket_of_balls(shades: Sequence[str], name: str, *, thick: float = 10) -> Table:
    """Many balls close together, filling the picture: the range of a yarn at a glance."""
    table = Table(linen(tone="#cdbb9f"))
    table.picture *= 0.55
    luck = seeded(name)
    places = [(column * 250 - 60 + (row % 2) * 110, row * 205 - 40) for row in range(5) for column in range(-1, 5)]
    for number, (left, top) in enumerate(places):
        shade = shades[(number * 5 + number // 6) % len(shades)]
        thing, cover = _small_ball(shade, f"{name}{number % 2}", thick)
        table.lay(thing, cover, left + int(luck.uniform(-14, 14)), top + int(luck.uniform(-14, 14)), 15, 0.6)
    return table


@lru_cache(maxsize=64)
def _small_ball(shade: str, name: str, thick: float) -> tuple[Grid, Grid]:
    return ball([shade], name, 305, 262, thick)


def ball(
    shades: Sequence[str], name: str, width: int, height: int, thick: float = 10, band: Sequence[str] = ()
) -> tuple[Grid, Grid]:
    """A ball of wool seen from the side; `thick` is the strand in pixels, `band` the lines on its paper band."""
    if len(shades) == 1:
        grey = _grey_ball(name, width, height, thick)
        thing, cover = np.clip(grey[..., :3] * (colour(shades[0]) / _GREY), 0, 1), grey[..., 3]
    else:
        pixels = _wound([colour(each) for each in shades], name, width, height, thick)
        thing, cover = pixels[..., :3], pixels[..., 3]
    if band:
        label = _band(width, height, shades, band)
        share = label[..., 3:]
        thing = thing * (1 - share) + label[..., :3] * share
        cover = np.maximum(cover, label[..., 3])
    return thing.astype(np.float32), cover


@lru_cache(maxsize=16)
def _grey_ball(name: str, width: int, height: int, thick: float) -> Grid:
    """A ball in middle grey, to be dyed in any one shade: winding it anew for each takes seconds."""
    return _wound([np.full(3, _GREY, dtype=np.float32)], name, width, height, thick)


def _wound(shades: list[Grid], name: str, width: int, height: int, thick: float) -> Grid:
    luck = seeded(name)
    image = Image.new("RGBA", (width * _FINE, height * _FINE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    rx, ry = (width / 2 - 14) * _FINE, (height / 2 - 14) * _FINE
    oval = (width * _FINE / 2, height * _FINE / 2, rx, ry)
    draw.ellipse((oval[0] - rx, oval[1] - ry, oval[0] + rx, oval[1] + ry), fill=_ink(shades[0] * 0.35))
    groups = int(30 + 330 / thick)
    for group in range(groups):
        _wind(draw, shades, luck, oval, thick * _FINE, group / groups)
    _fuzz(draw, shades[0], luck, oval)
    small = image.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(small, dtype=np.float32) / 255


def stuffing(name: str, tone: str = "#f6f1e7") -> Table:
    """A heap of stuffing wool."""
    table = Table(linen(tone="#d8c7ab"))
    x, y = grid()
    luck = seeded(name)
    shape = (SIZE, SIZE)
    clumps = sum(np.abs(noise(luck, shape, scale)) * scale * 0.42 for scale in (170, 80, 38, 18))
    hairs = noise(luck, shape, 3, 9) + noise(luck, shape, 9, 3)
    radius = np.hypot((x - 500) / 1.12, y - 510) + noise(luck, shape, 130) * 32 + noise(luck, shape, 40) * 10
    dome = 210 * np.sqrt(np.clip(1 - (radius / 400) ** 2, 0, 1))
    height = dome - np.asarray(clumps, dtype=np.float32) * 0.8
    bright, _ = relief(blur(height, 7) * 0.30 + hairs * 0.22)
    thing = lit(
        np.ones((SIZE, SIZE, 3), dtype=np.float32) * colour("#f6f1e7"),
        0.22 + bright * 0.78 * hollows(blur(height, 3), 18, 0.008),
    )
    table.lay(thing, smooth_step(408, 360, radius + hairs * 9), 0, 0, lift=22, depth=0.5)
    return table


def _wind(
    draw: ImageDraw.ImageDraw,
    shades: list[Grid],
    luck: np.random.Generator,
    oval: Oval,
    thick: float,
    late: float,
) -> None:
    """A group of neighbouring strands: circles around the ball, tilted alike, as a winding machine lays them."""
    lean = float(luck.choice([-0.62, 0.62, 0.12, 1.25]) + luck.normal(0, 0.16))
    roll = float(luck.normal(0, 0.42))
    normal = np.array([math.cos(lean) * math.cos(roll), math.sin(lean) * math.cos(roll), math.sin(roll)])
    aside = np.cross(normal, [0.3, -0.2, 0.95])
    aside /= np.linalg.norm(aside)
    above = np.cross(normal, aside)
    first, count = float(luck.uniform(-0.9, 0.75)), int(luck.integers(4, 9))
    gap = thick * 0.95 / min(oval[2], oval[3])
    for strand in range(count):
        offset = first + strand * gap
        if abs(offset) > 0.97:
            continue
        ring = math.sqrt(1 - offset**2)
        steps = max(24, int(ring * math.tau * oval[2] / (thick * 0.62)))
        angles = np.linspace(0, math.tau, steps) + float(luck.uniform(0, 6))
        points = normal * offset + ring * (np.cos(angles)[:, None] * aside + np.sin(angles)[:, None] * above)
        shade = shades[int(luck.integers(len(shades)))] if len(shades) > 1 else shades[0]
        _strand(draw, points, shade * float(luck.uniform(0.94, 1.05)), oval, thick, late)


def _strand(draw: ImageDraw.ImageDraw, points: Grid, shade: Grid, oval: Oval, thick: float, late: float) -> None:
    """One strand: a dark edge, the lit wool, and the slanting marks of its twist."""
    cx, cy, rx, ry = oval
    light = np.clip(points @ LIGHT, -0.2, 1)
    bright = (0.62 + 0.50 * light) * (0.82 + 0.18 * late)
    place = np.stack([cx + points[:, 0] * rx, cy + points[:, 1] * ry], axis=1)
    seen = points[:, 2] > -0.04
    half = thick / 2
    for wide, dark in ((thick * 1.12, 0.50), (thick * 0.86, 1.0)):
        for i in np.flatnonzero(seen[:-1] & seen[1:]):
            draw.line([tuple(place[i]), tuple(place[i + 1])], fill=_ink(shade * bright[i] * dark), width=int(wide))
    for i in np.flatnonzero(seen[:-1] & seen[1:]):
        way = place[i + 1] - place[i]
        length = float(np.hypot(*way))
        if length < 0.5:
            continue
        along, across = way / length, np.array([-way[1], way[0]]) / length
        mid = (place[i] + place[i + 1]) / 2
        start, end = mid - across * half * 0.72 - along * half * 0.55, mid + across * half * 0.72 + along * half * 0.55
        draw.line([tuple(start), tuple(end)], fill=_ink(shade * bright[i] * 0.74), width=max(1, int(thick * 0.13)))
        high = mid - across * half * 0.25 - along * half * 0.1
        draw.line([tuple(high - along * half * 0.3), tuple(high + along * half * 0.3)],
                  fill=_ink(shade * bright[i] * 1.14 + 0.03), width=max(1, int(thick * 0.2)))  # fmt: skip


def _fuzz(draw: ImageDraw.ImageDraw, shade: Grid, luck: np.random.Generator, oval: Oval) -> None:
    """Fine hairs that stand off the outline."""
    cx, cy, rx, ry = oval
    for angle in luck.uniform(0, math.tau, 420):
        far = float(luck.uniform(0.97, 1.03))
        x, y = cx + math.cos(angle) * rx * far, cy + math.sin(angle) * ry * far
        turn = float(angle + luck.normal(0, 0.9))
        length = float(luck.uniform(6, 22))
        ink = (*_ink(shade * 0.9)[:3], int(luck.uniform(40, 110)))
        draw.line([(x, y), (x + math.cos(turn) * length, y + math.sin(turn) * length)], fill=ink, width=1)


def _band(width: int, height: int, shades: Sequence[str], lines: Sequence[str]) -> Grid:
    """The paper band around the middle of a ball, bent as the ball is round: colours and cover."""
    x, y = grid(width, height)
    half, ry = width * 0.150, height / 2 - 14
    up = np.clip((y - height / 2) / (ry * 1.012), -1, 1)
    cover = smooth_step(half + 0.5, half - 0.5, np.abs(x - width / 2)) * smooth_step(1.0, 0.992, np.abs(up))
    bright = 0.62 + 0.42 * np.clip(np.sqrt(1 - up**2 * 0.96) * 0.75 - up * 0.42, 0, 1)
    label = Image.new("RGB", (width, height), "#f7f0e2")
    draw = ImageDraw.Draw(label)
    for place, ink in ((0.30, "#d9702b"), (0.70, shades[0])):
        draw.rectangle((width / 2 - half, height * place, width / 2 + half, height * (place + 0.035)), fill=ink)
    for number, line in enumerate(lines):
        font = ImageFont.load_default(int(height * (0.055 if number == 0 else 0.040)))
        draw.text((width / 2, height * (0.44 + 0.085 * number)), line, fill="#4a3a2c", font=font, anchor="mm")
    face = lit(np.asarray(label, dtype=np.float32) / 255, bright)
    return np.concatenate([face, cover[..., None]], axis=2).astype(np.float32)


def _loose_end(table: Table, shades: Sequence[str], thick: float) -> None:
    """The end of the strand, lying in a bow on the cloth."""
    image = Image.new("RGBA", (SIZE * _FINE, SIZE * _FINE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    t = np.linspace(0, 1, 150)
    x = 560 + 360 * t - 120 * np.sin(t * 4.6)
    y = 690 + 230 * t - 60 * t * np.sin(t * 6.5) + 26 * np.sin(t * 9)
    points = np.stack([x / SIZE * 2 - 1, y / SIZE * 2 - 1, np.full_like(t, 1.3)], axis=1)
    oval = (SIZE * _FINE / 2, SIZE * _FINE / 2, SIZE * _FINE / 2, SIZE * _FINE / 2)
    step = thick * 0.62
    fine = np.linspace(0, 1, int(620 / step))
    points = np.stack([np.interp(fine, t, points[:, axis]) for axis in range(3)], axis=1)
    _strand(draw, points, colour(shades[0]), oval, thick * _FINE, 1.0)
    pixels = np.asarray(image.resize((SIZE, SIZE), Image.Resampling.LANCZOS), dtype=np.float32) / 255
    table.lay(pixels[..., :3], pixels[..., 3], 0, 0, lift=6, depth=0.5)


def _ink(shade: Grid) -> tuple[int, int, int, int]:
    r, g, b = (int(min(255, max(0, each * warm * 255))) for each, warm in zip(shade, (1.03, 1.0, 0.955), strict=True))
    return r, g, b, 255
