"""Fibre composition with the closed list of legal names (Annex I of VO (EU) 1007/2011, in German)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, delete
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import products
from catalog.refusals import Refusal

# Annex I, tables 1 and 2; where the regulation allows several names of one fibre, each stands here.
LEGAL_NAMES = (
    "Wolle", "Schurwolle", "Alpaka", "Lama", "Kamel", "Kaschmir", "Mohair", "Angora", "Vikunja", "Yak",
    "Guanako", "Cashgora", "Biber", "Fischotter", "Tierhaar", "Seide", "Baumwolle", "Kapok", "Leinen",
    "Flachs", "Hanf", "Jute", "Manila", "Alfa", "Kokos", "Ginster", "Ramie", "Sisal", "Sunn", "Henequen",
    "Maguey", "Acetat", "Alginat", "Cupro", "Modal", "Regenerierte Proteinfaser", "Triacetat", "Viskose",
    "Polyacryl", "Polychlorid", "Fluorfaser", "Modacryl", "Polyamid", "Nylon", "Aramid", "Polyimid",
    "Lyocell", "Polylactid", "Polyester", "Polyethylen", "Polypropylen", "Polyharnstoff", "Polyurethan",
    "Vinylal", "Trivinyl", "Elastodien", "Elasthan", "Glasfaser", "Elastomultiester", "Elastolefin",
    "Melamin", "Polypropylen/Polyamid-Bikomponente", "Polyacrylat", "Metallfaser", "sonstige Fasern",
)  # fmt: skip
_BY_FOLDED = {name.casefold(): name for name in LEGAL_NAMES}


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


class NotAComposition(Refusal):
    """The text is no lawful fibre composition."""


def parse_composition(text: str) -> list[tuple[str, int]]:
    """Read "95 % Baumwolle, 5 % Elasthan" and give (legal name, per cent), largest first.

    Raises NotAComposition for an unknown name, a repeated fibre, or a sum other than 100.
    """
    shares: dict[str, int] = {}
    for part in text.split(","):
        name, percent = _parse_share(part)
        if name in shares:
            raise NotAComposition(f"„{name}“ steht zweimal in der Zusammensetzung.")
        shares[name] = percent
    if sum(shares.values()) != 100:
        raise NotAComposition(f"Die Fasern ergeben {sum(shares.values())} % statt 100 %.")
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
    session.exec(delete(FibreShare).where(col(FibreShare.product_id) == product_id))
    session.add_all([FibreShare(product_id=product_id, fibre=fibre, percent=percent) for fibre, percent in shares])
    session.flush()
    products.touch(session, product_id, now)


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


def _parse_share(part: str) -> tuple[str, int]:
    number, sign, name = part.replace("\u00a0", " ").partition("%")
    if not sign or not number.strip().isdigit():
        raise NotAComposition(f"„{part.strip()}“ verstehen wir nicht. Bitte so: 95 % Baumwolle, 5 % Elasthan")
    legal = _BY_FOLDED.get(name.strip().casefold())
    if legal is None:
        raise NotAComposition(
            f"„{name.strip()}“ ist keine gesetzliche Faserbezeichnung. „Merino“ heißt zum Beispiel „Schurwolle“ "
            "und gehört als Merino in die Beschreibung."
        )
    return legal, int(number)
