"""Fibre composition with the closed list of legal names (Annex I of VO (EU) 1007/2011, in German)."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import CheckConstraint, UniqueConstraint, delete
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import bulk, products
from catalog.refusals import Refusal

OTHER_FIBRES = "sonstige Fasern"  # Art. 9 (3): what is up to 5 % each, or 15 % together
_MOST_OTHERS = 15

_WITH_WOOL = ("Alpaka", "Lama", "Kamel", "Kaschmir", "Mohair", "Angora", "Vikunja", "Yak", "Guanako", "Kaschgora")
_NAMES = Path(__file__).parent / "fibre_names.txt"

# Breeds, qualities and brands are no names of fibres; they belong into the name of the article.
_BREEDS = {
    ("merino", "merinowolle", "merinoschurwolle", "merino extrafein", "lammwolle", "lambswool", "bluefaced leicester",
     "shetland", "shetlandwolle"): ("Wolle", "Schurwolle"),
    ("baby-alpaka", "babyalpaka", "baby alpaka", "suri-alpaka"): ("Alpaka",),
    ("kid-mohair", "kid mohair", "kidmohair", "superkid mohair"): ("Mohair",),
    ("lycra", "dorlastan"): ("Elasthan",),
    ("tencel", "seacell"): ("Lyocell",),
    ("dralon",): ("Polyacryl",),
    ("ecovero",): ("Viskose",),
    ("mikrofaser", "microfaser"): ("Polyester", "Polyamid"),
    ("trevira", "diolen"): ("Polyester",),
    ("perlon",): ("Polyamid",),
    ("micromodal",): ("Modal",),
    ("lurex",): ("Metall", "Polyester"),
    ("bio-baumwolle", "biobaumwolle", "bio baumwolle", "kba-baumwolle", "baumwolle (kba)", "baumwolle kba",
     "makobaumwolle", "pima", "pima-baumwolle"): ("Baumwolle",),
    ("maulbeerseide", "tussahseide"): ("Seide",),
    ("halbleinen",): ("Leinen", "Baumwolle"),
}  # fmt: skip
_SPELLINGS = {
    ("spandex", "elastan", "elastane"): ("Elasthan",),
    ("acryl", "polyacrylnitril"): ("Polyacryl",),
    ("rayon", "viscose", "kunstseide", "bambus", "bambusviskose"): ("Viskose",),
    ("pes", "poly"): ("Polyester",),
    ("pa",): ("Polyamid",),
    ("cashmere", "kashmir"): ("Kaschmir",),
    ("cashgora",): ("Kaschgora",),
    ("wool", "schafwolle"): ("Wolle", "Schurwolle"),
    ("cotton",): ("Baumwolle",),
    ("silk",): ("Seide",),
    ("linen",): ("Leinen",),
}
_BREED_NAMES = {wrong: right for wrongs, right in _BREEDS.items() for wrong in wrongs}
_LEGAL_INSTEAD = _BREED_NAMES | {wrong: right for wrongs, right in _SPELLINGS.items() for wrong in wrongs}


class FibreShare(SQLModel, table=True):
    """One fibre of a product, in whole per cent."""

    __table_args__ = (
        UniqueConstraint("product_id", "fibre"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="a_share"),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    fibre: str
    percent: int


@lru_cache(maxsize=1)
def legal_names() -> tuple[str, ...]:
    """The names that a composition may use, from fibre_names.txt, and the one for what is left."""
    lines = _NAMES.read_text(encoding="utf-8").splitlines()
    return (*(line.partition("\t")[2] for line in lines if not line.startswith("#")), OTHER_FIBRES)


@lru_cache(maxsize=1)
def _by_folded() -> dict[str, str]:
    """The legal name of each way to write it; hairs may be called wool."""
    return {name.casefold(): name for name in legal_names()} | {
        f"{name}{more}".casefold(): name for name in _WITH_WOOL for more in ("wolle", "-wolle", " wolle")
    }


class NotAComposition(Refusal):
    """The text is no lawful fibre composition."""


def parse_composition(text: str) -> list[tuple[str, int]]:
    """Read "95 % Baumwolle, 5 % Elasthan" and give (legal name, per cent), largest first.

    Raises NotAComposition for an unknown name, a repeated fibre, no whole per cent, more "sonstige Fasern"
    than Art. 9 (3) allows, or a sum other than 100.
    """
    if re.search(r"\d[,.]\d+\s*%", text):
        raise NotAComposition("Bitte ganze Prozent eintragen, gerundet auf 100 % in der Summe.")
    shares: dict[str, int] = {}
    for part in _BETWEEN.split(text.replace("\u00a0", " ").strip(" .,;\n")):
        name, percent = _parse_share(part.strip())
        if name in shares:
            raise NotAComposition(f"„{name}“ steht zweimal in der Zusammensetzung. Bitte zusammenzählen.")
        shares[name] = percent
    if shares.get(OTHER_FIBRES, 0) > _MOST_OTHERS:
        raise NotAComposition("„sonstige Fasern“ dürfen höchstens 15 % sein. Bitte nennen Sie die Fasern einzeln.")
    _check_sum(sum(shares.values()))
    return sorted(shares.items(), key=lambda share: -share[1])


def format_composition(shares: Sequence[tuple[str, int]]) -> str:
    """Write shares as the label does, in descending order (Art. 9 VO (EU) 1007/2011)."""
    ordered = sorted(shares, key=lambda share: -share[1])
    return ", ".join(f"{percent}\u00a0% {name}" for name, percent in ordered)


def set_composition(session: Session, product_id: int, shares: Sequence[tuple[str, int]], now: datetime) -> None:
    """Give a product exactly these fibres (none: empty). Nothing happens if it has them. Flushes."""
    standing = session.exec(
        select(FibreShare.fibre, FibreShare.percent).where(FibreShare.product_id == product_id)
    ).all()
    if sorted(standing) == sorted(shares):
        return
    if standing:
        session.exec(delete(FibreShare).where(col(FibreShare.product_id) == product_id))
    session.add_all([FibreShare(product_id=product_id, fibre=fibre, percent=percent) for fibre, percent in shares])
    session.flush()
    products.touch(session, product_id, now)


def set_compositions(session: Session, shares: Mapping[int, Sequence[tuple[str, int]]], now: datetime) -> None:
    """Give products, by their ids, exactly these fibres, as `set_composition` does with one. Flushes."""
    session.flush()
    standing: dict[int, list[tuple[str, int]]] = {each: [] for each in shares}
    for part in bulk.some(shares):
        rows = select(FibreShare.product_id, FibreShare.fibre, FibreShare.percent)
        for product_id, fibre, percent in session.exec(rows.where(col(FibreShare.product_id).in_(part))):
            standing[product_id].append((fibre, percent))
    changed = [each for each in sorted(shares) if sorted(standing[each]) != sorted(shares[each])]
    for part in bulk.some([each for each in changed if standing[each]]):
        session.exec(delete(FibreShare).where(col(FibreShare.product_id).in_(part)))
    rows_of_all = ((each, fibre, percent) for each in changed for fibre, percent in shares[each])
    bulk.insert(session, FibreShare, ("product_id", "fibre", "percent"), rows_of_all)
    products.touch_many(session, dict.fromkeys(changed, now))


def composition_of(session: Session, product_ids: Iterable[int]) -> dict[int, str]:
    """The written composition of each product that has one; one query."""
    rows = session.exec(
        select(FibreShare.product_id, FibreShare.fibre, FibreShare.percent)
        .where(col(FibreShare.product_id).in_(list(product_ids)))
        .order_by(col(FibreShare.id))
    ).all()
    shares: dict[int, list[tuple[str, int]]] = {}
    for product_id, fibre, percent in rows:
        shares.setdefault(product_id, []).append((fibre, percent))
    return {product_id: format_composition(each) for product_id, each in shares.items()}


def unlawful_shares(text: str) -> list[str]:
    """Where a text gives the share of a fibre by a name that is none, as written: "70 % Merino", "30 % Baby-Alpaka".

    The names of breeds, brands and other languages that we know; in the name of an article, without a share, they
    may stand.
    """
    if "%" not in text and "Prozent" not in text:
        return []  # most texts, for which the pattern is slow
    return [" ".join(each[0].split()) for each in _UNLAWFUL_SHARE.finditer(text)]


_WORDS = "|".join(re.escape(each) for each in sorted(_LEGAL_INSTEAD, key=len, reverse=True))
_UNLAWFUL_SHARE = re.compile(rf"\d{{1,3}}\s*(?:%|Prozent)\s*(?:{_WORDS})(?![\w-])", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n]|\bund\b")
_SHARE = re.compile(r"([0-9]{1,3})\s*(?:%|Prozent)\s*(.+)|(.+?)\s*([0-9]{1,3})\s*(?:%|Prozent)")


def _check_sum(percent: int) -> None:
    if percent < 100:
        raise NotAComposition(f"Die Fasern ergeben {percent} % statt 100 %. Es fehlen {100 - percent} %.")
    if percent > 100:
        raise NotAComposition(f"Die Fasern ergeben {percent} % statt 100 %. Das sind {percent - 100} % zu viel.")


def _parse_share(part: str) -> tuple[str, int]:
    match = _SHARE.fullmatch(part)
    if match is None:
        raise NotAComposition(f"„{part}“ verstehen wir nicht. Bitte so: 95 % Baumwolle, 5 % Elasthan")
    name, percent = (match[2] or match[3]).strip(), int(match[1] or match[4])
    if not 1 <= percent <= 100:
        raise NotAComposition(f"„{part}“: Bitte 1 bis 100 % eintragen oder die Faser weglassen.")
    legal = _by_folded().get(name.casefold())
    if legal is None:
        raise NotAComposition(_not_legal(name))
    return legal, percent


def _not_legal(name: str) -> str:
    folded = name.casefold()
    if folded in _LEGAL_INSTEAD:
        names = " oder ".join(f"„{each}“" for each in _LEGAL_INSTEAD[folded])
        in_name = f"; „{name}“ darf im Namen stehen" if folded in _BREED_NAMES else ""
        return f"„{name}“ ist keine gesetzliche Faserbezeichnung. Bitte als {names} eintragen{in_name}."
    near = difflib.get_close_matches(folded, _by_folded(), n=1, cutoff=0.75)
    hint = (
        f"Meinten Sie „{_by_folded()[near[0]]}“?" if near else "Erlaubt sind zum Beispiel Baumwolle, Wolle, Polyester."
    )
    return f"„{name}“ ist keine gesetzliche Faserbezeichnung. {hint}"
