"""All tables in one place, so that migrations and tests know every one of them."""

# ruff: noqa: F401

import catalog.attributes
import catalog.categories
import catalog.fibres
import catalog.images
import catalog.makers
import catalog.prices
import catalog.products
import catalog.revisions
import catalog.search.queue
import catalog.stock
import checkout.cart
import checkout.customers
import checkout.fulfilment
import checkout.orders
import checkout.outbox
import checkout.payments
import checkout.returns
import checkout.shipping
import shop.accounts
import shop.pages
import shop.profile
