"""Solid things from outlines: rounded edges, metal, wood, rods; the base of buttons, zips and tools."""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from shop.demo.painting.light import Grid, blur, colour, grid, lit, noise, relief, seeded, smooth_step

_FINE = 3
Part = tuple[Grid, Grid]
"""A painted thing: its colours and how much each pixel of it covers what lies below."""


def outline(width: int, height: int, draw: Callable[[ImageDraw.ImageDraw, int], None]) -> Grid:
    """A mask drawn with Pillow at three times the size, so that its edges are smooth."""
    image = Image.new("L", (width * _FINE, height * _FINE), 0)
    draw(ImageDraw.Draw(image), _FINE)
    small = image.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(small, dtype=np.float32) / 255


def rounded(mask: Grid, albedo: Grid, edge: float, gloss: float = 0.3, hardness: float = 24, rise: float = 1.0) -> Part:
    """Give an outline a body whose edge is rounded over `edge` pixels."""
    inner = np.clip(blur(mask, edge) * 2 - 1, 0, 1)
    bright, shine = relief(edge * rise * np.sqrt(1 - (1 - inner) ** 2), gloss, hardness)
    return lit(np.broadcast_to(albedo, (*mask.shape, 3)), bright, shine - gloss * _flat_shine(hardness)), mask


def steel(mask: Grid, edge: float, turn: float = 0.0, tone: str = "#c3c6c9") -> Part:
    """Polished steel: streaks along `turn`, a dark and a bright reflection across."""
    x, y = grid(mask.shape[1], mask.shape[0])
    across = -x * math.sin(turn) + y * math.cos(turn)
    along = x * math.cos(turn) + y * math.sin(turn)
    streaks = noise(seeded("steel"), mask.shape, 2.0) * 0.03
    mirror = 0.90 + 0.20 * np.sin(across / 15 + 0.8) * np.sin(along / 310 + 0.4) + 0.10 * np.sin(along / 120) + streaks
    return rounded(mask, colour(tone) * mirror[..., None].astype(np.float32), edge, 0.55, 30)


def timber(shape: tuple[int, int], tone: str, turn: float, name: str) -> Grid:
    """The grain of a small piece of wood."""
    x, y = grid(shape[1], shape[0])
    across = -x * math.sin(turn) + y * math.cos(turn)
    wave = noise(seeded(name), shape, 60) * 2.4
    grain = 0.5 * np.sin(across / 2.6 + wave) + 0.5 * np.sin(across / 6.1 + wave * 1.7 + 1)
    tint = 1 + 0.085 * grain + 0.03 * noise(seeded(name), shape, 2)
    grained: Grid = colour(tone) * tint[..., None]
    return grained


def rod(
    size: tuple[int, int],
    start: tuple[float, float],
    end: tuple[float, float],
    radius: tuple[float, float],
    tone: Grid | str,
    gloss: float = 0.35,
    point: float = 0.0,
) -> Part:
    """A round stick from `start` to `end`, its radius going from the first to the second; `point` pixels long tip."""
    x, y = grid(*size)
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / length
    across = ((x - start[0]) * -dy + (y - start[1]) * dx) / length
    here = radius[0] + (radius[1] - radius[0]) * np.clip(along / length, 0, 1)
    if point:
        here = here * np.sqrt(np.clip((length - along) / point, 0.0, 1))
    inside = np.abs(across) / np.maximum(here, 0.4)
    body = np.sqrt(np.clip(1 - inside**2, 0, 1)) * here
    bright, shine = relief(body, gloss, 20)
    cover = (
        smooth_step(0.6, -0.6, np.abs(across) - here) * smooth_step(-1, 1, along) * smooth_step(1, -1, along - length)
    )
    albedo = colour(tone) if isinstance(tone, str) else tone
    edge = 0.62 + 0.38 * np.sqrt(np.clip(1 - np.minimum(inside, 1) ** 2, 0, 1))
    return lit(np.broadcast_to(albedo, (size[1], size[0], 3)), bright * edge, shine - gloss * _flat_shine(20)), cover


def turned(part: Part, degrees: float) -> Part:
    """A part turned anticlockwise on the table, in a frame that holds it."""
    thing, cover = part
    pixels = np.concatenate([thing, cover[..., None]], axis=2)
    image = Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8), "RGBA")
    spun = np.asarray(image.rotate(degrees, Image.Resampling.BICUBIC, expand=True), dtype=np.float32) / 255
    return spun[..., :3], spun[..., 3]


def _flat_shine(hardness: float) -> float:
    """What a flat face mirrors anyway; taken off, so that only edges and curves shine."""
    half = np.array([-0.50, -0.58, 1.64])
    return float((half[2] / np.linalg.norm(half)) ** hardness)
