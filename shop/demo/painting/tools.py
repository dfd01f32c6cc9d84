"""Tools of the trade: scissors, needles, pins, tape measure, hoops, booklets."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from shop.demo.painting.cloth import woven
from shop.demo.painting.light import SIZE, Grid, colour, grid, lit, noise, relief, seeded, smooth_step
from shop.demo.painting.prints import flowers, sampled
from shop.demo.painting.solids import Part, outline, rod, rounded, steel, timber, turned
from shop.demo.painting.table import Table, linen, wood

Point = tuple[float, float]


def scissors_on_linen(handle: str, *, scale: float = 1.0, turn: float = 38) -> Table:
    """A pair of scissors, slightly open, lying aslant."""
    table = Table(linen())
    lay_scissors(table, handle, (500, 505), 880 * scale, turn)
    return table


def lay_scissors(table: Table, handle: str, centre: tuple[int, int], length: float, turn: float) -> None:
    """Lay scissors of a length in pixels on a table, both halves over each other, then the screw."""
    for mirrored, opened in ((True, 6.5), (False, -6.5)):
        for part in _half_of_scissors(length / 880, handle):
            thing, cover = (each[:, ::-1] for each in part) if mirrored else part
            spun = turned((thing, cover), turn + opened)
            table.lay(*spun, centre[0] - spun[0].shape[1] // 2, centre[1] - spun[0].shape[0] // 2, 7, 0.5)
    size = int(46 * length / 880)
    disc = outline(size, size, lambda d, f: d.ellipse((2 * f, 2 * f, (size - 2) * f, (size - 2) * f), fill=255))
    screw, cover = steel(disc, 5, tone="#a9acb0")
    screw[size // 2 - 2 : size // 2 + 2, 8 : size - 8] *= 0.45
    table.lay(screw, cover, centre[0] - size // 2, centre[1] - size // 2, 2, 0.5)


def jars(tones: list[str], name: str) -> Table:
    """Open jars of paint, seen from above."""
    table = Table(linen())
    luck = seeded(name)
    for number, tone in enumerate(tones):
        x = 150 + number % 2 * 370 + int(luck.integers(-16, 16))
        y = 140 + number // 2 * 370 + int(luck.integers(-16, 16))
        glass, paint = (_disc(across) for across in (340, 276))
        table.lay(*rounded(glass, colour("#dfe3e2"), 16, 0.6), x, y, lift=30, depth=0.6)
        table.lay(*rounded(paint, colour(tone), 22, 0.45), x + 32, y + 32, lift=0, depth=0.25)
    return table


def needles(name: str, thickness: float, tone: str, *, count: int = 2, knob: str = "") -> Table:
    """Knitting needles or hooks, side by side on linen."""
    table = Table(linen())
    for number in range(count):
        shift = (number - (count - 1) / 2) * max(58, thickness * 3.2)
        start, end = (150 + shift * 0.8, 880 + shift * 0.4 - 40), (850 + shift * 0.8, 130 + shift * 0.6)
        albedo = timber((SIZE, SIZE), tone, -0.81, name) if knob else colour(tone)
        part = rod((SIZE, SIZE), start, end, (thickness, thickness), albedo, 0.25 if knob else 0.6, thickness * 5)
        table.lay(*part, 0, 0, lift=9, depth=0.5)
        if knob:
            side = int(thickness * 4.4)
            place = int(start[0] - side / 2), int(start[1] - side / 2)
            table.lay(*rounded(_disc(side), colour(knob), side * 0.34, 0.5, 20, 1.2), *place, 10, 0.5)
    return table


def pins(heads: list[str], name: str) -> Table:
    """Pins with glass heads, scattered."""
    table = Table(linen())
    luck = seeded(name)
    for number in range(22):
        x, y, turn = float(luck.uniform(90, 910)), float(luck.uniform(90, 910)), float(luck.uniform(0, math.tau))
        end = (x + math.cos(turn) * 215, y + math.sin(turn) * 215)
        table.lay(*rod((SIZE, SIZE), (x, y), end, (3.1, 2.5), "#c9ccd0", 0.7, 26), 0, 0, lift=5, depth=0.45)
        head = outline(46, 46, lambda d, f: d.ellipse((2 * f, 2 * f, 44 * f, 44 * f), fill=255))
        table.lay(
            *rounded(head, colour(heads[number % len(heads)]), 16, 0.85, 30, 1.3), int(x - 23), int(y - 23), 7, 0.5
        )
    return table


def sewing_needles(name: str) -> Table:
    """Needles on black card, in a row by size, their eyes gilded."""
    table = Table(linen())
    card = outline(640, 800, lambda d, f: d.rounded_rectangle((0, 0, 640 * f - 1, 800 * f - 1), 20 * f, fill=255))
    table.lay(*rounded(card, colour("#e9d9bd"), 3, 0.0), 180, 100, lift=10, depth=0.5)
    felt = outline(520, 600, lambda d, f: d.rounded_rectangle((0, 0, 520 * f - 1, 600 * f - 1), 12 * f, fill=255))
    albedo = colour("#8f3f32") * (1 + 0.10 * noise(seeded(name), (600, 520), 3))[..., None]
    table.lay(*rounded(felt, albedo.astype(np.float32), 4, 0.0), 240, 160, lift=4, depth=0.4)
    for number in range(9):
        x, length = 285 + number * 53, 490 - number * 26
        table.lay(
            *rod((SIZE, SIZE), (x, 215.0), (x + 4, 215.0 + length), (5.2 - number * 0.26, 3.4), "#d5d8dc", 0.8, 60),
            0,
            0,
            4,
            0.5,
        )
        eye = outline(8, 26, lambda d, f: d.rounded_rectangle((2 * f, 2 * f, 6 * f, 24 * f), 2 * f, fill=255))
        table.lay(np.full((26, 8, 3), 0.2, dtype=np.float32), eye, x - 4, 224, 0.5, 0.0)
    _print(table, "No. 3-9 · 9 St.", (500, 830), 30)
    return table


def tape_measure(tone: str, name: str) -> Table:
    """A tape measure in a loose bow."""
    table = Table(linen())
    lay_tape(table, tone, (300.0, 390.0), 250.0, (math.pi * 0.35, math.pi * 2.0))
    lay_tape(table, tone, (790.0, 392.0), 240.0, (math.pi * 0.15, math.pi * 1.0))
    return table


def lay_tape(table: Table, tone: str, centre: Point, radius: float, arc: Point, wide: float = 66) -> None:
    """A bow of tape measure around a centre, from one angle to another, marked in centimetres."""
    height, width = table.picture.shape[:2]
    x, y = grid(width, height)
    far = np.hypot(x - centre[0], y - centre[1])
    turn = (np.arctan2(y - centre[1], x - centre[0]) - arc[0]) % math.tau
    s, t = turn * radius, (far - radius) / wide + 0.5
    cover = (
        smooth_step(0, 0.02, t) * smooth_step(1, 0.98, t) * smooth_step(arc[1] - arc[0], arc[1] - arc[0] - 0.004, turn)
    )
    cover *= smooth_step(0, 0.004, turn)
    millimetre = smooth_step(1.3, 0.6, np.abs((s % 8) - 4)) * smooth_step(0.16, 0.15, t)
    centimetre = smooth_step(1.8, 1.0, np.abs((s % 40) - 4)) * smooth_step(0.42, 0.41, t)
    figure = smooth_step(7, 5.5, np.abs((s % 40) - 4)) * smooth_step(0.10, 0.08, np.abs(t - 0.64))
    gap = smooth_step(2.5, 1.5, np.hypot((s % 40) - 4, (t - 0.64) * wide))
    ink = np.maximum(np.maximum(millimetre, centimetre), figure * (1 - gap) * 0.85)[..., None]
    albedo = np.broadcast_to(colour(tone), (height, width, 3)) * (1 - 0.85 * ink)
    bright, shine = relief(7 * np.sin(s / 150) + 0.1 * noise(seeded("tape"), (height, width), 2), 0.25, 12)
    table.lay(lit(albedo.astype(np.float32), bright, shine * 0.5), cover.astype(np.float32), 0, 0, lift=8, depth=0.5)


def hoop(name: str) -> Table:
    """An embroidery hoop of beech with cotton stretched in it, flowers stitched on."""
    table = Table(wood())
    x, y = grid()
    far = np.hypot(x - 500, y - 520)
    threads, tint, _ = woven("linen", x, y, seeded(name))
    tile = flowers("#f6efe2", ["#d9702b", "#c0525a", "#e9b949"], "#8a5a2b", "#6f8f63", 11, 46)
    stitched = sampled(tile, x * 0.8 - 10, y * 0.8 - 20)
    satin = np.sin((x + y) * 1.3) * (np.abs(stitched - colour("#f6efe2")).sum(axis=2) > 0.15)
    bright, _ = relief(threads * 0.4 + satin * 0.5)
    table.lay(lit(stitched * tint[..., None], bright), smooth_step(372, 370, far), 0, 0, lift=6, depth=0.4)
    ring = smooth_step(405, 403, far) * smooth_step(357, 359, far)
    table.lay(*rounded(ring, timber((SIZE, SIZE), "#d9b27c", 0.3, "hoop"), 9, 0.2), 0, 0, lift=12, depth=0.6)
    clasp = outline(120, 90, lambda d, f: d.rounded_rectangle((20 * f, 22 * f, 100 * f, 62 * f), 8 * f, fill=255))
    table.lay(*steel(clasp, 6, tone="#c9a45c"), 440, 72, lift=6, depth=0.5)
    return table


def booklet(title: str, subtitle: str, ground: str, ink: str, drawing: str = "dress") -> Table:
    """A pattern booklet with a drawn cover."""
    table = Table(linen(tone="#ddceb4"))
    width, height = 600, 800
    cover = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(cover)
    draw.rectangle((0, 0, width, 150), fill=ink)
    draw.text((width / 2, 62), title, fill=ground, font=ImageFont.load_default(58), anchor="mm")
    draw.text((width / 2, 116), subtitle, fill=ground, font=ImageFont.load_default(26), anchor="mm")
    {"dress": _dress, "trousers": _trousers, "bag": _bag}[drawing](draw, ink)
    x, _ = grid(width, height)
    bend = 1.02 - 0.10 * np.exp(-x / 16) - 0.03 * x / width
    page = lit(np.asarray(cover, dtype=np.float32) / 255, bend.astype(np.float32))
    whole = np.ones((height, width), dtype=np.float32)
    for layer in (3, 2, 1):
        sheet = np.full((height, width, 3), 0.93 - 0.03 * layer, dtype=np.float32)
        table.lay(*turned((sheet, whole), -5 - layer * 0.25), 170 + layer * 3, 74 + layer * 3, 4, 0.3)
    table.lay(*turned((page, whole), -5), 168, 72, lift=7, depth=0.35)
    return table


def _half_of_scissors(scale: float, handle: str) -> list[Part]:
    """Blade and handle of one half, upright, the screw in the middle of the frame."""
    width, height = int(420 * scale), int(900 * scale)
    middle = width / 2

    def at(points: Sequence[Point], f: int) -> list[Point]:
        return [((middle + x * scale) * f, (height / 2 + y * scale) * f) for x, y in points]

    edge = [(-4, -430), (10, -425), (36, -120), (34, 10), (18, 60), (-24, 130), (-52, 118), (-30, 30), (-26, -60)]
    blade = outline(width, height, lambda d, f: d.polygon(at(edge, f), fill=255))
    metal, cover = steel(blade, 6 * scale, math.pi / 2 - 0.05)
    x, _ = grid(width, height)
    metal = np.clip(metal * np.where(x > middle + 14 * scale, 1.10, 0.94)[..., None], 0, 1).astype(np.float32)

    def grip(d: ImageDraw.ImageDraw, f: int) -> None:
        d.polygon(at([(-16, 92), (-62, 66), (-98, 190), (-60, 220), (-34, 150)], f), fill=255)
        d.ellipse([each for point in at([(-176, 150), (-28, 425)], f) for each in point], fill=255)
        d.ellipse([each for point in at([(-140, 200), (-66, 385)], f) for each in point], fill=0)

    body = outline(width, height, grip)
    return [(metal, cover), rounded(body, colour(handle), 13 * scale, 0.45, 18, 1.2)]


def _disc(side: int) -> Grid:
    return outline(side, side, lambda d, f: d.ellipse((f, f, (side - 1) * f, (side - 1) * f), fill=255))


def _print(table: Table, text: str, centre: tuple[int, int], size: int) -> None:
    image = Image.new("L", (SIZE, SIZE), 0)
    ImageDraw.Draw(image).text(centre, text, fill=255, font=ImageFont.load_default(size), anchor="mm")
    share = (np.asarray(image, dtype=np.float32) / 255 * 0.85)[..., None]
    table.picture = table.picture * (1 - share) + colour("#4a3a2c") * share


def _dress(draw: ImageDraw.ImageDraw, ink: str) -> None:
    """A child's dress with its seams, as pattern covers show it."""
    outline_points = [(235, 260), (365, 260), (420, 330), (385, 372), (365, 350), (372, 440), (450, 700), (150, 700),
                      (228, 440), (235, 350), (215, 372), (180, 330)]  # fmt: skip
    draw.polygon(outline_points, outline=ink, width=5)
    draw.arc((262, 225, 338, 295), 0, 180, fill=ink, width=5)
    draw.line((230, 440, 370, 440), fill=ink, width=4)
    for start in range(235, 370, 22):
        draw.line((start, 448, start - (300 - start) * 0.55, 690), fill=ink, width=2)
    for y in (310, 350, 390):
        draw.ellipse((294, y - 6, 306, y + 6), outline=ink, width=3)


def _trousers(draw: ImageDraw.ImageDraw, ink: str) -> None:
    draw.rounded_rectangle((205, 260, 395, 310), 10, outline=ink, width=5)
    leg = [(205, 310), (165, 470), (185, 640), (262, 640), (300, 460), (338, 640), (415, 640), (435, 470), (395, 310)]
    draw.line(leg, fill=ink, width=5, joint="curve")
    for left in (185, 338):
        draw.rounded_rectangle((left, 640, left + 77, 690), 8, outline=ink, width=5)
    for x in range(220, 390, 18):
        draw.line((x, 268, x, 302), fill=ink, width=2)
    draw.line((300, 310, 300, 460), fill=ink, width=3)


def _bag(draw: ImageDraw.ImageDraw, ink: str) -> None:
    draw.arc((205, 210, 395, 560), 180, 360, fill=ink, width=10)
    draw.rounded_rectangle((150, 390, 450, 680), 24, outline=ink, width=5)
    draw.rounded_rectangle((150, 390, 450, 540), 24, outline=ink, width=4)
    draw.ellipse((285, 515, 315, 545), outline=ink, width=4)
    draw.line((165, 660, 435, 660), fill=ink, width=2)


def kernels(name: str) -> Table:
    """A heap of cleaned cherry stones."""
    table = Table(linen(tone="#e3d5bb"))
    luck = seeded(name)
    stone = _disc(48)
    for layer in range(5):
        reach = 395 - layer * 62
        for _ in range(150 - layer * 24):
            far, angle = reach * math.sqrt(float(luck.uniform())), float(luck.uniform(0, math.tau))
            tone = colour("#c79a68") * float(luck.uniform(0.82, 1.12))
            speckled = tone * (1 + 0.06 * noise(luck, (48, 48), 4))[..., None]
            x, y = 500 + far * math.cos(angle) * 1.08, 510 + far * math.sin(angle)
            table.lay(*rounded(stone, np.clip(speckled, 0, 1), 17, 0.22, 10, 1.1), int(x - 24), int(y - 24), 6, 0.5)
    return table
