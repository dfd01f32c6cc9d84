"""The wide picture at the top of the shop: a cutting table seen from above."""

import math

import numpy as np

from shop.demo.painting import haberdashery, prints, tools, wool
from shop.demo.painting.cloth import woven
from shop.demo.painting.light import Grid, grid, lit, noise, relief, seeded, smooth_step
from shop.demo.painting.solids import Part, rod, timber, turned
from shop.demo.painting.table import Table, wood

WIDTH, HEIGHT = 1600, 900


def cutting_table() -> Table:
    """Cloth, wool, buttons, thread and scissors around an empty middle on which words can stand."""
    table = Table(wood(WIDTH, HEIGHT, "#d9b88f", planks=4))
    _cloths(table)
    _balls(table)
    _spools_from_above(table)
    tools.lay_tape(table, "#f0c63c", (905.0, 1085.0), 330.0, (math.pi * 1.08, math.pi * 1.83), 52)
    tools.lay_scissors(table, "#d9702b", (1010, 205), 470, 108)
    _buttons(table)
    return table


def _cloths(table: Table) -> None:
    forest = prints.forest("#f2e6d0", ["#b5562a", "#4e6b4a", "#7a4a2e"], "#e9a23b")
    blossoms = prints.flowers("#24405e", ["#e8a0a0", "#f3d6c0", "#d96f5d"], "#f0c24b", "#7f9b76")
    lengths = [
        (prints.plain("#c8b494"), "linen", 620, 420, 7.0, -150, -130),
        (blossoms, "poplin", 520, 400, -6.0, -170, 120),
        (prints.dots("#b93b30", "#fdf6ea"), "poplin", 470, 360, 12.0, -120, 560),
        (prints.plain("#d29a2e"), "muslin", 430, 330, -14.0, 1270, 610),
        (forest, "jersey", 500, 390, 9.0, 1180, -90),
    ]
    for tile, weave, width, height, turn, left, top in lengths:
        for layer in (2, 1, 0):
            thing, cover = turned(_folded_flat(tile, weave, width, height), turn)
            table.lay(thing * (1 - 0.07 * layer), cover, left + layer * 6, top + layer * 7, lift=9, depth=0.4)


def _folded_flat(tile: Grid, weave: str, width: int, height: int) -> Part:
    luck = seeded(f"{weave}{width}")
    x, y = grid(width, height)
    waves = noise(luck, (height, width), 190) * 4.5 + noise(luck, (height, width), 70)
    threads, tint, gloss = woven(weave, x, y, luck)
    edge = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y)) + noise(luck, (height, width), 110) * 2
    roll = 13 * (1 - np.exp(-np.clip(edge - 3, 0, None) / 10))
    bright, shine = relief(waves + roll + threads * 0.5, gloss, 9)
    face = _seen_smaller(tile, x + waves, y + waves, 1.5) * tint[..., None]
    return lit(face, bright, shine), smooth_step(2, 4, edge)


def _seen_smaller(tile: Grid, u: Grid, v: Grid, zoom: float) -> Grid:
    """A print shown smaller by `zoom`, as it is from farther away."""
    return prints.sampled(tile, u * zoom, v * zoom)


def _balls(table: Table) -> None:
    for shade, side, left, top in (
        ("#d0682e", 250, 330, 600),
        ("#efe6d2", 225, 545, 655),
        ("#1f5f66", 235, 400, 745),
        ("#b03a62", 205, 268, 470),
        ("#e8b93c", 215, 1130, 300),
        ("#9db096", 235, 1300, 330),
    ):
        thing, cover = wool.ball([shade], "hero", side, int(side * 0.88), 11)
        table.lay(thing, cover, left, top, lift=22, depth=0.6)


def _spools_from_above(table: Table) -> None:
    for number, tone in enumerate(("#b3262e", "#2f979c", "#ecc94b", "#222e4a", "#e09a82", "#5d8f45")):
        part = turned(haberdashery.spool(tone, 84, 132), (12, -24, 60, 5, -50, 28)[number])
        table.lay(*part, (560, 655, 470, 1120, 1215, 1085)[number], (28, 60, 120, 560, 720, 690)[number], 10, 0.55)
    for start, end in (((700.0, 60.0), (1010.0, 20.0)), ((690.0, 88.0), (1005.0, 62.0))):
        wood_grain = timber((HEIGHT, WIDTH), "#d6ad74", -0.1, "hero needles")
        table.lay(*rod((WIDTH, HEIGHT), start, end, (7, 7), wood_grain, 0.25, 36), 0, 0, lift=6, depth=0.5)


def _buttons(table: Table) -> None:
    luck = seeded("hero buttons")
    kinds = [("#b7322f", "glossy"), ("#7a4f30", "wood"), ("#ece5da", "pearl"), ("#1f6a70", "glossy"),
             ("#a8884a", "metal"), ("#e5b545", "glossy"), ("#d2a876", "wood")]  # fmt: skip
    places = [(640, 560), (716, 612), (598, 632), (770, 700), (1050, 470), (1118, 508), (1010, 545), (700, 790),
              (905, 560), (1080, 850), (520, 250), (588, 300), (842, 640)]  # fmt: skip
    for number, (left, top) in enumerate(places):
        tone, material = kinds[number % len(kinds)]
        radius = int(luck.uniform(21, 33))
        holes = 0 if material == "metal" else 4
        part = haberdashery.button(radius, tone, material, f"hero {number}", holes, float(luck.uniform(0, 90)))
        table.lay(*part, left, top, lift=6, depth=0.55)
