"""The small goods: buttons, ribbons and lace on cards, zips, spools of thread."""

import math
from collections.abc import Sequence

import numpy as np

from shop.demo.painting.light import SIZE, Grid, blur, colour, grid, lit, noise, relief, seeded, smooth_step
from shop.demo.painting.solids import Part, outline, rounded, timber, turned
from shop.demo.painting.table import Table, linen, paper, wood

_POLISH = {"glossy": (0.75, 40), "matt": (0.12, 8), "wood": (0.10, 10), "pearl": (0.45, 16), "metal": (0.9, 14)}
"""How much a material shines, and how sharply."""


def buttons(tones: str | Sequence[str], material: str, name: str, *, holes: int = 4, radius: int = 118) -> Table:
    """A handful of buttons on linen or wood, in different turns; several `tones` are mixed."""
    table = Table(wood() if material in ("pearl", "glossy") else linen())
    luck = seeded(name)
    places = [(250, 265), (560, 215), (800, 420), (395, 530), (690, 690), (255, 790), (480, 870)]
    palette = [tones] if isinstance(tones, str) else list(tones)
    for number, (x, y) in enumerate(places):
        thing, cover = button(
            radius, palette[number % len(palette)], material, f"{name}{x}", holes, float(luck.uniform(0, 180))
        )
        half = thing.shape[0] // 2
        table.lay(thing, cover, x + int(luck.uniform(-18, 18)) - half, y + int(luck.uniform(-14, 14)) - half, 13, 0.55)
    return table


def button(radius: int, tone: str, material: str, name: str, holes: int = 4, turn: float = 0.0) -> Part:
    """One button seen from above. Materials: glossy, matt, wood, pearl, metal."""
    side = radius * 2 + 8
    x, y = grid(side, side)
    x, y = x - side / 2, y - side / 2
    far = np.hypot(x, y) / radius
    rim = np.exp(-(((far - 0.83) / 0.105) ** 2))
    height = radius * (0.10 * rim + 0.05 * smooth_step(0.7, 0.2, far) * -1 + 0.16 * np.sqrt(np.clip(1 - far**6, 0, 1)))
    if material == "metal":
        height = height + radius * 0.035 * np.cos(np.arctan2(y, x) * 24) * np.exp(-(((far - 0.5) / 0.12) ** 2))
    gloss, hardness = {
        "glossy": (0.75, 40),
        "matt": (0.12, 8),
        "wood": (0.10, 10),
        "pearl": (0.45, 16),
        "metal": (0.9, 14),
    }[material]
    bright, shine = relief(height, gloss, hardness)
    shine = shine * smooth_step(0.25, 0.75, np.abs(bright - 1) * 2.2) if material != "pearl" else shine * 0.5
    thing = lit(_surface(side, tone, material, name), bright, shine)
    pierced = _holes(x, y, radius, holes, turn) if holes else np.zeros_like(far)
    thing = thing * (1 - 0.88 * pierced[..., None]) + 0.02
    bevel = np.clip(blur(pierced, 3.5) - pierced, 0, 1)[..., None]
    thing = np.clip(thing * (1 - 0.35 * bevel), 0, 1)
    return turned((thing, smooth_step(1.0, 1.0 - 1.6 / radius, far)), 0)


def on_card(kind: str, tone: str, accent: str, name: str, *, wide: int = 86) -> Table:
    """Ribbon, lace, elastic or tape wound on a kraft card, its end hanging off."""
    table = Table(linen())
    card = outline(520, 820, lambda d, f: d.rounded_rectangle((0, 0, 520 * f - 1, 820 * f - 1), 26 * f, fill=255))
    kraft = colour("#b98f62") * (1 + 0.03 * noise(seeded("kraft"), (820, 520), 5, 14))[..., None]
    table.lay(*rounded(card, kraft.astype(np.float32), 3, 0.0), 215, 80, lift=10, depth=0.5)
    _tail(table, kind, tone, accent, name, wide)
    luck = seeded(name)
    step = wide * 0.80
    count = int(560 / step)
    for number in range(count):
        part = _wrap(kind, tone, accent, f"{name}{number % 3}", wide, float(luck.normal(0, 0.006)) + 0.035)
        table.lay(*part, 203, int(180 + number * step + luck.normal(0, 2)), lift=4, depth=0.45)
    return table


def zips(tones: Sequence[str], metal: bool, name: str) -> Table:
    """Zips lying side by side like a fan."""
    table = Table(linen())
    luck = seeded(name)
    for number, tone in enumerate(tones):
        place = number - (len(tones) - 1) / 2
        thing, cover = turned(_zip(tone, metal), -place * 4.2 + float(luck.normal(0, 0.5)))
        left = int(SIZE / 2 + place * min(150, 760 / len(tones)) - thing.shape[1] / 2)
        table.lay(thing, cover, left, int(48 + abs(place) * 6), lift=7, depth=0.5)
    return table


def spools(tones: Sequence[str], name: str) -> Table:
    """Spools of sewing thread standing in rows."""
    table = Table(paper(tone="#eee4d4"))
    if len(tones) == 1:
        return _one_spool(table, tones[0])
    rows = 1 if len(tones) <= 3 else 2 if len(tones) <= 10 else 3 if len(tones) <= 18 else 4
    each = math.ceil(len(tones) / rows)
    width = min(230, int(860 / each))
    height = int(min(width * 1.75, 1000 / rows - 62))
    for number, tone in enumerate(tones):
        row, column = divmod(number, each)
        base = int(SIZE * (row + 1) / rows - (50 if rows > 1 else 170))
        if column == 0:
            _board(table, base)
        left = int(SIZE / 2 - each * width * 0.53 + column * width * 1.06)
        table.lay(*spool(tone, width, height), left, base - height, lift=9, depth=0.5)
    return table


def _one_spool(table: Table, tone: str) -> Table:
    _board(table, 850)
    table.lay(*spool(tone, 370, 620), 315, 232, lift=16, depth=0.5)
    return table


def spool(tone: str, width: int, height: int, core: str = "#e9dcc3") -> Part:
    """A spool from the front: thread wound between two flanges."""
    x, y = grid(width, height)
    flange = height * 0.085
    middle = np.abs(y - height / 2)
    belly = width * (0.435 - 0.02 * (middle / (height / 2)) ** 4)
    half = np.where(middle > height / 2 - flange, width * 0.485, belly)
    around = np.clip((x - width / 2) / half, -1, 1)
    depth = np.sqrt(1 - around**2)
    bright = (
        0.34 + 0.58 * depth + 0.20 * np.clip(-around, 0, 1) * depth + 0.14 * np.exp(-(((around + 0.36) / 0.16) ** 2))
    )
    wind = np.sin(y * math.tau / 3.3 + around * 1.2) * 0.5 + np.sin(y * math.tau / 7.9 - around * 2.0) * 0.35
    sheen = 1 + 0.11 * wind + 0.03 * noise(seeded(tone), (height, width), 40, 2)
    is_flange = smooth_step(height / 2 - flange - 1, height / 2 - flange + 1, middle)[..., None]
    thread = lit(
        np.broadcast_to(colour(tone), (height, width, 3)),
        bright * sheen,
        0.06 * np.exp(-(((around + 0.36) / 0.10) ** 2)),
    )
    ends = lit(timber((height, width), core, 0.0, "spool"), bright * 1.02)
    groove = 1 - 0.5 * np.exp(-((np.abs(middle - (height / 2 - flange)) / 2.5) ** 2))
    face = (thread * (1 - is_flange) + ends * is_flange) * groove[..., None]
    cover = (
        smooth_step(1, -1, np.abs(x - width / 2) - half)
        * smooth_step(1, 2.5, y)
        * smooth_step(height - 1, height - 2.5, y)
    )
    return face.astype(np.float32), cover


def strip(kind: str, s: Grid, t: Grid, tone: str, accent: str, name: str) -> tuple[Grid, Grid, Grid, float]:
    """A band along `s` (pixels), across `t` (0 to 1): its colour, relief, cover and gloss."""
    base = np.broadcast_to(colour(tone), (*s.shape, 3)).astype(np.float32)
    luck = seeded(name)
    fine = noise(luck, s.shape, 2)
    cover = smooth_step(0, 0.02, t) * smooth_step(1, 0.98, t)
    selvedge = np.exp(-((np.minimum(t, 1 - t) / 0.035) ** 2))
    if kind == "grosgrain":
        rib = np.sin(s * math.tau / 5.5)
        return base * (1 + 0.06 * rib)[..., None], 0.55 * rib, cover, 0.10
    if kind == "dots":
        du, dv = (s % 58) - 29, (t - 0.5) * 84
        share = smooth_step(15, 13, np.hypot(du, dv))[..., None]
        return base * (1 - share) + colour(accent) * share, 0.05 * fine, cover, 0.3
    if kind == "gingham":
        a, b = (s // 14) % 2, np.floor(t * 6) % 2
        share = ((a + b) / 2 * 0.9)[..., None]
        return base * share + colour(accent) * (1 - share), 0.2 * fine, cover, 0.05
    if kind == "velvet":
        return base * (0.86 + 0.18 * noise(luck, s.shape, 26) + 0.05 * fine)[..., None], 0.5 * fine, cover, 0.0
    if kind == "elastic":
        rib = np.sin(t * math.pi * 22)
        return base * (1 + 0.05 * rib)[..., None], 1.1 * rib + 0.4 * np.sin(s * math.tau / 6), cover, 0.04
    if kind == "bias":
        fold = np.exp(-(((t - 0.5) / 0.03) ** 2))
        return base * (1 + 0.02 * fine - 0.16 * fold)[..., None], -2.5 * fold + 0.3 * fine, cover, 0.06
    if kind == "lace":
        return _lace(base, s, t, fine)
    if kind == "cordband":
        twist = np.sin(s * math.tau / 15 + t * 5)
        return base * (1 + 0.10 * twist)[..., None], 3.5 * twist + 14 * np.sqrt(np.clip(t * (1 - t), 0, 1)), cover, 0.1
    woven = base * (1 + 0.015 * noise(luck, s.shape, 2, 40) - 0.05 * selvedge)[..., None]
    return woven.astype(np.float32), 0.05 * fine + selvedge, cover, 0.5


def _surface(side: int, tone: str, material: str, name: str) -> Grid:
    shape = (side, side)
    luck = seeded(name)
    if material == "wood":
        return timber(shape, tone, float(luck.uniform(0, 3)), name)
    if material == "pearl":
        swirl = noise(luck, shape, 46) + 0.6 * noise(luck, shape, 18)
        hues = np.stack([np.sin(swirl * 2.4), np.sin(swirl * 2.4 + 1.6), np.sin(swirl * 2.4 + 3.4)], axis=2)
        return np.clip(colour(tone) + 0.07 * hues, 0, 1).astype(np.float32)
    if material == "metal":
        return (colour(tone) * (0.92 + 0.10 * noise(luck, shape, 40))[..., None]).astype(np.float32)
    strength = 0.05 if material == "glossy" else 0.02
    return (colour(tone) * (1 + strength * noise(luck, shape, 40))[..., None]).astype(np.float32)


def _holes(x: Grid, y: Grid, radius: int, count: int, turn: float) -> Grid:
    pierced = np.zeros_like(x)
    for number in range(count):
        angle = math.radians(turn) + number * math.tau / count
        distance = radius * (0.25 if count > 2 else 0.20)
        gap = np.hypot(x - math.cos(angle) * distance, y - math.sin(angle) * distance)
        pierced = np.maximum(pierced, smooth_step(radius * 0.10 + 1, radius * 0.10 - 1, gap))
    return pierced


def _wrap(kind: str, tone: str, accent: str, name: str, wide: int, slant: float) -> Part:
    """One turn of a band around the card: straight across, bending away at both edges."""
    length, height = 544, wide + 26
    x, y = grid(length, height)
    top = 3 + slant * x + noise(seeded(name), (height, length), 200) * 1.2
    t = (y - top) / wide
    albedo, rough, cover, gloss = strip(kind, x, t, tone, accent, name)
    edge = np.minimum(x, length - x)
    bend = 12 * np.sqrt(np.clip(1 - (1 - np.clip(edge / 12, 0, 1)) ** 2, 0, 1))
    swell = 2.5 * np.sqrt(np.clip(t * (1 - t) * 4, 0, 1))
    bright, shine = relief(bend + swell + rough + noise(seeded(name), (height, length), 130) * 2.2, gloss, 10)
    return lit(albedo, bright, shine * 0.7), cover * smooth_step(0, 1.5, edge) * _within(t)


def _tail(table: Table, kind: str, tone: str, accent: str, name: str, wide: int) -> None:
    """The free end, lying beside the card in waves."""
    x, y = grid()
    centre = 835 - wide * 0.15 + 34 * np.sin(y / 130 + 0.5) + 14 * np.sin(y / 61)
    t = (x - centre) / wide + 0.5
    albedo, rough, cover, gloss = strip(kind, y, t, tone, accent, f"{name} tail")
    wave = 15 * np.sin(y / 74 + x / 170) + 5 * np.sin(y / 33)
    bright, shine = relief(wave + rough, gloss, 10)
    cover = cover * _within(t) * smooth_step(838, 836, y + (x - centre) * 0.55)
    cover = cover * smooth_step(108, 112, y)
    table.lay(lit(albedo, bright, shine * 0.8), cover, 0, 0, lift=9, depth=0.5)


def _lace(base: Grid, s: Grid, t: Grid, fine: Grid) -> tuple[Grid, Grid, Grid, float]:
    """Cotton lace: scallops along the edge, eyelets and little flowers between threads."""
    scallop = 0.86 + 0.12 * np.abs(np.sin(s * math.pi / 44))
    inside = smooth_step(0, 0.02, scallop - t) * smooth_step(0, 0.02, t)
    du = (s % 44) - 22
    dv = (t - 0.62) * 86
    eyelet = smooth_step(5, 7, np.hypot(du, dv))
    petals = np.ones_like(s)
    for angle in np.arange(6) * math.tau / 6:
        petals = np.minimum(petals, smooth_step(2.6, 4.2, np.hypot(du - 13 * np.cos(angle), dv - 13 * np.sin(angle))))
    ladder = smooth_step(2.4, 3.6, np.hypot((s % 11) - 5.5, (t - 0.22) * 86))
    net = smooth_step(
        1.3,
        2.4,
        np.hypot((s % 8) - 4, ((t * 86) % 8) - 4) * ((t > 0.27) & (t < 0.42)) + 4 * ((t <= 0.27) | (t >= 0.42)),
    )
    cover = inside * eyelet * petals * ladder * net
    raised = 2.2 * blur(cover, 1.5) + 0.5 * fine + 0.5 * np.sin(s * math.tau / 4) * (t > 0.8)
    return base, raised, cover, 0.0


def _within(t: Grid) -> Grid:
    return ((t >= 0) & (t <= 1)).astype(np.float32)


def _zip(tone: str, metal: bool) -> Part:
    """One closed zip, upright: woven tape, teeth from both sides, slider and puller."""
    width, height = 118, 880
    x, y = grid(width, height)
    luck = seeded(f"zip {tone}")
    from_middle = np.abs(x - width / 2)
    weave = np.sin(y * math.tau / 4) * 0.25 + np.sin(x * math.tau / 6) * 0.35 + 0.2 * noise(luck, (height, width), 2)
    ridge = 3.0 * np.exp(-(((from_middle - 20) / 4) ** 2))
    bright, _ = relief(weave + ridge)
    face = lit(np.broadcast_to(colour(tone), (height, width, 3)) * (1 + 0.03 * weave)[..., None], bright)
    cover = (
        smooth_step(width / 2 - 1, width / 2 - 3, from_middle)
        * smooth_step(2, 4, y)
        * smooth_step(height - 2, height - 4, y)
    )
    period = 15
    side = np.where(x < width / 2, 0, period / 2)
    tooth_y = np.abs(((y + side) % period) - period / 2)
    tooth = smooth_step(4.6, 3.4, tooth_y) * smooth_step(13, 11.5, from_middle) * smooth_step(-2, 0, from_middle)
    tooth *= smooth_step(24, 26, y) * smooth_step(height - 24, height - 26, y)
    teeth_tone = colour("#c9a45c") if metal else np.clip(colour(tone) * 0.9 + 0.08, 0, 1)
    bright, shine = relief(blur(tooth, 1.6) * 6, 0.6 if metal else 0.25, 12)
    teeth = lit(np.broadcast_to(teeth_tone, (height, width, 3)), bright, shine * 0.6)
    share = tooth[..., None]
    face = face * (1 - 0.35 * smooth_step(16, 12, from_middle)[..., None] * (1 - share))
    face = face * (1 - share) + teeth * share
    return _with_slider(face, cover, metal, tone)


def _with_slider(face: Grid, cover: Grid, metal: bool, tone: str) -> Part:
    height, width = cover.shape
    middle = width / 2
    tone = "#c9a45c" if metal else "#b9bcc0"
    body = outline(width, height, lambda d, f: d.rounded_rectangle(
        ((middle - 21) * f, 40 * f, (middle + 21) * f, 96 * f), 15 * f, fill=255))  # fmt: skip
    puller = outline(width, height, lambda d, f: d.rounded_rectangle(
        ((middle - 12) * f, 84 * f, (middle + 12) * f, 190 * f), 11 * f, fill=255))  # fmt: skip
    hole = outline(width, height, lambda d, f: d.rounded_rectangle(
        ((middle - 5) * f, 158 * f, (middle + 5) * f, 180 * f), 5 * f, fill=255))  # fmt: skip
    for mask in (body, np.clip(puller - hole, 0, 1)):
        thing, part = rounded(mask, colour(tone), 7, 0.7, 16, 1.5)
        shadow = np.clip(np.roll(blur(part, 4), (6, 4), (0, 1)) - part, 0, 1)[..., None]
        face = face * (1 - 0.5 * shadow)
        face = face * (1 - part[..., None]) + thing * part[..., None]
    return face, cover


def _board(table: Table, base: int) -> None:
    """A shelf board at a height; what stands on it throws its shadow on the wall."""
    _, y = grid()
    plank = wood(tone="#cfa777", planks=1)
    share = (smooth_step(base - 3, base - 1, y) * smooth_step(base + 33, base + 31, y))[..., None]
    below = 1 - 0.28 * np.exp(-np.clip(y - base - 32, 0, None) / 26) * (y > base + 31)
    light = np.where(y < base + 5, 1.08, 0.93)[..., None]
    table.picture = (table.picture * below[..., None] * (1 - share) + plank * light * share).astype(np.float32)
