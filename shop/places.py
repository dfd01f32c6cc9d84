"""The shop's pages beside its goods to which a search may lead: its fixed ones, the legal texts, the owner's own."""

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from catalog import categories, redirects
from catalog.categories import Category
from catalog.products import Product
from catalog.search.shortcuts import IsPage, is_there
from shop import legal, pages
from shop.pages import PageVersion

_OWN = "/seite/"
FIXED: Mapping[str, str] = {
    "/": "Startseite",
    "/gutschein": "Gutscheine",
    "/warenkorb": "Warenkorb",
    "/widerruf": "Vertrag widerrufen",
    **{f"/{slug}": title for slug, title in legal.TITLES.items() if slug != "barrierefreiheit"},  # may not be there
}

# What every shop begins with: what people search who want no goods.
FIRST_SHORTCUTS: Mapping[str, str] = {
    "Gutschein": "/gutschein", "Gutscheine": "/gutschein", "Geschenkgutschein": "/gutschein",
    "Versand": "/versand", "Versandkosten": "/versand", "Porto": "/versand", "Lieferzeit": "/versand",
    "Zahlung": "/versand", "Zahlungsarten": "/versand",
    "Widerruf": "/widerruf", "Rückgabe": "/widerrufsbelehrung", "Retoure": "/widerrufsbelehrung",
    "Rücksendung": "/widerrufsbelehrung", "Umtausch": "/widerrufsbelehrung",
    "Impressum": "/impressum", "Kontakt": "/impressum", "AGB": "/agb",
    "Garantie": "/gewaehrleistung", "Gewährleistung": "/gewaehrleistung", "Datenschutz": "/datenschutz",
}  # fmt: skip


def is_page(session: Session) -> IsPage:
    """Whether a path is one of these pages, and there today."""

    def check(path: str) -> bool:
        slug = path.removeprefix(_OWN)
        is_own = slug != path and slug not in legal.TITLES
        return path in FIXED or (is_own and pages.latest(session, slug) is not None)

    return check


def pages_of(session: Session) -> dict[str, str]:
    """All these pages by path, with their titles: the owner's own first."""
    newest_last = select(PageVersion.slug, PageVersion.title).order_by(col(PageVersion.id))
    own = {slug: title for slug, title in session.exec(newest_last).all() if slug not in legal.TITLES}
    return {f"{_OWN}{slug}": own[slug] for slug in sorted(own, key=lambda slug: own[slug])} | dict(FIXED)


def departments_of(session: Session) -> dict[str, str]:
    """All departments by path, in the order of the shop, those below another with its name before theirs."""
    found: dict[str, str] = {}
    for top, below in categories.tree(session):
        found[f"/kategorie/{top.slug}"] = top.name
        found |= {f"/kategorie/{each.slug}": f"{top.name} › {each.name}" for each in below}
    return found


def titles_of(session: Session, paths: Collection[str]) -> dict[str, str]:
    """What stands at some paths, as people call it; a path whose target has gone is not among them."""
    known = pages_of(session) | departments_of(session)
    there = is_page(session)
    return {
        path: known.get(path.partition("?")[0]) or _goods_at(session, path) or path
        for path in paths
        if is_there(session, path, there)
    }


def _goods_at(session: Session, path: str) -> str | None:
    """The name of the article, or of the renamed department, at a path."""
    _, kind, slug = path.partition("?")[0].split("/")[:3]
    if kind == "kategorie":
        today = redirects.category_at(session, slug)
        return session.exec(select(Category.name).where(Category.slug == today)).first()
    today = redirects.product_at(session, slug) or slug
    return session.exec(select(Product.name).where(Product.slug == today)).first()
