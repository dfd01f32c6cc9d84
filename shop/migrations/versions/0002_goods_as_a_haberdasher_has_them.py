"""goods as a haberdasher has them: rolls, lots, remnants, samples, price steps, kinds, stock-taking.

Columns are added in place, not by Alembic's batches: those rebuild tables and lose their CHECKs.
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('goodskind',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('is_textile', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key'),
    sa.UniqueConstraint('label')
    )
    op.create_table('stocktaking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('oldslug',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=90), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], ),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('oldslug', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_oldslug_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_oldslug_product_id'), ['product_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_oldslug_slug'), ['slug'], unique=False)

    op.create_table('incomingphoto',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('file', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('problem', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('colour', sa.String(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('variant_id', sa.Integer(), nullable=True),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('incomingphoto', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incomingphoto_batch'), ['batch'], unique=False)
        batch_op.create_index(batch_op.f('ix_incomingphoto_product_id'), ['product_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incomingphoto_state'), ['state'], unique=False)

    op.create_table('pricestep',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=False),
    sa.Column('from_quantity', sa.Integer(), nullable=False),
    sa.Column('price_cents', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('author', sa.String(), nullable=False),
    sa.CheckConstraint('price_cents >= 0 AND from_quantity > 0'),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('pricestep', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pricestep_variant_id'), ['variant_id'], unique=False)

    op.create_table('roll',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=False),
    sa.Column('lot', sa.String(length=40), nullable=False),
    sa.Column('place', sa.String(length=40), nullable=False),
    sa.Column('on_hand', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_kept', sa.Boolean(), nullable=False),
    sa.CheckConstraint('held >= 0 AND on_hand >= held', name='roll_never_oversold'),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('roll', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roll_variant_id'), ['variant_id'], unique=False)

    op.create_table('remnant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('roll_id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ),
    sa.ForeignKeyConstraint(['roll_id'], ['roll.id'], ),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('roll_id')
    )
    with op.batch_alter_table('remnant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_remnant_product_id'), ['product_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_remnant_variant_id'), ['variant_id'], unique=False)

    op.create_table('samplecredit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sample_line_id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['sample_line_id'], ['orderline.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('sample_line_id')
    )
    with op.batch_alter_table('samplecredit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_samplecredit_order_id'), ['order_id'], unique=False)

    op.create_table('stockcount',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('taking_id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=False),
    sa.Column('roll_id', sa.Integer(), nullable=True),
    sa.Column('counted', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('price_cents', sa.Integer(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['roll_id'], ['roll.id'], ),
    sa.ForeignKeyConstraint(['taking_id'], ['stocktaking.id'], ),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('stockcount', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stockcount_taking_id'), ['taking_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stockcount_variant_id'), ['variant_id'], unique=False)

    op.add_column('attributetype', sa.Column('choices', sa.String(), nullable=False, server_default=''))
    op.add_column('attributetype', sa.Column('is_filter', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute("UPDATE attributetype SET is_filter = false WHERE key IN ('care', 'gauge')")
    op.add_column('attributevalue', sa.Column('most', sa.Integer(), nullable=True))
    _write_needles_finer()
    op.add_column('checkoutdetails', sa.Column('sample_order', sa.String(), nullable=False, server_default=''))
    op.add_column('orderline', sa.Column('is_sample', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('orderline', sa.Column('credit_cents', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('orderline', sa.Column('notice', sa.String(), nullable=False, server_default=''))
    op.add_column('picture', sa.Column('focus_x', sa.Integer(), nullable=False, server_default='50'))
    op.add_column('picture', sa.Column('focus_y', sa.Integer(), nullable=False, server_default='50'))
    op.add_column('picture', sa.Column('colour', sa.String(), nullable=False, server_default=''))
    op.add_column('product', sa.Column('maximum', sa.Integer(), nullable=True))
    op.add_column('product', sa.Column('shown_per', sa.Integer(), nullable=True))
    op.add_column('product', sa.Column('remnant_below', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('product', sa.Column('offers_sample', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('product', sa.Column('needs_no_warnings', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('product', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('profile', sa.Column('sample_cents', sa.Integer(), nullable=False, server_default='50'))
    op.add_column('profile', sa.Column('sample_limit', sa.Integer(), nullable=False, server_default='5'))
    op.add_column('profile', sa.Column('sample_credit_days', sa.Integer(), nullable=False, server_default='42'))
    op.add_column('profile', sa.Column('offers_remnants', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('profile', sa.Column('remnant_percent', sa.Integer(), nullable=False, server_default='20'))
    op.add_column('profile', sa.Column('shows_square_metre', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('shippingrate', sa.Column('for_samples', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        'stockhold',
        sa.Column('roll_id', sa.Integer(), sa.ForeignKey('roll.id'), nullable=True),
        inline_references=True,
    )
    op.add_column('stockhold', sa.Column('pieces', sa.Integer(), nullable=False, server_default='1'))
    op.create_index('ix_stockhold_roll_id', 'stockhold', ['roll_id'], unique=False)
    op.add_column(
        'stockmovement',
        sa.Column('roll_id', sa.Integer(), sa.ForeignKey('roll.id'), nullable=True),
        inline_references=True,
    )
    op.create_index('ix_stockmovement_roll_id', 'stockmovement', ['roll_id'], unique=False)
    op.add_column('variant', sa.Column('longest', sa.Integer(), nullable=True))
    op.add_column('variant', sa.Column('minimum', sa.Integer(), nullable=True))
    op.add_column('variant', sa.Column('step', sa.Integer(), nullable=True))
    op.add_column('variant', sa.Column('maximum', sa.Integer(), nullable=True))
    op.add_column('variant', sa.Column('rrp_cents', sa.Integer(), nullable=True))
    op.add_column('variant', sa.Column('rrp_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('variant', sa.Column('reorder_at', sa.Integer(), nullable=True))
    op.add_column(
        'variant',
        sa.Column('cut_from_id', sa.Integer(), sa.ForeignKey('variant.id'), nullable=True),
        inline_references=True,
    )
    op.create_index('ix_variant_cut_from_id', 'variant', ['cut_from_id'], unique=False)
    op.create_table('onsale',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_onsale_product_id', 'onsale', ['product_id'], unique=False)
    op.execute(
        "INSERT INTO onsale (product_id, since) SELECT id, published_at FROM product WHERE published_at IS NOT NULL"
    )
    op.add_column('pricechange', sa.Column('begins_anew', sa.Boolean(), nullable=False, server_default=sa.false()))
    _tell_samples_apart()
    _hold_paid_goods_until_they_leave()
    _tell_held_pieces_apart()
    _lay_cut_goods_on_rolls()


def _tell_samples_apart() -> None:
    """A cart may hold a sample and a cut of the same fabric: a column more in the unique key."""
    if op.get_bind().dialect.name == "postgresql":
        op.add_column('cartline', sa.Column('is_sample', sa.Boolean(), nullable=False, server_default=sa.false()))
        op.execute("ALTER TABLE cartline DROP CONSTRAINT cartline_cart_id_variant_id_quantity_key")
        op.create_unique_constraint(None, 'cartline', ['cart_id', 'variant_id', 'quantity', 'is_sample'])
        return
    op.rename_table('cartline', 'cartline_before')
    op.drop_index('ix_cartline_cart_id', 'cartline_before')
    op.create_table('cartline',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), nullable=False),
    sa.CheckConstraint('pieces > 0 AND quantity > 0', name='something_in_it'),
    sa.ForeignKeyConstraint(['cart_id'], ['cart.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('cart_id', 'variant_id', 'quantity', 'is_sample')
    )
    op.create_index('ix_cartline_cart_id', 'cartline', ['cart_id'], unique=False)
    op.execute(
        "INSERT INTO cartline (id, cart_id, variant_id, pieces, quantity, is_sample) "
        "SELECT id, cart_id, variant_id, pieces, quantity, 0 FROM cartline_before"
    )
    op.drop_table('cartline_before')


def _write_needles_finer() -> None:
    """There are needles of 2,25 mm: two decimals instead of one."""
    one_decimal = "(SELECT id FROM attributetype WHERE key = 'needle_size' AND decimals = 1)"
    op.execute(f"UPDATE attributevalue SET number = number * 10 WHERE type_id IN {one_decimal}")
    op.execute("UPDATE attributetype SET decimals = 2 WHERE key = 'needle_size' AND decimals = 1")


def _hold_paid_goods_until_they_leave() -> None:
    """So far goods were gone as soon as they were paid; now they lie in the store, promised, until they leave."""
    taken = "outcome = 'taken' AND holder IN (SELECT number FROM \"order\" WHERE state = 'paid')"
    of_variant = f"(SELECT SUM(quantity) FROM stockhold WHERE stockhold.variant_id = variant.id AND {taken})"
    op.execute(
        "INSERT INTO stockmovement (variant_id, change, why, moved_at, author, note) "
        "SELECT variant_id, quantity, 'returned', CURRENT_TIMESTAMP, 'Laden', "
        f"'bezahlt, liegt bis zum Versand im Laden: ' || holder FROM stockhold WHERE {taken}"
    )
    op.execute(
        f"UPDATE variant SET on_hand = on_hand + {of_variant}, held = held + {of_variant} "
        f"WHERE id IN (SELECT variant_id FROM stockhold WHERE {taken})"
    )
    op.execute(f"UPDATE stockhold SET ended_at = NULL, outcome = '' WHERE {taken}")


def _tell_held_pieces_apart() -> None:
    """So far an order held one sum of each variant; now it holds the pieces that its lines name."""
    pieces = (
        "FROM stockhold JOIN \"order\" ON \"order\".number = stockhold.holder "
        "JOIN orderline ON orderline.order_id = \"order\".id AND orderline.variant_id = stockhold.variant_id "
    )
    op.execute(
        "UPDATE stockhold SET outcome = 'told apart' WHERE ended_at IS NULL AND id IN (SELECT stockhold.id "
        f"{pieces} GROUP BY stockhold.id, stockhold.quantity "
        "HAVING SUM(orderline.pieces * orderline.quantity) = stockhold.quantity)"
    )
    op.execute(
        "INSERT INTO stockhold (variant_id, holder, pieces, quantity, created_at, outcome) "
        "SELECT stockhold.variant_id, stockhold.holder, SUM(orderline.pieces), orderline.quantity, "
        f"stockhold.created_at, '' {pieces} WHERE stockhold.outcome = 'told apart' "
        "GROUP BY stockhold.id, stockhold.variant_id, stockhold.holder, orderline.quantity, stockhold.created_at"
    )
    op.execute("DELETE FROM stockhold WHERE outcome = 'told apart'")


def _lay_cut_goods_on_rolls() -> None:
    """So far a variant's stock counted as one roll: now it lies on one, with all that was ever moved."""
    op.execute(
        "INSERT INTO roll (variant_id, lot, place, on_hand, held, received_at, is_kept) "
        "SELECT variant.id, '', '', variant.on_hand, variant.held, CURRENT_TIMESTAMP, false "
        "FROM variant JOIN product ON product.id = variant.product_id "
        "WHERE product.unit = 'length' AND variant.counts_stock AND variant.on_hand > 0"
    )
    op.execute(
        "UPDATE variant SET longest = on_hand - held WHERE counts_stock AND product_id IN "
        "(SELECT id FROM product WHERE unit = 'length')"
    )
    for table, which in (("stockhold", "ended_at IS NULL"), ("stockmovement", "roll_id IS NULL")):
        op.execute(
            f"UPDATE {table} SET roll_id = (SELECT id FROM roll WHERE roll.variant_id = {table}.variant_id) "
            f"WHERE {which}"
        )
