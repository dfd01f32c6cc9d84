"""What is printed on cloth: repeating tiles of dots, stripes, checks, flowers and animals of the forest."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from shop.demo.painting.light import Grid, seeded

TILE = 400  # pixels of one repeat on the cloth
_FINE = 3  # drawn that much larger, then shrunk

Draw = Callable[[ImageDraw.ImageDraw, float, float, float], None]


def sampled(tile: Grid, u: Grid, v: Grid) -> Grid:
    """The colours of a repeating tile at any places, softly between its pixels."""
    height, width = tile.shape[:2]
    u0, v0 = np.floor(u).astype(np.int32), np.floor(v).astype(np.int32)
    fu, fv = (u - u0)[..., None], (v - v0)[..., None]
    x0, y0, x1, y1 = u0 % width, v0 % height, (u0 + 1) % width, (v0 + 1) % height
    top = tile[y0, x0] * (1 - fu) + tile[y0, x1] * fu
    bottom = tile[y1, x0] * (1 - fu) + tile[y1, x1] * fu
    mixed: Grid = top * (1 - fv) + bottom * fv
    return mixed


def plain(ground: str) -> Grid:
    """One colour."""
    return _finished(Image.new("RGB", (TILE * _FINE, TILE * _FINE), ground))


def dots(ground: str, ink: str, count: int = 6, radius: float = 11) -> Grid:
    """Dots in staggered rows."""
    step = TILE / count
    places = [(column * step + (row % 2) * step / 2, row * step) for row in range(count) for column in range(count)]
    return _scattered(ground, [(lambda d, x, y, _: _disc(d, x, y, radius, ink), x, y) for x, y in places])


def stripes(ground: str, inks: list[tuple[str, float]], upright: bool = False) -> Grid:
    """Stripes one after the other, each (colour, width); the ground fills up between them."""
    image = Image.new("RGB", (TILE * _FINE, TILE * _FINE), ground)
    draw = ImageDraw.Draw(image)
    total = sum(width for _, width in inks) or TILE
    repeats = max(1, round(TILE / total))
    scale, at = TILE * _FINE / (total * repeats), 0.0
    for ink, width in inks * repeats:
        end = at + width * scale
        draw.rectangle((0, at, TILE * _FINE, end - 1), fill=ink)
        at = end
    return _finished(image.transpose(Image.Transpose.ROTATE_90) if upright else image)


def gingham(ground: str, ink: str, count: int = 10) -> Grid:
    """Vichy: white, half and full squares, where threads of two colours cross."""
    side = TILE // count
    light, dark = (np.array(_rgb(code), dtype=np.float32) / 255 for code in (ground, ink))
    y, x = np.mgrid[0:TILE, 0:TILE]
    warp, weft = (x // side) % 2, (y // side) % 2
    twill = ((x + y) // 2) % 2
    share = np.where(warp == weft, warp.astype(np.float32), 0.38 + 0.24 * twill)[..., None]
    woven: Grid = light * (1 - share) + dark * share
    return woven


def tartan(ground: str, inks: list[tuple[str, float, float]]) -> Grid:
    """A check of crossing bands, each (colour, place 0..1, width)."""
    y, x = np.mgrid[0:TILE, 0:TILE].astype(np.float32)
    cloth = np.ones((TILE, TILE, 3), dtype=np.float32) * np.array(_rgb(ground), dtype=np.float32) / 255
    for along in (x, y):
        for code, place, width in inks:
            distance = np.abs((along / TILE - place + 0.5) % 1 - 0.5) * TILE
            share = np.clip((width / 2 - distance) / 1.5 + 0.5, 0, 1)[..., None] * 0.55
            cloth = cloth * (1 - share) + share * np.array(_rgb(code), dtype=np.float32) / 255
    return cloth.astype(np.float32)


def flowers(ground: str, petals: list[str], heart: str, leaf: str, count: int = 13, size: float = 34) -> Grid:
    """Scattered blossoms with leaves, in several colours and turns."""
    luck = seeded(f"flowers {ground}{petals}")
    things: list[tuple[Draw, float, float]] = []
    for index, (x, y) in enumerate(_spread(count, luck)):
        things.append((_leaves(leaf, size * 0.9), x, y))
        things.append((_blossom(petals[index % len(petals)], heart, size * float(luck.uniform(0.7, 1.1))), x, y))
    for x, y in _spread(count * 2, luck):
        things.append((_dot(3.5, petals[-1]), x, y))
    return _scattered(ground, things, luck)


def forest(ground: str, inks: list[str], accent: str) -> Grid:
    """Foxes, hedgehogs, owls, hares, mushrooms and firs."""
    luck = seeded("forest")
    figures = [_fox, _fir, _hedgehog, _mushroom, _owl, _fir, _hare, _mushroom, _fox, _fir, _hedgehog, _owl]
    things: list[tuple[Draw, float, float]] = []
    for index in range(12):
        column, row = index % 3, index // 3
        x, y = (column + 0.5 * (row % 2) + 0.25) * TILE / 3, (row + 0.5) * TILE / 4
        figure, ink = figures[index], inks[index % len(inks)]
        things.append((_figure(figure, ink, ground, accent), x, y))
    for x, y in _spread(26, luck):
        things.append((_dot(2.6, accent), x, y))
    return _scattered(ground, things)


def stars(ground: str, ink: str, count: int = 14) -> Grid:
    """Stars large and small."""
    luck = seeded("stars")
    things: list[tuple[Draw, float, float]] = []
    for x, y in _spread(count, luck):
        radius = float(luck.uniform(9, 24))
        things.append((_starlet(radius, ink), x, y))
    return _scattered(ground, things, luck)


def leaves(ground: str, inks: list[str]) -> Grid:
    """Twigs with leaves."""
    luck = seeded(f"leaves {ground}")
    things = [(_twig(inks[i % len(inks)]), x, y) for i, (x, y) in enumerate(_spread(11, luck))]
    return _scattered(ground, things, luck)


def _scattered(ground: str, things: list[tuple[Draw, float, float]], luck: np.random.Generator | None = None) -> Grid:
    """Draw things so that what leaves the tile on one side comes in on the other."""
    image = Image.new("RGB", (TILE * _FINE, TILE * _FINE), ground)
    draw = ImageDraw.Draw(image)
    for thing, x, y in things:
        turn = float(luck.uniform(0, math.tau)) if luck is not None else 0.0
        for dx in (-TILE, 0, TILE):
            for dy in (-TILE, 0, TILE):
                if -90 < x + dx < TILE + 90 and -90 < y + dy < TILE + 90:
                    thing(draw, x + dx, y + dy, turn)
    return _finished(image)


def _spread(count: int, luck: np.random.Generator) -> list[tuple[float, float]]:
    """Places that keep away from each other, also across the edges."""
    places: list[tuple[float, float]] = []
    for _ in range(count):
        tries = luck.uniform(0, TILE, (24, 2))
        gaps = [min((_gap(x, y, *each) for each in places), default=1.0) for x, y in tries]
        places.append(tuple(tries[int(np.argmax(gaps))]))
    return places


def _gap(x: float, y: float, other_x: float, other_y: float) -> float:
    dx, dy = abs(x - other_x), abs(y - other_y)
    return math.hypot(min(dx, TILE - dx), min(dy, TILE - dy))


def _finished(image: Image.Image) -> Grid:
    small = image.resize((TILE, TILE), Image.Resampling.LANCZOS)
    return np.asarray(small, dtype=np.float32) / 255


def _rgb(code: str) -> tuple[int, int, int]:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def _oval(d: ImageDraw.ImageDraw, x: float, y: float, rx: float, ry: float, ink: str) -> None:
    d.ellipse(tuple(_FINE * each for each in (x - rx, y - ry, x + rx, y + ry)), fill=ink)


def _disc(d: ImageDraw.ImageDraw, x: float, y: float, radius: float, ink: str) -> None:
    _oval(d, x, y, radius, radius, ink)


def _shape(d: ImageDraw.ImageDraw, x: float, y: float, points: Sequence[tuple[float, float]], ink: str) -> None:
    d.polygon([(_FINE * (x + px), _FINE * (y + py)) for px, py in points], fill=ink)


def _turned(points: list[tuple[float, float]], turn: float) -> list[tuple[float, float]]:
    c, s = math.cos(turn), math.sin(turn)
    return [(x * c - y * s, x * s + y * c) for x, y in points]


def _leaf_points(length: float, width: float) -> list[tuple[float, float]]:
    there = [(length * t, width * math.sin(math.pi * t) ** 0.8 * (1.15 - t * 0.5)) for t in np.linspace(0, 1, 14)]
    return there + [(x, -y) for x, y in reversed(there)]


def _dot(radius: float, ink: str) -> Draw:
    return lambda d, x, y, turn: _disc(d, x, y, radius, ink)


def _starlet(radius: float, ink: str) -> Draw:
    return lambda d, x, y, turn: _star(d, x, y, radius, ink, turn)


def _figure(figure: Callable[..., None], ink: str, ground: str, accent: str) -> Draw:
    return lambda d, x, y, turn: figure(d, x, y, ink, ground, accent)


def _blossom(petal: str, heart: str, size: float) -> Draw:
    def draw(d: ImageDraw.ImageDraw, x: float, y: float, turn: float) -> None:
        for number in range(5):
            angle = turn + number * math.tau / 5
            px, py = x + math.cos(angle) * size * 0.52, y + math.sin(angle) * size * 0.52
            _disc(d, px, py, size * 0.42, petal)
        _disc(d, x, y, size * 0.26, heart)
        for number in range(7):
            angle = turn + number * math.tau / 7
            _disc(d, x + math.cos(angle) * size * 0.36, y + math.sin(angle) * size * 0.36, 1.6, heart)

    return draw


def _leaves(ink: str, size: float) -> Draw:
    def draw(d: ImageDraw.ImageDraw, x: float, y: float, turn: float) -> None:
        for angle in (0.4, 2.3):
            _shape(d, x, y, _turned(_leaf_points(size * 1.5, size * 0.3), turn + angle), ink)

    return draw


def _twig(ink: str) -> Draw:
    def draw(d: ImageDraw.ImageDraw, x: float, y: float, turn: float) -> None:
        for step in range(5):
            base = _turned([(step * 23 - 52, 0)], turn)[0]
            leaf = _leaf_points(36 - step * 3.5, 9.5 - step)
            for side in (-0.75, 0.75):
                _shape(d, x + base[0], y + base[1], _turned(leaf, turn + side), ink)
        _shape(d, x, y, _turned([(-70, -1.3), (48, -1.0), (48, 1.0), (-70, 1.3)], turn), ink)
        _shape(d, x, y, _turned([(px + 44, py) for px, py in _leaf_points(26, 7)], turn), ink)

    return draw


def _star(d: ImageDraw.ImageDraw, x: float, y: float, radius: float, ink: str, turn: float) -> None:
    points = [
        (math.sin(i * math.pi / 5 + turn) * r, -math.cos(i * math.pi / 5 + turn) * r)
        for i in range(10)
        for r in [radius if i % 2 == 0 else radius * 0.42]
    ]
    _shape(d, x, y, points, ink)


def _fox(d: ImageDraw.ImageDraw, x: float, y: float, ink: str, ground: str, accent: str) -> None:
    tail = [(8, 24), (30, 27), (45, 10), (40, -12), (33, -2), (28, 10), (10, 12)]
    _shape(d, x, y, tail, ink)
    _shape(d, x, y, [(45, 8), (40, -13), (33, -2), (36, 6)], accent)
    _shape(d, x, y, [(-13, 28), (18, 28), (16, 6), (4, -10), (-10, -10)], ink)
    _shape(d, x, y, [(-26, -22), (12, -22), (-7, 4)], ink)
    _shape(d, x, y, [(-26, -20), (-25, -42), (-11, -24)], ink)
    _shape(d, x, y, [(12, -20), (11, -42), (-3, -24)], ink)
    _shape(d, x, y, [(-16, -11), (-7, 4), (2, -11), (-7, -6)], accent)
    for eye in (-14, 0):
        _disc(d, x + eye, y - 15, 2.2, ground)


def _hedgehog(d: ImageDraw.ImageDraw, x: float, y: float, ink: str, ground: str, accent: str) -> None:
    spikes = []
    for i in range(27):
        angle, radius = math.pi + i * math.pi / 26, 35 if i % 2 else 28
        spikes.append((math.cos(angle) * radius * 1.05, math.sin(angle) * radius + 14))
    _shape(d, x, y, [*spikes, (30, 20), (-34, 20)], ink)
    _shape(d, x, y, [(22, -4), (47, 13), (40, 20), (12, 20)], accent)
    _disc(d, x + 46, y + 13, 3.2, ink)
    _disc(d, x + 33, y + 8, 2.2, ink)
    for foot in (-20, 0, 18):
        _oval(d, x + foot, y + 21, 6, 3.5, accent)


def _owl(d: ImageDraw.ImageDraw, x: float, y: float, ink: str, ground: str, accent: str) -> None:
    _oval(d, x, y + 2, 24, 31, ink)
    _shape(d, x, y, [(-22, -14), (-21, -36), (-5, -26)], ink)
    _shape(d, x, y, [(22, -14), (21, -36), (5, -26)], ink)
    _oval(d, x, y + 12, 14, 17, accent)
    for side in (-10, 10):
        _disc(d, x + side, y - 12, 9, accent)
        _disc(d, x + side, y - 12, 4, ink)
    _shape(d, x, y, [(-4, -6), (4, -6), (0, 3)], ground)


def _hare(d: ImageDraw.ImageDraw, x: float, y: float, ink: str, ground: str, accent: str) -> None:
    _oval(d, x + 5, y + 12, 24, 18, ink)
    _oval(d, x - 16, y - 7, 14, 12, ink)
    _shape(d, x - 13, y - 14, _turned(_leaf_points(34, 7), -1.45), ink)
    _shape(d, x - 19, y - 14, _turned(_leaf_points(34, 7), -1.9), ink)
    _shape(d, x - 13, y - 16, _turned(_leaf_points(26, 3.2), -1.45), accent)
    _disc(d, x + 29, y + 10, 8, accent)
    _disc(d, x - 20, y - 9, 2.3, ground)
    _oval(d, x - 4, y + 29, 13, 4.5, ink)
    _oval(d, x + 17, y + 29, 15, 5, ink)


def _mushroom(d: ImageDraw.ImageDraw, x: float, y: float, ink: str, ground: str, accent: str) -> None:
    _shape(d, x, y, [(-7, -2), (7, -2), (10, 26), (-10, 26)], accent)
    cap = [(math.cos(math.pi + i * math.pi / 20) * 28, math.sin(math.pi + i * math.pi / 20) * 27) for i in range(21)]
    _shape(d, x, y, [*cap, (20, 5), (-20, 5)], ink)
    for px, py, radius in ((-13, -9, 4.2), (3, -17, 4.6), (14, -6, 3.6), (-2, -4, 2.8)):
        _disc(d, x + px, y + py, radius, accent)


def _fir(d: ImageDraw.ImageDraw, x: float, y: float, ink: str, ground: str, accent: str) -> None:
    _shape(d, x, y, [(-4, 18), (4, 18), (4, 34), (-4, 34)], accent)
    for base, top, half in ((24, -8, 26), (8, -22, 21), (-8, -38, 15)):
        _shape(d, x, y, [(-half, base), (0, top), (half, base)], ink)
