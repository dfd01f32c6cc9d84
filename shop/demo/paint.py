"""Paint all pictures of the demonstration shop anew: python -m shop.demo.paint [NAME ...]."""

import csv
import sys
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageFilter

from shop.demo.painting import hero, recipes

FOLDER = Path(__file__).parent / "haberdashery"
HERO = Path(__file__).parents[2] / "themes" / "schnuckidu" / "static" / "img"
LARGEST_FILE = 62_000  # bytes
_STEPS = ((1, 0, 80), (1, 0, 66), (1, 0.6, 62), (0.9, 0.6, 60), (0.8, 0.5, 58), (0.8, 0.9, 50), (0.8, 1.2, 40))
"""What is tried in turn: the share of the size, the softness in pixels, the encoder's quality."""


def main(wanted: list[str]) -> None:
    """Paint the pictures whose file names begin with one of `wanted`, or all of them and the hero."""
    names = [name for name in recipes.all_pictures(_rows()) if not wanted or name.startswith(tuple(wanted))]
    families = [list(family) for _, family in groupby(names, key=lambda name: name.rsplit("-", 1)[0])]
    with ProcessPoolExecutor(max_workers=2) as painters:
        for painted in painters.map(_paint_family, families):
            sys.stdout.write("".join(f"{name} {size // 1024} KB\n" for name, size in painted))
    if not wanted or "hero" in wanted:
        _paint_hero()


def _paint_family(names: list[str]) -> list[tuple[str, int]]:
    """Paint pictures that have their drawing in common, so that it is made only once."""
    painters = recipes.all_pictures(_rows())
    return [(name, _save(painters[name]().image(), FOLDER / "pictures" / name, LARGEST_FILE)) for name in names]


def _paint_hero() -> None:
    HERO.mkdir(parents=True, exist_ok=True)
    image = hero.cutting_table().image()
    _save(image, HERO / "hero.webp", 118_000)
    _save(image, HERO / "hero.jpg", 118_000)


def _rows() -> list[dict[str, str]]:
    with (FOLDER / "goods.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _save(image: Image.Image, path: Path, largest: int) -> int:
    """Save as sharp as fits into `largest` bytes; gives the bytes it took.

    Fine texture is dear: before the encoder has to smear it, the picture is made smaller and softer.
    """
    for share, soft, quality in _STEPS:
        size = round(image.width * share), round(image.height * share)
        smaller = image.resize(size, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(soft))
        data = _encoded(smaller, path.suffix, quality)
        if len(data) <= largest:
            break
    path.write_bytes(data)
    return len(data)


def _encoded(image: Image.Image, suffix: str, quality: int) -> bytes:
    out = BytesIO()
    if suffix == ".webp":
        image.save(out, "WEBP", quality=quality, method=4)
    else:
        image.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
