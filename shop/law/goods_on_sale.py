"""Looks over the goods on sale: what each of them must say (rules of part C). A few queries, however many goods."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import and_, func, or_
from sqlmodel import col, select

from catalog import duties, fibres, kinds, makers, readiness
from catalog.attributes import AttributeType, AttributeValue
from catalog.duties import LEAST_GUARANTEE_MONTHS
from catalog.fibres import FibreShare
from catalog.images import Picture
from catalog.offers import is_offered
from catalog.prices import Reduction
from catalog.products import Kind, Product, Variant, VariantOption
from catalog.units import Unit
from shop import artwork
from shop.law import offenders
from shop.law.offenders import Offender
from shop.law.rules import Fault, Sight

_WEEE = re.compile(r"(?:DE\s?\d{8})")
_PRODUCT, _VARIANT = Product.__table__.c, Variant.__table__.c  # type: ignore[attr-defined]

# What of a kind is essential beyond fibres, price and name (law.md C09): key of the attribute, how it is called.
ESSENTIALS: Mapping[str, tuple[str, str]] = {
    Kind.FABRIC: ("width", "Stoffbreite"),
    Kind.YARN: ("run_length", "Lauflänge"),
    Kind.ZIP: ("length", "Länge"),
    Kind.RIBBON: ("band_width", "Bandbreite"),
}
_VAGUE = re.compile(r"\b(?:in der Regel|voraussichtlich|normalerweise|üblicherweise|meistens?|bald|demnächst)\b", re.I)
_DELIVERY = re.compile(r"Liefer|Versand|verschick|versend", re.I)
_SENTENCE_END = re.compile(r"[.!?\n]")

# Goods that the law on chemicals or toys mostly wants a warning on (law.md C17).
_DANGEROUS = re.compile(
    r"\b(?:\w*kleber|\w*klebstoff|\w*färbemittel|batikfarben?|stoffmalfarben?|textilfarben?|\w*beize|fleckentferner|"
    r"bastelset\w*|kinderset\w*|spielzeug\w*|kuscheltier\w*|sicherheitsaugen|teddyaugen)\b",
    re.IGNORECASE,
)


def without_base_price(sight: Sight) -> Iterator[Fault]:
    """C03: goods by the piece that are usually measured, and do not say how much is in a packing."""
    usual = {kind.key: kind.unit for kind in kinds.of(sight.session)}
    rows = sight.session.execute(
        select(_PRODUCT.id, _PRODUCT.name, _PRODUCT.kind)
        .join(Variant, _VARIANT.product_id == _PRODUCT.id)
        .where(
            is_offered, _VARIANT.is_active, _PRODUCT.unit == Unit.PIECE.value,
            or_(_VARIANT.content.is_(None), _VARIANT.content == 0, _VARIANT.content_unit.is_(None),
                _VARIANT.content_unit == Unit.PIECE.value),
        )
        .distinct().order_by(_PRODUCT.id)
    )  # fmt: skip
    yield from offenders.faults(
        (
            (product_id, name, "Für den Grundpreis fehlt der Inhalt, zum Beispiel 50 g oder 200 m.")
            for product_id, name, kind in rows
            if readiness.owes_content(kind, usual.get(kind), Unit.PIECE)
        ),
        "varianten",
    )


def untrue_reductions(sight: Sight) -> Iterator[Fault]:
    """C04: reductions that end before they begin; one that is not below the regular price is never announced."""
    rows = sight.session.execute(
        select(_PRODUCT.id, _PRODUCT.name)
        .join(Variant, _VARIANT.product_id == _PRODUCT.id)
        .join(Reduction, col(Reduction.variant_id) == _VARIANT.id)
        .where(is_offered, col(Reduction.ends_at) < col(Reduction.starts_at))
        .distinct()
    )
    wrong = "Eine Reduzierung endet, bevor sie beginnt."
    yield from offenders.faults(((product_id, name, wrong) for product_id, name in rows), "varianten")


def recommended_without_date(sight: Sight) -> Iterator[Fault]:
    """C05: a maker's recommended price says as of when it was."""
    rows = sight.session.execute(
        select(_PRODUCT.id, _PRODUCT.name)
        .join(Variant, _VARIANT.product_id == _PRODUCT.id)
        .where(is_offered, _VARIANT.is_active, _VARIANT.rrp_cents.is_not(None), _VARIANT.rrp_since.is_(None))
        .distinct()
    )
    wrong = "Zur UVP fehlt, von wann sie ist."
    yield from offenders.faults(((product_id, name, wrong) for product_id, name in rows), "varianten")


def without_delivery_time(sight: Sight) -> Iterator[Fault]:
    """C06: when it comes, in working days."""
    yield from offenders.faults(
        offenders.that(sight.session, _PRODUCT.delivery_days_max < 1, "Es fehlt die Lieferzeit."), "lieferzeit-von"
    )


def without_safety_data(sight: Sight) -> Iterator[Fault]:
    """C07: maker with postal and electronic address, who answers for it in the EU, picture, number."""
    session = sight.session
    old = _PRODUCT.is_old_stock
    no_maker = and_(_PRODUCT.maker_id.is_(None), ~old)
    yield from offenders.faults(offenders.that(session, no_maker, "Es fehlt der Hersteller."), "hersteller")
    lacking = {maker.id: makers.missing(maker) for maker in makers.by_name(session)}
    guilty = {maker_id: owed for maker_id, owed in lacking.items() if owed}
    rows = session.execute(
        offenders.on_sale(_PRODUCT.maker_id).where(_PRODUCT.maker_id.in_(list(guilty)), ~old) if guilty else _NONE
    )
    yield from offenders.faults(
        (
            (product_id, name, f"Beim Hersteller fehlt noch: {', '.join(guilty[maker_id])}.")
            for product_id, name, maker_id in rows
        ),
        "hersteller",
    )
    without_picture = ~select(Picture.id).where(Picture.product_id == _PRODUCT.id).exists()
    yield from offenders.faults(offenders.that(session, without_picture, "Es fehlt ein Bild."), "bilder")
    without_number = (
        select(Variant.id).where(_VARIANT.product_id == _PRODUCT.id, func.trim(_VARIANT.sku) == "").exists()
    )
    yield from offenders.faults(
        offenders.that(session, without_number, "Einer Variante fehlt die Artikelnummer."), "varianten"
    )


_NONE = offenders.on_sale(_PRODUCT.maker_id).where(_PRODUCT.id.is_(None))


def without_word_on_warnings(sight: Sight) -> Iterator[Fault]:
    """C07: either warnings, or that none are needed."""
    silent = and_(func.trim(_PRODUCT.warnings) == "", ~_PRODUCT.needs_no_warnings)
    yield from offenders.faults(
        offenders.that(
            sight.session,
            silent,
            "Es ist nichts zu Warnhinweisen gesagt: welche nötig sind oder dass keine nötig sind.",
        ),
        "warnungen",
    )


def unlawful_compositions(sight: Sight) -> Iterator[Fault]:
    """C08: textiles name their fibres, by legal names only, 100 % in all."""
    session = sight.session
    shares: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for product_id, fibre, percent in session.execute(
        select(col(FibreShare.product_id), col(FibreShare.fibre), col(FibreShare.percent))
    ):
        shares[product_id].append((fibre, percent))
    textile = kinds.textile_keys(session)
    rows = session.execute(offenders.on_sale(_PRODUCT.kind)).all()
    yield from offenders.faults(
        (
            (product_id, name, wrong)
            for product_id, name, kind in rows
            if (wrong := _composition_fault(shares.get(product_id, []), is_textile=kind in textile))
        ),
        "zusammensetzung",
    )


def _composition_fault(shares: list[tuple[str, int]], *, is_textile: bool) -> str:
    if not shares:
        return "Es fehlt die Zusammensetzung." if is_textile else ""
    unknown = [fibre for fibre, _ in shares if fibre not in fibres.legal_names()]
    if unknown:
        return f"„{unknown[0]}“ ist keine gesetzliche Faserbezeichnung."
    percent = sum(each for _, each in shares)
    return "" if percent == 100 else f"Die Fasern ergeben {percent} % statt 100 %."


def fibres_in_texts(sight: Sight) -> Iterator[Fault]:
    """C08: "70 % Merino" in a text is a composition with a name that is none."""
    yield from offenders.faults(
        (
            (product_id, name, f"Im Text steht „{found[0]}“; das ist keine gesetzliche Faserbezeichnung.")
            for product_id, name, text in offenders.texts(sight.session)
            if (found := fibres.unlawful_shares(text))
        ),
        "beschreibung",
    )


def saying_nothing(sight: Sight) -> Iterator[Fault]:
    """C09: an article without text, fibres and attributes tells no essential characteristic."""
    silent = and_(
        func.trim(_PRODUCT.summary) == "",
        func.trim(_PRODUCT.description) == "",
        ~select(FibreShare.id).where(FibreShare.product_id == _PRODUCT.id).exists(),
        ~select(AttributeValue.id).where(AttributeValue.product_id == _PRODUCT.id).exists(),
    )
    wrong = "Es ist nicht gesagt, was es ist: Bitte mindestens einen Satz oder ein Merkmal eintragen."
    yield from offenders.faults(offenders.that(sight.session, silent, wrong), "kurz")


def without_essentials(sight: Sight) -> Iterator[Fault]:
    """C09: what is asked first of a kind (how wide a fabric is, how far a yarn runs), unless shoppers choose it."""
    session = sight.session
    known = set(
        session.execute(
            select(col(AttributeValue.product_id), col(AttributeType.key)).join(
                AttributeType, col(AttributeType.id) == AttributeValue.type_id
            )
        )
    )
    asked = {fact.key for fact in session.exec(select(AttributeType)).all()}
    chosen = set(
        session.execute(
            select(_VARIANT.product_id, col(VariantOption.name))
            .join(Variant, _VARIANT.id == col(VariantOption.variant_id))
            .where(col(VariantOption.name).in_([label for _, label in ESSENTIALS.values()]))
        )
    )
    wound = select(Variant.id).where(_VARIANT.product_id == _PRODUCT.id, _VARIANT.content_unit == Unit.LENGTH.value)
    told_by_content = and_(_PRODUCT.kind == Kind.YARN.value, wound.exists())  # 200 m on the reel are its run
    of_kind = offenders.on_sale(_PRODUCT.kind).where(_PRODUCT.kind.in_(list(ESSENTIALS)), ~told_by_content)
    rows = session.execute(of_kind).all()
    yield from offenders.faults(
        (
            (product_id, name, f"Es fehlt: {ESSENTIALS[kind][1]}.")
            for product_id, name, kind in rows
            if ESSENTIALS[kind][0] in asked
            and (product_id, ESSENTIALS[kind][0]) not in known
            and (product_id, ESSENTIALS[kind][1]) not in chosen
        ),
        "art",
    )


def incomplete_guarantees(sight: Sight) -> Iterator[Fault]:
    """C11: a guarantee of durability has brand, model, terms and label, and is longer than two years."""
    columns = (_PRODUCT.guarantee_months, _PRODUCT.guarantee_brand, _PRODUCT.guarantee_model,
               _PRODUCT.guarantee_terms, _PRODUCT.guarantee_label)  # fmt: skip
    rows = sight.session.execute(offenders.on_sale(*columns).where(_PRODUCT.guarantee_months.is_not(None)))
    folder = sight.shop.settings.artwork
    found = ((product_id, name, _guarantee_fault(folder, *told)) for product_id, name, *told in rows)
    yield from offenders.faults((each for each in found if each[2]), "rechtliches")


def _guarantee_fault(folder: Path, months: int, brand: str, model: str, terms: str, label: str) -> str:
    owed = {"die Marke": brand, "das Modell": model, "die Bedingungen (§ 479 BGB)": terms, "das Etikett": label}
    missing = [name for name, value in owed.items() if not value.strip()]
    if missing:
        return f"Zur Garantie fehlt: {', '.join(missing)}."
    if months < LEAST_GUARANTEE_MONTHS or months % 6:
        return f"Die Garantie ({duties.years(months)}) ist nicht länger als zwei Jahre, in ganzen oder halben Jahren."
    return "" if artwork.is_whole(folder, label) else "Die Datei des Etiketts fehlt oder wurde verändert."


def electrics_without_number(sight: Sight) -> Iterator[Fault]:
    """C15: who sells electrics sells those of registered producers only."""
    rows = sight.session.execute(offenders.on_sale(_PRODUCT.weee_number).where(_PRODUCT.is_electric))
    yield from offenders.faults(
        (
            (product_id, name, "Die WEEE-Nummer des Herstellers fehlt oder ist nicht DE mit acht Ziffern.")
            for product_id, name, number in rows
            if not _WEEE.fullmatch(number.strip())
        ),
        "rechtliches",
    )


def dangerous_without_warnings(sight: Sight) -> Iterator[Fault]:
    """C17: glue, dye and children's things mostly carry warnings, which must be read before one buys."""
    rows = sight.session.execute(offenders.on_sale().where(func.trim(_PRODUCT.warnings) == ""))
    yield from offenders.faults(
        (
            (product_id, name, "Klebstoff, Farbe oder Kinderware ohne Warnhinweise? Bitte auf der Packung nachsehen.")
            for product_id, name in rows
            if _DANGEROUS.search(name)
        ),
        "warnungen",
    )


def vague_deliveries(sight: Sight) -> Iterator[Fault]:
    """C06: vague words in a sentence about delivery are no delivery time."""
    yield from offenders.faults(
        (
            (product_id, name, f"„{said}“ ist keine Lieferzeit. Bitte Werktage in das Feld eintragen.")
            for product_id, name, text in offenders.texts(sight.session)
            if (said := _vague(text))
        ),
        "beschreibung",
    )


def _vague(text: str) -> str:
    """The first vague word within sixty letters, and in the sentence, of a word about delivery; "" for none."""
    for found in _VAGUE.finditer(text):
        before, after = text[max(0, found.start() - 60) : found.start()], text[found.end() : found.end() + 60]
        if _DELIVERY.search(_SENTENCE_END.split(before)[-1] + _SENTENCE_END.split(after)[0]):
            return found[0]
    return ""


def in_texts(pattern: re.Pattern[str], wrong: str) -> Callable[[Sight], Iterable[Fault]]:
    """A look for words in what is said freely of goods; `wrong` has a place for them."""

    def look(sight: Sight) -> Iterable[Fault]:
        found: Iterator[Offender] = (
            (product_id, name, wrong.format(" ".join(match[0].split())))
            for product_id, name, text in offenders.texts(sight.session)
            if (match := pattern.search(text))
        )
        return offenders.faults(found, "beschreibung")

    return look
