"""All tables in one place, so that migrations and tests know every one of them."""

# ruff: noqa: F401

import catalog.attributes
import catalog.categories
import catalog.fibres
import catalog.holds
import catalog.images
import catalog.kinds
import catalog.makers
import catalog.movements
import catalog.photo_inbox
import catalog.price_steps
import catalog.prices
import catalog.products
import catalog.remnants
import catalog.revisions
import catalog.rolls
import catalog.search.queue
import catalog.slugs
import catalog.stock_taking
import checkout.allowances
import checkout.bank.bookings
import checkout.bank.paying_back
import checkout.cart
import checkout.customers
import checkout.distance_sales
import checkout.fulfilment
import checkout.gift_vouchers
import checkout.orders
import checkout.outbox
import checkout.payments
import checkout.payments.comparing
import checkout.payments.disputing
import checkout.phone_orders
import checkout.pickup
import checkout.rates
import checkout.redeeming
import checkout.refunds
import checkout.returns
import checkout.samples
import checkout.shipping
import checkout.vouchers
import shop.accounts
import shop.pages
import shop.profile
import shop.throttle
