"""An article's page: pictures, variants, price, and the form that puts it into the cart."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, request
from sqlmodel import Session

from catalog import browse, categories
from catalog.browse import Choice, Page
from catalog.categories import Category
from catalog.units import Unit, format_quantity
from shop import themes
from shop.context import now, session, the_shop
from shop.storefront import pagecache
from shop.storefront.pagecache import KeptPage

blueprint = Blueprint("products", __name__)

_TEMPLATE = "pages/product.html"


@blueprint.get("/artikel/<slug>")
def show(slug: str) -> Response:
    """An article, with the variant of `?v=` chosen."""
    sku = request.args.get("v")
    key = ("product", slug, sku)
    kept = pagecache.pages().get(key)
    if kept is None or not kept.is_made_of(_facts(kept.product_ids), now()):
        kept = _rendered(slug, sku)
        pagecache.pages().put(key, kept)
    return pagecache.answer(kept)


def page(slug: str, problem: str, typed: Mapping[str, str]) -> str:
    """The article's page once more, with what was typed and the sentence that says why it cannot be."""
    shown = browse.page(session(), slug, now()) or abort(404)
    return themes.render(_TEMPLATE, **_context(shown, typed.get("variante"), _related(session(), shown, now())),
                         problem=problem, typed=typed)  # fmt: skip


def _rendered(slug: str, sku: str | None) -> KeptPage:
    shown = browse.page(session(), slug, now()) or abort(404)
    related = _related(session(), shown, now())
    product_ids = (shown.product_id, *(card.product_id for card in related))
    return pagecache.rendered(
        _TEMPLATE,
        _context(shown, sku, related),
        _facts(product_ids),
        browse.holds_until(session(), product_ids, now()),
        product_ids,
    )


def _facts(product_ids: tuple[int, ...]) -> Hashable:
    return themes.shop_revision(), browse.stamps(session(), product_ids)


def _related(opened: Session, shown: Page, at: datetime) -> list[browse.Card]:
    return browse.cards(opened, browse.related(opened, shown), at)


def _context(shown: Page, sku: str | None, related: list[browse.Card]) -> dict[str, Any]:
    chosen = shown.chosen(sku)
    path = _path(shown)
    return {
        "page": shown,
        "chosen": chosen,
        "path": path,
        "department": path[0].id if path else None,
        "related": related,
        "least": format_quantity(shown.rule.minimum, shown.unit),
        "description_for_machines": description(shown, chosen),
        "address": _address(shown.slug),
        "typed": {},
        "problem": "",
    }


def _path(shown: Page) -> list[Category]:
    main = session().get(Category, shown.category_id) if shown.category_id else None
    return categories.path_of(session(), main) if main else []


def description(shown: Page, chosen: Choice) -> dict[str, Any]:
    """The article for search engines (schema.org Product in JSON-LD), with the gross price."""
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": _address(shown.slug),
        "priceCurrency": "EUR",
        "price": _decimal(chosen.price_cents),
        "availability": f"https://schema.org/{'OutOfStock' if chosen.is_sold_out else 'InStock'}",
        "itemCondition": "https://schema.org/NewCondition",
    }
    if shown.unit is not Unit.PIECE:
        offer["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "price": _decimal(chosen.price_cents),
            "priceCurrency": "EUR",
            "valueAddedTaxIncluded": True,
            "referenceQuantity": {
                "@type": "QuantitativeValue", "value": 1, "unitCode": "MTR" if shown.unit is Unit.LENGTH else "KGM",
            },
        }  # fmt: skip
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": shown.name,
        "sku": chosen.sku,
        "description": shown.summary or shown.name,
        "offers": offer,
    }
    if chosen.gtin:
        described["gtin"] = chosen.gtin
    if shown.photos:
        photo = shown.photos[0]
        described["image"] = f"{the_shop().settings.url}/media/{photo.hash}/{photo.largest}.jpg"
    if shown.maker:
        described["brand"] = {"@type": "Brand", "name": shown.maker.name}
    return described


def _address(slug: str) -> str:
    return f"{the_shop().settings.url}/artikel/{slug}"


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
