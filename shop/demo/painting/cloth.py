"""Cloth: its weave, how it falls into folds, and how it lies folded in a pile."""

import math
from collections.abc import Sequence

import numpy as np

from shop.demo.painting.light import SIZE, Grid, blur, grid, hollows, lit, noise, relief, seeded, smooth_step
from shop.demo.painting.prints import sampled
from shop.demo.painting.table import Table, linen, paper


def draped(tile: Grid, weave: str, name: str, *, fall: float = 1.0, zoom: float = 1.0) -> Table:
    """A length of cloth that fills the picture: flat at the lower left, falling into soft folds at the right.

    `fall` says how deep the folds are; `zoom` above 1 shows the print larger.
    """
    height, drift = _folds(seeded(name), fall)
    x, y = grid()
    u, v = x + drift[0], y + drift[1]
    threads, tint, gloss = woven(weave, u, v, seeded(weave))
    albedo = sampled(tile, u / zoom, v / zoom) * tint[..., None]
    bright, shine = relief(height * 0.62 + threads * 0.5, gloss, 9)
    shadow = hollows(height, 34, 0.012) * hollows(height, 9, 0.02)
    return Table(lit(albedo, bright * shadow, shine * shadow))


def pile(tiles: Sequence[tuple[Grid, str]], name: str) -> Table:
    """Folded lengths lying on each other, seen from the front, the folded edges towards the viewer."""
    table = Table(paper(tone="#efe6d8"))
    _shelf(table)
    luck = seeded(name)
    thick = min(150, int(690 / len(tiles)))
    bottom = 868
    table.shade(np.ones((40, 720), dtype=np.float32), 140, bottom - 28, 26, 0.75)
    for number, (tile, weave) in enumerate(tiles):
        width = int(720 + luck.uniform(-26, 26))
        left = int((SIZE - width) / 2 + luck.uniform(-16, 16))
        thing, cover = _folded(tile, weave, width, thick, luck)
        table.lay(thing, cover, left, bottom - thick * (number + 1), lift=5, depth=0.35)
    return table


def flat_lay(tile: Grid, weave: str, name: str, *, zoom: float = 1.0) -> Table:
    """A folded piece on linen, seen from above."""
    table = Table(linen())
    luck = seeded(name)
    width, height = 760, 760
    x, y = grid(width, height)
    waves = noise(luck, (height, width), 240) * 5 + noise(luck, (height, width), 90) * 1.2
    threads, tint, gloss = woven(weave, x, y, seeded(weave))
    edge = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y)) + noise(luck, (height, width), 120) * 2.5
    roll = 16 * (1 - np.exp(-np.clip(edge - 3, 0, None) / 12))
    bright, shine = relief(waves + threads * 0.5 + roll, gloss, 9)
    thing = lit(sampled(tile, (x + waves) / zoom, (y + waves) / zoom) * tint[..., None], bright, shine)
    cover = smooth_step(2, 4, edge)
    table.lay(thing, cover, 120, 116, lift=16, depth=0.45)
    return table


def woven(weave: str, u: Grid, v: Grid, luck: np.random.Generator) -> tuple[Grid, Grid, float]:
    """The relief of a weave, the unevenness of its colour (about 1), and its gloss."""
    shape = u.shape
    fine = noise(luck, shape, 2.6) * 0.55
    one = np.ones(shape, dtype=np.float32)
    if weave == "cord":
        rib = np.abs(np.sin(u * math.pi / 17)) ** 0.7
        return 4.2 * rib + 0.5 * fine, 0.80 + 0.24 * rib + 0.03 * noise(luck, shape, 30, 60), 0.05
    if weave == "linen":
        slubs = noise(luck, shape, 60, 2.2) + noise(luck, shape, 2.2, 60)
        return 0.62 * slubs + 0.3 * fine, one + 0.06 * slubs, 0.0
    if weave == "canvas":
        basket = np.sin(u * math.pi / 4) * np.sin(v * math.pi / 4)
        return 0.75 * basket + 0.25 * fine, one + 0.07 * basket + 0.02 * noise(luck, shape, 40), 0.0
    if weave == "muslin":
        crinkle = noise(luck, shape, 15, 11) * 2.6 + noise(luck, shape, 34, 26) * 3.2
        gauze = np.sin(u * math.pi / 2.5) * np.sin(v * math.pi / 2.5)
        return blur(crinkle, 3) * 0.9 + 0.3 * gauze, one + 0.035 * gauze + 0.01 * crinkle, 0.0
    if weave == "minky":
        du, dv = (u % 58) - 29, ((v + (np.floor(u / 58) % 2) * 29) % 58) - 29
        bump = np.exp(-(((du**2 + dv**2) / 190) ** 2))
        return 7.0 * blur(bump, 2) + 0.5 * noise(luck, shape, 3), one + 0.05 * bump + 0.04 * noise(luck, shape, 9), 0.0
    if weave == "terry":
        rib = np.sin(u * math.pi / 3.2) * 0.5 + 0.5
        heather = noise(luck, shape, 2.4, 7) * 0.5 + fine * 0.5
        return 0.35 * rib + 0.4 * fine, one + 0.075 * heather, 0.0
    if weave == "fleece":
        return 1.1 * noise(luck, shape, 8) + 0.3 * fine, one + 0.03 * noise(luck, shape, 12), 0.0
    if weave == "satin":
        return 0.06 * fine, one + 0.015 * noise(luck, shape, 2, 30), 0.42
    if weave == "jersey":
        rows = np.sin(u * math.pi / 2.6) * 0.5
        return 0.20 * rows + 0.22 * fine, one + 0.025 * rows + 0.02 * fine, 0.04
    plain_weave = np.sin(u * math.pi / 1.9) * np.sin(v * math.pi / 1.9)
    return 0.16 * plain_weave + 0.16 * fine, one + 0.025 * fine, 0.05


def _folds(luck: np.random.Generator, fall: float) -> tuple[Grid, tuple[Grid, Grid]]:
    """Ridges that rise out of a flat part and gather towards the upper right corner."""
    x, y = grid()
    bend = noise(luck, (SIZE, SIZE), 520) * 70 + noise(luck, (SIZE, SIZE), 260) * 18
    centre_x, centre_y = 1320.0, -260.0
    radius = np.hypot(x - centre_x, y - centre_y) + bend * 0.6
    angle = np.arctan2(y - centre_y, x - centre_x)
    across = angle * 760 + bend
    rise = smooth_step(1230, 620, radius + bend)
    height: Grid = np.zeros((SIZE, SIZE), dtype=np.float32)
    for wave, depth, phase in ((236, 62, 0.4), (131, 20, 1.9), (71, 5, 3.1)):
        ridge = 0.5 + 0.5 * np.sin(across * math.tau / wave + phase + noise(luck, (SIZE, SIZE), 380) * 0.7)
        height += (depth * ridge**1.5).astype(np.float32)
    height = height * rise * fall + noise(luck, (SIZE, SIZE), 330) * 9 * (1 - rise * 0.6)
    height += noise(luck, (SIZE, SIZE), 120) * 1.6
    tangent_x, tangent_y = -np.sin(angle), np.cos(angle)
    drift = height * 0.85
    return height, ((drift * tangent_x).astype(np.float32), (drift * tangent_y).astype(np.float32))


def _folded(tile: Grid, weave: str, width: int, thick: int, luck: np.random.Generator) -> tuple[Grid, Grid]:
    """One folded length from the front: a few layers, each bulging, with round ends."""
    layers = max(2, round(thick / 42))
    x, y = grid(width, thick)
    sag = noise(luck, (thick, width), 260, 400) * 3.2 + noise(luck, (thick, width), 90, 200) * 1.0
    along = (y + sag) / thick * layers
    within = along - np.floor(along)
    bulge = np.sqrt(np.clip(1 - (2 * within - 1) ** 2, 0, 1))
    threads, tint, gloss = woven(weave, x, y * 1.5, luck)
    bright, shine = relief(bulge * thick / layers * 0.34 + threads * 0.4, gloss, 9)
    deep = 0.45 + 0.55 * smooth_step(0, 0.5, bulge)
    face = sampled(tile, x + float(luck.uniform(0, 300)), y * 1.6 + np.floor(along) * 57)
    thing = lit(face * tint[..., None], bright * deep, shine)
    end = 9 + 7 * np.abs(noise(luck, (thick, width), 60, 14)) + (1 - bulge) * 13
    cover = smooth_step(0, 2.5, x - end) * smooth_step(0, 2.5, width - end - x)
    return thing, (cover * smooth_step(-1, 1, thick - y - 1)).astype(np.float32)


def _shelf(table: Table) -> None:
    """The board on which a pile lies, and the wall behind it."""
    _, y = grid()
    board = linen(tone="#d9c3a3")
    share = smooth_step(846, 852, y)[..., None]
    shade = 1 - 0.20 * np.exp(-np.clip(y - 850, 0, None) / 22) * (y > 848)
    table.picture = table.picture * (1 - share) + board * share * shade[..., None]
