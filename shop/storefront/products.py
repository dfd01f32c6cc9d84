"""An article's page: pictures, variants, price, and the form that puts it into the cart."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog import article, browse, categories, redirects
from catalog.article import Page
from catalog.browse import Card
from catalog.categories import Category
from catalog.choices import Choice
from catalog.units import PRICE_UNIT_NAME, Unit
from shop import themes
from shop.context import now, session, the_shop
from shop.storefront import moved, pagecache
from shop.storefront.pagecache import KeptPage

blueprint = Blueprint("products", __name__)

_TEMPLATE = "pages/product.html"
_CHOICE = "pages/choice.html"
_UNIT_CODES = {Unit.LENGTH: "MTR", Unit.WEIGHT: "KGM", Unit.AREA: "MTK", Unit.VOLUME: "LTR"}  # UN/CEFACT
_CODES_BY_NAME = {PRICE_UNIT_NAME[unit]: code for unit, code in _UNIT_CODES.items()}


@blueprint.get("/artikel/<slug>")
def show(slug: str) -> Response:
    """An article, with the variant of `?v=` chosen; the form sends `variante=` where no script does."""
    if "variante" in request.args:
        return redirect(url_for("products.show", slug=slug, v=request.args["variante"]), 303)
    return _kept(_TEMPLATE, slug, request.args.get("v"))


@blueprint.get("/artikel/<slug>/auswahl")
def choice(slug: str) -> Response:
    """What of an article's page changes with the variant of `?v=`: pictures, price, stock, limits."""
    answer = _kept(_CHOICE, slug, request.args.get("v"))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def page(slug: str, problem: str, typed: Mapping[str, str]) -> str:
    """The article's page once more, with what was typed and the sentence that says why it cannot be."""
    context = _context(slug, typed.get("variante"))
    return themes.render(_TEMPLATE, **(context | {"problem": problem, "typed": typed}))


def _kept(template: str, slug: str, sku: str | None) -> Response:
    key = (template, slug, sku)
    kept = pagecache.pages().get(key)
    if kept is None or not kept.is_made_of(article.stamps(session(), kept.product_ids), now()):
        kept = _rendered(template, slug, sku)
        pagecache.pages().put(key, kept)
    return pagecache.answer(kept)


def _rendered(template: str, slug: str, sku: str | None) -> KeptPage:
    context = _context(slug, sku, with_related=template == _TEMPLATE)
    shown: Page = context["page"]
    product_ids = (
        shown.product_id,
        *(card.product_id for card in context["related"]),
        *((shown.remnant.product_id,) if shown.remnant else ()),
    )
    return pagecache.rendered(template, context, article.stamps(session(), product_ids), product_ids)


def _context(slug: str, sku: str | None, *, with_related: bool = True) -> dict[str, Any]:
    shown = article.read(session(), slug, now())
    if shown is None:
        moved.on("artikel", redirects.product_at(session(), slug))
    path = _path(shown)
    chosen = shown.chosen(sku)
    return {
        "page": shown,
        "chosen": chosen,
        "path": path,
        "department": path[0].id if path else None,
        "related": _related(shown, path) if with_related else [],
        "description_for_machines": description(shown, chosen),
        "address": _address(shown.slug),
        "typed": {},
        "problem": "",
    }


def _path(shown: Page) -> list[Category]:
    main = session().get(Category, shown.category_id) if shown.category_id else None
    return categories.path_of(session(), main) if main else []


def _related(shown: Page, path: list[Category]) -> list[Card]:
    if not path or path[0].id is None:
        return []
    department = categories.ids_below(session(), path[0].id)
    return browse.cards(session(), article.related(session(), shown, department), now())


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
    owner = themes.frame()[0]
    if owner.delivery_countries.split():
        offer["shippingDetails"] = _shipping(owner.delivery_countries.split())
    offer["priceSpecification"] = _unit_price(shown, chosen) or _price(chosen)
    if not owner.is_small_business:
        offer["priceSpecification"]["valueAddedTaxIncluded"] = True
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


def _unit_price(shown: Page, chosen: Choice) -> dict[str, Any]:
    """What a metre (kilogram, m², litre, 100 m) costs, as it stands beside the price; {} where none does."""
    if shown.unit is not Unit.PIECE:
        cents, value, code = chosen.price_cents, 1, _UNIT_CODES[shown.unit]
    elif chosen.offer.base:
        number, _, name = chosen.offer.base.per.partition("\u00a0")
        cents, value, code = chosen.offer.base.cents, int(number.replace(".", "")), _CODES_BY_NAME[name]
    else:
        return {}
    return {
        "@type": "UnitPriceSpecification",
        "price": _decimal(cents),
        "priceCurrency": "EUR",
        "referenceQuantity": {"@type": "QuantitativeValue", "value": value, "unitCode": code},
    }


def _price(chosen: Choice) -> dict[str, Any]:
    """The gross price itself, where it is its own measure; a specification is where machines look for the tax."""
    return {"@type": "PriceSpecification", "price": _decimal(chosen.price_cents), "priceCurrency": "EUR"}


def _shipping(countries: list[str]) -> dict[str, Any]:
    """That sending costs extra, where to, and the page that says how much (§ 6 Abs. 1 Nr. 2 PAngV)."""
    return {
        "@type": "OfferShippingDetails",
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": countries},
        "shippingSettingsLink": f"{the_shop().settings.url}/versand",
    }


def _address(slug: str) -> str:
    return f"{the_shop().settings.url}/artikel/{slug}"


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
