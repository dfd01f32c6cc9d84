"""What an article still lacks before it may lawfully be shown to shoppers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import kinds, makers, products
from catalog.exclusions import CUT_IS_NOT_MADE, Exclusion
from catalog.fibres import FibreShare
from catalog.images import Picture
from catalog.kinds import GoodsKind
from catalog.makers import Maker
from catalog.products import Kind, Product, ProductCategory, Variant
from catalog.refusals import Refusal
from catalog.units import Unit

_PACKED = (Kind.YARN, Kind.THREAD, Kind.RIBBON)  # sold by the piece, they owe a base price (§ 4 PAngV)


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: the part of the form it belongs to, the sentence, and it in a few words."""

    where: str
    sentence: str
    short: str = ""


@dataclass(frozen=True)
class Withdrawn:
    """A published article that an edit has made incomplete, so that it is a draft again."""

    product_id: int
    name: str
    gaps: tuple[Gap, ...]


@dataclass
class _Seen:
    """What there is to know of an article, gathered for many at once."""

    product: Product
    kind: GoodsKind | None
    maker: Maker | None
    variants: list[tuple[str, int, bool]] = field(default_factory=list)  # (sku, cents, whether its content is measured)
    alts: list[str] = field(default_factory=list)
    has_fibres: bool = False


class NotReady(Refusal):
    """The article lacks something that the law wants shown; `gaps` says what."""

    def __init__(self, gaps: list[Gap]) -> None:
        super().__init__("Der Artikel bleibt noch Entwurf: " + " ".join(gap.sentence for gap in gaps))
        self.gaps = gaps


def publish(session: Session, product: Product, now: datetime) -> None:
    """Publish a product that lacks nothing. Raises NotReady. Flushes."""
    gaps = missing(session, product)
    if gaps:
        raise NotReady(gaps)
    products.publish(session, product, now)


def keep_true(session: Session, product_ids: Iterable[int], now: datetime) -> list[Withdrawn]:
    """Make those of some published products drafts that lack something by now, and say which and why. Flushes.

    Whoever takes something away (a maker's address, the last picture, a price) calls this in the same transaction.
    """
    session.flush()
    shown = select(Product.id).where(col(Product.id).in_(list(product_ids)), col(Product.published_at).is_not(None))
    found = missing_of(session, sorted(each for each in session.exec(shown).all() if each is not None))
    withdrawn = []
    for product_id, gaps in found.items():
        if gaps:
            product = session.get_one(Product, product_id)
            products.unpublish(session, product, now, on_purpose=False)
            withdrawn.append(Withdrawn(product_id, product.name, tuple(gaps)))
    return withdrawn


def missing(session: Session, product: Product) -> list[Gap]:
    """What a product lacks, in the order in which one fills it in; [] when it may be shown."""
    assert product.id is not None
    session.flush()
    return missing_of(session, [product.id])[product.id]


def missing_of(session: Session, product_ids: Sequence[int]) -> dict[int, list[Gap]]:
    """What each of some products lacks, by id; five queries, however many they are."""
    if not product_ids:
        return {}
    return {product_id: list(_gaps(seen)) for product_id, seen in _look_at(session, product_ids).items()}


def hints(session: Session, product: Product) -> list[Gap]:
    """What may be shown without, but should be thought of."""
    found = []
    if not product.warnings and not product.needs_no_warnings:
        found.append(
            Gap("warnungen", "Sagen Sie etwas zu Warnhinweisen: welche nötig sind oder dass keine nötig sind.")
        )
    if product.withdrawal == Exclusion.CUSTOM_MADE and product.unit == Unit.LENGTH:
        found.append(Gap("widerrufsrecht", CUT_IS_NOT_MADE))
    if session.exec(select(ProductCategory).where(ProductCategory.product_id == product.id)).first() is None:
        found.append(Gap("kategorie", "Der Artikel steht in keiner Kategorie und wird nur über die Suche gefunden."))
    return found


def owes_content(kind: str, usual_unit: str | None, unit: str) -> bool:
    """Whether goods sold by the piece must say what is in a packing, for the base price (§ 4 Abs. 1 PAngV).

    Yarn, thread, packed ribbon, and whatever is usually sold by length, weight, area or volume: of the
    built-in kinds all that is measured but fabric, whose pieces and sets are often single things.
    """
    if unit != Unit.PIECE or kind == Kind.FABRIC:
        return False
    return kind in _PACKED or usual_unit not in (None, Unit.PIECE)


def _look_at(session: Session, product_ids: Sequence[int]) -> dict[int, _Seen]:
    wanted = list(product_ids)
    of_key = {each.key: each for each in kinds.of(session)}
    rows = session.exec(
        select(Product, Maker)
        .join(Maker, col(Maker.id) == Product.maker_id, isouter=True)
        .where(col(Product.id).in_(wanted))
        .order_by(col(Product.id))
    ).all()
    seen = {product.id or 0: _Seen(product, of_key.get(product.kind), maker) for product, maker in rows}
    buyable = select(  # type: ignore[call-overload]
        Variant.product_id, Variant.sku, Variant.price_cents, Variant.content, Variant.content_unit
    ).where(col(Variant.product_id).in_(wanted), col(Variant.is_active))
    for product_id, sku, cents, content, content_unit in session.execute(buyable):
        is_measured = bool(content) and content_unit not in (None, Unit.PIECE)
        seen[product_id].variants.append((sku, cents, is_measured))
    for product_id, alt in session.exec(
        select(Picture.product_id, Picture.alt).where(col(Picture.product_id).in_(wanted))
    ).all():
        seen[product_id].alts.append(alt)
    for product_id in session.exec(
        select(FibreShare.product_id).where(col(FibreShare.product_id).in_(wanted)).distinct()
    ).all():
        seen[product_id].has_fibres = True
    return seen


def _gaps(seen: _Seen) -> Iterator[Gap]:
    yield from _of_pictures(seen.alts)
    yield from _of_variants(seen)
    yield from _of_law(seen)


def _of_pictures(alts: list[str]) -> Iterator[Gap]:
    if not alts:
        yield Gap("bilder", "Es fehlt ein Bild.", "Bild")
    mute = sum(not alt.strip() for alt in alts)
    if mute:
        whose = "einem Bild" if mute == 1 else f"{mute} Bildern"
        yield Gap("bilder", f"Bei {whose} fehlt die Beschreibung: Was ist zu sehen?", "Bildbeschreibung")


def _of_variants(seen: _Seen) -> Iterator[Gap]:
    if not seen.variants:
        yield Gap("varianten", "Es fehlt ein Preis: Legen Sie mindestens eine Variante an.", "Preis")
    elif any(cents == 0 for _, cents, _ in seen.variants):
        yield Gap("varianten", "Eine Variante kostet 0,00 €. Bitte tragen Sie den Preis ein.", "Preis")
    if any(not sku.strip() for sku, _, _ in seen.variants):
        yield Gap("varianten", "Einer Variante fehlt die Artikelnummer.", "Artikelnummer")
    usual_unit = seen.kind.unit if seen.kind else None
    if owes_content(seen.product.kind, usual_unit, seen.product.unit) and any(not each[2] for each in seen.variants):
        yield Gap("varianten", "Für den Grundpreis fehlt der Inhalt (zum Beispiel 50 g oder 200 m).", "Inhalt")


def _of_law(seen: _Seen) -> Iterator[Gap]:
    """Fibres: Art. 16 VO (EU) 1007/2011; delivery: Art. 246a § 1 EGBGB; maker: Art. 19 VO (EU) 2023/988; no way back:
    § 312g Abs. 2 BGB.
    """
    if seen.kind is not None and seen.kind.is_textile and not seen.has_fibres:
        yield Gap(
            "zusammensetzung",
            "Es fehlt die Zusammensetzung, zum Beispiel: 95 % Baumwolle, 5 % Elasthan.",
            "Zusammensetzung",
        )
    if seen.product.delivery_days_max < 1:
        yield Gap("lieferzeit-von", "Es fehlt die Lieferzeit.", "Lieferzeit")
    if seen.product.withdrawal != Exclusion.NORMAL and not seen.product.withdrawal_reason.strip():
        yield Gap("widerrufsgrund", "Es fehlt, warum das Widerrufsrecht nicht gilt.", "Grund der Ausnahme")
    if seen.product.is_old_stock:
        return  # Art. 51 GPSR: what was placed on the market before 13 December 2024 may be sold as it was
    if seen.maker is None:
        yield Gap("hersteller", "Es fehlt der Hersteller.", "Hersteller")
        return
    owed = makers.missing(seen.maker)
    if owed:
        yield Gap(
            "hersteller", f"Beim Hersteller „{seen.maker.name}“ fehlt noch: {', '.join(owed)}.", "Daten des Herstellers"
        )
