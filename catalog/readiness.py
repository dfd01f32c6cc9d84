"""What an article still lacks before it may lawfully be shown to shoppers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import products
from catalog.fibres import FibreShare
from catalog.images import Picture
from catalog.makers import Maker
from catalog.products import Kind, Product, Variant
from catalog.refusals import Refusal
from catalog.units import Unit

TEXTILE = (Kind.FABRIC, Kind.YARN)  # ribbons, elastics and thread: Annex VI of VO (EU) 1007/2011
_EU = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: the part of the form it belongs to, and the sentence."""

    where: str
    sentence: str


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


def missing(session: Session, product: Product) -> list[Gap]:
    """What a product lacks, in the order in which one fills it in; [] when it may be shown."""
    return [*_of_variants(session, product), *_of_picture(session, product), *_of_law(session, product)]


def _of_variants(session: Session, product: Product) -> Iterator[Gap]:
    buyable = session.exec(select(Variant).where(Variant.product_id == product.id, col(Variant.is_active))).all()
    if not buyable:
        yield Gap("varianten", "Es fehlt ein Preis: Legen Sie mindestens eine Variante an.")
    if any(each.price_cents == 0 for each in buyable):
        yield Gap("varianten", "Eine Variante kostet 0,00 €. Bitte tragen Sie den Preis ein.")
    needs_content = product.kind in (Kind.YARN, Kind.THREAD) and product.unit == Unit.PIECE
    if needs_content and any(each.content is None for each in buyable):
        yield Gap("varianten", "Für den Grundpreis fehlt der Inhalt (zum Beispiel 50 g oder 200 m).")


def _of_picture(session: Session, product: Product) -> Iterator[Gap]:
    if session.exec(select(Picture.id).where(Picture.product_id == product.id)).first() is None:
        yield Gap("bilder", "Es fehlt ein Bild.")


def _of_law(session: Session, product: Product) -> Iterator[Gap]:
    """Fibres: Art. 16 VO (EU) 1007/2011; maker: Art. 19 VO (EU) 2023/988."""
    if (
        product.kind in TEXTILE
        and not session.exec(select(FibreShare.id).where(FibreShare.product_id == product.id)).first()
    ):
        yield Gap("zusammensetzung", "Es fehlt die Zusammensetzung, zum Beispiel: 95 % Baumwolle, 5 % Elasthan.")
    maker = session.get(Maker, product.maker_id) if product.maker_id else None
    if maker is None:
        yield Gap("hersteller", "Es fehlt der Hersteller.")
    elif not (maker.street and maker.city and maker.contact):
        yield Gap("hersteller", f"Beim Hersteller „{maker.name}“ fehlen Anschrift und E-Mail- oder Webadresse.")
    elif maker.country not in _EU and not maker.eu_responsible:
        yield Gap("hersteller", f"„{maker.name}“ sitzt nicht in der EU: Es fehlt die verantwortliche Person in der EU.")
