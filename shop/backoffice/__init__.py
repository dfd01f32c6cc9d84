"""The owner's room: one blueprint whose door is closed to strangers, with a page per job."""

from flask import Blueprint

from catalog.refusals import Refusal
from shop.backoffice import (
    categories,
    contact,
    cutting,
    drafts,
    eu_sales,
    facts,
    guard,
    handbook,
    imports,
    kinds,
    makers,
    new_product,
    online_payment,
    opening,
    orders,
    outbox,
    pages,
    phone_orders,
    photos,
    pickups,
    pictures,
    products,
    profile,
    remnants,
    reorder,
    shades,
    sheets,
    shipping,
    shipping_methods,
    sign_in,
    start,
    stock,
    stock_taking,
    store_sale,
    surcharges,
    variants,
    withdrawals,
)

ROOMS = (
    sign_in,
    start,
    new_product,
    drafts,
    products,
    variants,
    shades,
    photos,
    pictures,
    makers,
    categories,
    kinds,
    facts,
    imports,
    stock,
    stock_taking,
    store_sale,
    reorder,
    remnants,
    cutting,
    orders,
    phone_orders,
    pickups,
    sheets,
    outbox,
    contact,
    withdrawals,
    profile,
    opening,
    online_payment,
    eu_sales,
    shipping,
    shipping_methods,
    surcharges,
    pages,
    handbook,
)

blueprint = Blueprint(
    "backoffice",
    __name__,
    url_prefix="/backoffice",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
blueprint.before_request(guard.let_in_only_the_signed_in)
blueprint.after_request(guard.keep_out_of_caches)
blueprint.context_processor(guard.on_every_page)
blueprint.register_error_handler(Refusal, guard.refused)
for room in ROOMS:
    blueprint.register_blueprint(room.blueprint)
