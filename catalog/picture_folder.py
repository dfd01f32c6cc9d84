"""A folder of pictures finds its goods: "JER-001.jpg", "jersey-waldtiere_3.png"; plan first, then hang them."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from catalog import images, photographs, slugs
from catalog.images import Picture
from catalog.photographs import NotAPicture
from catalog.products import Product, Variant, VariantOption

_NUMBERED = re.compile(r"(?P<name>.+?)\s*[-_ (]\s*(?P<number>\d{1,3})\)?")
# What may stand at the begin of a name: shorter ones, and short mere numbers (2026-11-22 …), mean something else.
_SHORTEST_SKU, _SHORTEST_NUMBER = 3, 5
_PICTURE_FILES = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".heic", ".heif", ".avif", ".svg",
                  ".bmp", ".tif", ".tiff"}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What a picture shows: a product, or one of its variants; `alt` says it in words."""

    product_id: int
    variant_id: int | None
    alt: str


@dataclass(frozen=True)
class Known:
    """What names mean, as slugs; an article number goes before an address."""

    by_sku: dict[str, Target]
    by_slug: dict[str, Target]

    def get(self, name: str) -> Target | None:
        """What a whole name means."""
        return self.by_sku.get(name) or self.by_slug.get(name)


@dataclass(frozen=True)
class Match:
    """A file, what it shows, and its number among the pictures of that."""

    path: Path
    target: Target
    number: int


@dataclass(frozen=True)
class Plan:
    """What would be hung where; `unmatched` fit no article, `refused` are (file, German sentence)."""

    matched: list[Match]
    unmatched: list[Path]
    refused: list[tuple[Path, str]]


@dataclass(frozen=True)
class Outcome:
    """How many pictures were hung anew, how many hung already, and what turned out unreadable."""

    added: int
    unchanged: int
    refused: list[tuple[Path, str]]


def plan(session: Session, folder: Path) -> Plan:
    """Match the picture files of a folder (and its subfolders) with goods by article number or address.

    Case, blanks and underscores are forgiven; a number at the end is the place among several.
    """
    known = targets(session)
    matched: list[Match] = []
    unmatched: list[Path] = []
    refused: list[tuple[Path, str]] = []
    for path in _files(folder):
        found = find(path.stem, known)
        if found is None:
            unmatched.append(path)
        elif (reason := _reason_against(path)) is not None:
            refused.append((path, reason))
        else:
            matched.append(Match(path, *found))
    matched.sort(key=lambda match: (match.target.product_id, match.target.variant_id or 0, match.number, match.path))
    return Plan(matched, unmatched, refused)


def apply(session: Session, media: Path, planned: Plan, now: datetime) -> Outcome:
    """Keep and hang what was planned; what hangs already stays as it is. Flushes."""
    added = unchanged = 0
    refused = []
    for match in planned.matched:
        try:
            stored = images.store(media, photographs.read(match.path))
        except NotAPicture as refusal:
            refused.append((match.path, refusal.sentence))
            continue
        if _hangs(session, match.target, stored.hash):
            unchanged += 1
            continue
        target = match.target
        images.attach(session, target.product_id, stored, alt=target.alt, variant_id=target.variant_id, now=now)
        added += 1
    return Outcome(added, unchanged, refused)


def targets(session: Session) -> Known:
    """All names by which goods can be meant."""
    goods = session.exec(select(Product.id, Product.slug, Product.name)).all()
    names = {product_id: name for product_id, _, name in goods if product_id is not None}
    by_slug = {slug: Target(product_id, None, name) for product_id, slug, name in goods if product_id is not None}
    variants = session.exec(select(Variant.id, Variant.product_id, Variant.sku).order_by(col(Variant.id))).all()
    siblings = Counter(product_id for _, product_id, _ in variants)
    values = _option_values(session)
    by_sku = {}
    for variant_id, product_id, sku in variants:
        assert variant_id is not None
        is_only_one = siblings[product_id] == 1
        alt = ", ".join([names[product_id], *values.get(variant_id, [])])
        by_sku[slugs.slugify(sku)] = Target(product_id, None if is_only_one else variant_id, alt)
    return Known(by_sku, by_slug)


def find(stem: str, known: Known) -> tuple[Target, int] | None:
    """What a file's name means, and the number of the picture: "JER-001", "jersey-waldtiere_3", "JER-001 Detail".

    The whole name or all but a number at its end is an article number or an address; else the longest
    article number with which it begins.
    """
    whole = known.get(slugs.slugify(stem))
    if whole is not None:
        return whole, 1
    numbered = _NUMBERED.fullmatch(stem)
    part = known.get(slugs.slugify(numbered["name"])) if numbered else None
    if part is not None and numbered:
        return part, int(numbered["number"])
    begun = _begins(slugs.slugify(stem).split("-"), known.by_sku)
    return (begun, 1) if begun is not None else None


def _begins(words: list[str], by_sku: dict[str, Target]) -> Target | None:
    for length in range(len(words) - 1, 0, -1):
        sku = "-".join(words[:length])
        if sku in by_sku and len(sku) >= (_SHORTEST_NUMBER if sku.isdigit() else _SHORTEST_SKU):
            return by_sku[sku]
    return None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in _PICTURE_FILES)


def _option_values(session: Session) -> dict[int, list[str]]:
    rows = session.exec(
        select(VariantOption.variant_id, VariantOption.value).order_by(col(VariantOption.position))
    ).all()
    values: dict[int, list[str]] = {}
    for variant_id, value in rows:
        values.setdefault(variant_id, []).append(value)
    return values


def _reason_against(path: Path) -> str | None:
    try:
        photographs.check(photographs.read(path))
    except NotAPicture as refusal:
        return refusal.sentence
    return None


def _hangs(session: Session, target: Target, picture_hash: str) -> bool:
    wanted = select(Picture.id).where(
        Picture.product_id == target.product_id,
        Picture.variant_id == target.variant_id,
        Picture.hash == picture_hash,
    )
    return session.exec(wanted).first() is not None
