"""money beside the order's state: refunds, allowances, vouchers, bank bookings, parcels in parts, letters in doubt.

Columns are added in place, not by Alembic's batches: those rebuild tables and lose their CHECKs (the one table
that is rebuilt here has none).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bankfile',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('covers_from', sa.Date(), nullable=True),
    sa.Column('covers_until', sa.Date(), nullable=True),
    sa.Column('bookings', sa.Integer(), nullable=False),
    sa.Column('fresh', sa.Integer(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('bankfile', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bankfile_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_bankfile_imported_at'), ['imported_at'], unique=False)

    op.create_table('comparison',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('compared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sessions', sa.Integer(), nullable=False),
    sa.Column('refunds', sa.Integer(), nullable=False),
    sa.Column('disputes', sa.Integer(), nullable=False),
    sa.Column('made_up', sa.JSON(), nullable=False),
    sa.Column('differences', sa.JSON(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('comparison', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comparison_compared_at'), ['compared_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_comparison_method'), ['method'], unique=False)

    op.create_table('destinationrate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('vat_class', sa.String(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('permille', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.CheckConstraint('permille BETWEEN 0 AND 400', name='a_rate'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('noticecursor',
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('seen_until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('method')
    )
    op.create_table('occurrence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('who', sa.String(length=64), nullable=False),
    sa.Column('about', sa.String(length=40), nullable=False),
    sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('occurrence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_occurrence_happened_at'), ['happened_at'], unique=False)
        batch_op.create_index('ix_occurrence_kind_who', ['kind', 'who', 'happened_at'], unique=False)

    op.create_table('pickupterms',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hours', sa.String(), nullable=False),
    sa.Column('land', sa.String(length=2), nullable=False),
    sa.Column('prepare_days', sa.Integer(), nullable=False),
    sa.Column('prepare_minutes', sa.Integer(), nullable=False),
    sa.Column('shelves', sa.String(), nullable=False),
    sa.Column('remind_days', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('saleselsewhere',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.CheckConstraint('cents >= 0', name='not_less_than_nothing'),
    sa.PrimaryKeyConstraint('year')
    )
    op.create_table('shippingmethod',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('carrier', sa.String(), nullable=False),
    sa.Column('packing_g', sa.Integer(), nullable=False),
    sa.Column('packing_mm', sa.Integer(), nullable=False),
    sa.Column('insured_cents', sa.Integer(), nullable=True),
    sa.Column('billing_number', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('memo', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('shippingsurcharge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('codes', sa.String(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=True),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('with_letters', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('specialdays',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('hours', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('specialdays', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_specialdays_last_day'), ['last_day'], unique=False)

    op.create_table('trustedbuyer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('limit_cents', sa.Integer(), nullable=False),
    sa.Column('days_to_pay', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.CheckConstraint('limit_cents >= 0 AND days_to_pay >= 0', name='sane_terms'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number')
    )
    with op.batch_alter_table('trustedbuyer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trustedbuyer_email'), ['email'], unique=False)

    op.create_table('voucher',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('least_cents', sa.Integer(), nullable=False),
    sa.Column('is_limited', sa.Boolean(), nullable=False),
    sa.Column('spares_reduced', sa.Boolean(), nullable=False),
    sa.Column('combines', sa.Boolean(), nullable=False),
    sa.Column('once_per_person', sa.Boolean(), nullable=False),
    sa.Column('new_customers_only', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('most_uses', sa.Integer(), nullable=True),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('blocked_by', sa.String(), nullable=False),
    sa.CheckConstraint('(percent BETWEEN 1 AND 100 AND cents = 0) OR (percent = 0 AND cents > 0)', name='one_worth'),
    sa.CheckConstraint('uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)', name='never_used_too_often'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    op.create_table('bankbooking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('twin_id', sa.Integer(), nullable=True),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=10), nullable=False),
    sa.Column('is_credit', sa.Boolean(), nullable=False),
    sa.Column('is_return', sa.Boolean(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('end_to_end', sa.String(), nullable=False),
    sa.Column('structured', sa.String(), nullable=False),
    sa.Column('bank_reference', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('iban', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('doubt', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.CheckConstraint('cents >= 0', name='no_negative_booking'),
    sa.ForeignKeyConstraint(['file_id'], ['bankfile.id'], ),
    sa.ForeignKeyConstraint(['twin_id'], ['bankbooking.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    with op.batch_alter_table('bankbooking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bankbooking_booked_on'), ['booked_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_bankbooking_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bankbooking_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_bankbooking_twin_id'), ['twin_id'], unique=False)

    op.create_table('cartgift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('for_whom', sa.String(), nullable=False),
    sa.CheckConstraint('cents > 0', name='worth_something'),
    sa.ForeignKeyConstraint(['cart_id'], ['cart.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('cartgift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cartgift_cart_id'), ['cart_id'], unique=False)

    op.create_table('phoneorder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['cart_id'], ['cart.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('cart_id')
    )
    op.create_table('allowance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('reduced_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('shipping_cents', sa.Integer(), nullable=False),
    sa.Column('vat', sa.JSON(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=True),
    sa.CheckConstraint('cents > 0 AND shipping_cents >= 0', name='takes_something_off'),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    with op.batch_alter_table('allowance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_allowance_order_id'), ['order_id'], unique=False)

    op.create_table('giftvoucher',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('balance_cents', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('for_whom', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('blocked_by', sa.String(), nullable=False),
    sa.CheckConstraint('cents > 0 AND balance_cents >= 0 AND balance_cents <= cents', name='in_bounds'),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    with op.batch_alter_table('giftvoucher', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_giftvoucher_issued_at'), ['issued_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_giftvoucher_order_id'), ['order_id'], unique=False)

    op.create_table('payeeaccount',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('iban', sa.String(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('order_id')
    )
    op.create_table('pickupready',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('shelf', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('pickupready', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pickupready_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pickupready_ready_at'), ['ready_at'], unique=False)

    op.create_table('vouchergoods',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('voucher_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(category_id IS NULL) <> (product_id IS NULL)', name='one_kind_of_goods'),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('vouchergoods', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vouchergoods_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_vouchergoods_product_id'), ['product_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_vouchergoods_voucher_id'), ['voucher_id'], unique=False)

    op.create_table('voucheruse',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('voucher_id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('once', sa.String(), nullable=True),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_back_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once')
    )
    with op.batch_alter_table('voucheruse', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voucheruse_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucheruse_person'), ['person'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucheruse_voucher_id'), ['voucher_id'], unique=False)

    op.create_table('cartcode',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('voucher_id', sa.Integer(), nullable=True),
    sa.Column('gift_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(voucher_id IS NULL) <> (gift_id IS NULL)', name='one_kind_of_code'),
    sa.ForeignKeyConstraint(['cart_id'], ['cart.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['gift_id'], ['giftvoucher.id'], ),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('cart_id', 'gift_id'),
    sa.UniqueConstraint('cart_id', 'voucher_id')
    )
    with op.batch_alter_table('cartcode', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cartcode_cart_id'), ['cart_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cartcode_gift_id'), ['gift_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cartcode_voucher_id'), ['voucher_id'], unique=False)

    op.create_table('dispute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('provider_ref', sa.String(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('provider_ref')
    )
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dispute_payment_id'), ['payment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dispute_state'), ['state'], unique=False)

    op.create_table('giftmovement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('gift_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint('cents <> 0', name='something_moved'),
    sa.ForeignKeyConstraint(['gift_id'], ['giftvoucher.id'], ),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('giftmovement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_giftmovement_gift_id'), ['gift_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_giftmovement_order_id'), ['order_id'], unique=False)

    op.create_table('ordergift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('for_whom', sa.String(), nullable=False),
    sa.Column('gift_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('cents > 0', name='worth_something'),
    sa.ForeignKeyConstraint(['gift_id'], ['giftvoucher.id'], ),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('gift_id')
    )
    with op.batch_alter_table('ordergift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ordergift_order_id'), ['order_id'], unique=False)

    op.create_table('refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=80), nullable=False),
    sa.Column('provider_ref', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.CheckConstraint('cents > 0', name='some_money_back'),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('idempotency_key'),
    sa.UniqueConstraint('provider_ref')
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_payment_id'), ['payment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_state'), ['state'], unique=False)

    op.create_table('return',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('withdrawal_id', sa.Integer(), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('deduction_cents', sa.Integer(), nullable=False),
    sa.Column('deduction_reason', sa.String(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['withdrawal_id'], ['withdrawal.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('return', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_return_key'), ['key'], unique=True)
        batch_op.create_index(batch_op.f('ix_return_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_withdrawal_id'), ['withdrawal_id'], unique=False)

    op.create_table('amendment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('amended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('goods', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['order_line_id'], ['orderline.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('amendment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_amendment_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_amendment_order_line_id'), ['order_line_id'], unique=False)

    op.create_table('inquiry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('happened', sa.String(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('roll_id', sa.Integer(), nullable=True),
    sa.Column('missing', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['order_line_id'], ['orderline.id'], ),
    sa.ForeignKeyConstraint(['roll_id'], ['roll.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token')
    )
    with op.batch_alter_table('inquiry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inquiry_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inquiry_order_line_id'), ['order_line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inquiry_outcome'), ['outcome'], unique=False)

    op.create_table('returnline',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('return_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['order_line_id'], ['orderline.id'], ),
    sa.ForeignKeyConstraint(['return_id'], ['return.id'], ),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('returnline', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_returnline_order_line_id'), ['order_line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_returnline_return_id'), ['return_id'], unique=False)

    op.create_table('shipmentline',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shipment_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['order_line_id'], ['orderline.id'], ),
    sa.ForeignKeyConstraint(['shipment_id'], ['shipment.id'], ),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('shipmentline', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shipmentline_order_line_id'), ['order_line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shipmentline_shipment_id'), ['shipment_id'], unique=False)

    with op.batch_alter_table('signinfailure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_signinfailure_failed_at'))
        batch_op.drop_index(batch_op.f('ix_signinfailure_subject'))

    op.drop_table('signinfailure')
    op.add_column('checkoutdetails', sa.Column('customer_number', sa.String(), nullable=False, server_default=''))
    op.add_column('checkoutdetails', sa.Column('order_id', sa.Integer(), sa.ForeignKey('order.id'), nullable=True), inline_references=True)
    op.add_column('checkoutdetails', sa.Column('browser', sa.String(length=64), nullable=False, server_default=''))
    op.add_column('letter', sa.Column('handing_over_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('letter', sa.Column('decision', sa.String(), nullable=False, server_default=''))
    op.add_column('order', sa.Column('ready_from', sa.DateTime(timezone=True), nullable=True))
    op.add_column('order', sa.Column('pay_by', sa.Date(), nullable=True))
    op.add_column('order', sa.Column('buyer_id', sa.Integer(), sa.ForeignKey('trustedbuyer.id'), nullable=True), inline_references=True)
    op.add_column('order', sa.Column('days_to_pay', sa.Integer(), nullable=True))
    op.add_column('order', sa.Column('discount_cents', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('order', sa.Column('gift_cents', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('order', sa.Column('vat_country', sa.String(length=2), nullable=False, server_default='DE'))
    op.add_column('order', sa.Column('reduced_cents', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('order', sa.Column('refunded_cents', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('order', sa.Column('disputed_cents', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('order', sa.Column('kept_cents', sa.Integer(), nullable=False, server_default='0'))
    op.create_index('ix_order_buyer_id', 'order', ['buyer_id'], unique=False)
    op.add_column('orderline', sa.Column('discount_cents', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('paymentattempt', sa.Column('is_live', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('profile', sa.Column('taxes_abroad', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('profile', sa.Column('transfer_remind_after', sa.Integer(), nullable=False, server_default='2'))
    op.add_column('profile', sa.Column('transfer_expire_after', sa.Integer(), nullable=False, server_default='7'))
    op.add_column('profile', sa.Column('sells_gifts', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('profile', sa.Column('gift_least_cents', sa.Integer(), nullable=False, server_default='1000'))
    op.add_column('profile', sa.Column('gift_most_cents', sa.Integer(), nullable=False, server_default='25000'))
    op.add_column('shipment', sa.Column('is_pickup', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('shipment', sa.Column('key', sa.String(length=64), nullable=True))
    op.create_index('ix_shipment_key', 'shipment', ['key'], unique=True)
    op.add_column('stripeevent', sa.Column('was_fetched', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index('ix_stripeevent_received_at', 'stripeevent', ['received_at'], unique=False)
    op.add_column('variant', sa.Column('thickness_mm', sa.Integer(), nullable=True))
    op.add_column('variant', sa.Column('per_layer', sa.Integer(), nullable=False, server_default='1'))

    _let_rates_hold_several_countries()
    _keep_the_day_to_pay_by()
    _tell_test_attempts_apart()
    _know_the_opening_hours()
    _let_letters_tell_of_parcels()
    _count_as_given_back_what_was_settled()


def _let_rates_hold_several_countries() -> None:
    with op.batch_alter_table('shippingrate') as rates:
        rates.alter_column('country', existing_type=sa.String(length=2), type_=sa.String(length=120))
        rates.add_column(sa.Column('max_thickness_mm', sa.Integer(), nullable=True))
        rates.add_column(sa.Column('min_goods_cents', sa.Integer(), nullable=True))
        rates.add_column(sa.Column('max_goods_cents', sa.Integer(), nullable=True))


def _keep_the_day_to_pay_by() -> None:
    """So far goods waited four days longer than the buyer of a transfer was told; now the day itself is kept."""
    orders = sa.table('order', sa.column('id'), sa.column('payment'), sa.column('pay_by', sa.Date()),
                      sa.column('reserved_until', sa.DateTime(timezone=True)))  # fmt: skip
    waiting = sa.select(orders.c.id, orders.c.reserved_until).where(
        orders.c.payment == 'transfer', orders.c.reserved_until.is_not(None)
    )
    for order_id, until in op.get_bind().execute(waiting).all():
        at = until if until.tzinfo else until.replace(tzinfo=UTC)
        day = (at - timedelta(days=4)).astimezone(ZoneInfo('Europe/Berlin')).date()
        op.get_bind().execute(orders.update().where(orders.c.id == order_id).values(pay_by=day))


def _tell_test_attempts_apart() -> None:
    """Stripe's ids say which mode a page was opened in."""
    op.execute("UPDATE paymentattempt SET is_live = false WHERE session_id LIKE 'cs_test%'")


def _know_the_opening_hours() -> None:
    """What the profile shows is what promises are reckoned from."""
    op.execute(
        "INSERT INTO pickupterms (id, hours, land, prepare_days, prepare_minutes, shelves, remind_days) "
        "SELECT 1, opening_hours, '', 0, 120, '', 7 FROM profile"
    )


def _let_letters_tell_of_parcels() -> None:
    """So far an order had one parcel and one letter about it; now each parcel has its own."""
    parcel = (
        "(SELECT MIN(shipment.id) FROM shipment "
        "WHERE 'order:' || CAST(shipment.order_id AS VARCHAR) = letter.reason)"
    )
    op.execute(
        f"UPDATE letter SET reason = 'shipment:' || CAST({parcel} AS VARCHAR) "
        f"WHERE kind = 'shipped' AND sent_at IS NULL AND {parcel} IS NOT NULL"
    )


def _count_as_given_back_what_was_settled() -> None:
    """What was paid too much, or for orders that ended, and calls for nobody's attention any more, went back by hand.

    So far nobody wrote that down. Each such sum becomes a refund of the order's payments, the newest first.
    """
    bind, now = op.get_bind(), datetime.now(UTC)
    owed = "CASE WHEN state IN ('cancelled', 'expired') THEN 0 ELSE total_cents END"
    settled = bind.execute(sa.text(
        f'SELECT id, paid_cents - {owed} FROM "order" WHERE attention = \'\' AND paid_cents > {owed}'
    )).all()
    refunds = sa.table('refund', *(sa.column(name) for name in (
        'order_id', 'payment_id', 'method', 'cents', 'state', 'idempotency_key', 'reason', 'author', 'last_error')),
        sa.column('created_at', sa.DateTime(timezone=True)), sa.column('settled_at', sa.DateTime(timezone=True)))
    for order_id, cents in settled:
        payments = bind.execute(sa.text(
            'SELECT id, method, cents FROM payment WHERE order_id = :order ORDER BY id DESC'), {'order': order_id}).all()
        given = 0
        for payment_id, method, paid in payments:
            part = min(paid, cents - given)
            if part > 0:
                given += part
                bind.execute(refunds.insert().values(
                    order_id=order_id, payment_id=payment_id, method=method, cents=part, state='done',
                    idempotency_key=f'before-{payment_id}', reason='von Hand zurückgezahlt', author='Laden',
                    last_error='', created_at=now, settled_at=now))
        bind.execute(sa.text('UPDATE "order" SET refunded_cents = :given WHERE id = :order'),
                     {'given': given, 'order': order_id})

