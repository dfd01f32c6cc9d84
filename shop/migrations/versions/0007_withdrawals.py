"""withdrawals with their way back."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('product', sa.Column('withdrawal', sa.String(), nullable=False, server_default='normal'))
    op.add_column('product', sa.Column('withdrawal_reason', sa.String(), nullable=False, server_default=''))
    op.add_column('orderline', sa.Column('withdrawal', sa.String(), nullable=False, server_default='normal'))
    op.add_column('orderline', sa.Column('withdrawal_note', sa.String(), nullable=False, server_default=''))
    op.add_column('order', sa.Column('cheapest_shipping_cents', sa.Integer(), nullable=True))

    op.add_column('shipment', sa.Column('delivered_on', sa.Date(), nullable=True))
    op.add_column('shipment', sa.Column('delivered_by', sa.String(), nullable=False, server_default=''))

    op.add_column('returnline', sa.Column('repaid', sa.Integer(), nullable=False, server_default='0'))

    op.add_column('withdrawal', sa.Column('fingerprint', sa.String(length=64), nullable=True))
    op.create_index(op.f('ix_withdrawal_fingerprint'), 'withdrawal', ['fingerprint'], unique=True)
    op.add_column('withdrawal', sa.Column('ticked', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('withdrawal', sa.Column('looked_up_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('withdrawal', sa.Column('proof_on', sa.Date(), nullable=True))
    op.add_column('withdrawal', sa.Column('outcome', sa.String(), nullable=False, server_default=''))
    op.execute('UPDATE withdrawal SET looked_up_at = received_at')
    op.execute(
        "UPDATE withdrawal SET outcome = 'settled' "
        "WHERE id IN (SELECT withdrawal_id FROM \"return\" WHERE withdrawal_id IS NOT NULL) "
        "OR order_id IN (SELECT id FROM \"order\" WHERE state IN ('CANCELLED', 'EXPIRED', 'cancelled', 'expired'))"
    )

    op.create_table('withdrawalevent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('withdrawal_id', sa.Integer(), nullable=False),
    sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['withdrawal_id'], ['withdrawal.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_withdrawalevent_withdrawal_id'), 'withdrawalevent', ['withdrawal_id'], unique=False)

    op.create_table('withdrawalrefund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('withdrawal_id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('pieces', sa.JSON(), nullable=False),
    sa.Column('unsent', sa.JSON(), nullable=False),
    sa.Column('goods_cents', sa.Integer(), nullable=False),
    sa.Column('shipping_cents', sa.Integer(), nullable=False),
    sa.Column('deduction_cents', sa.Integer(), nullable=False),
    sa.Column('deduction_reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['withdrawal_id'], ['withdrawal.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('withdrawal_id')
    )
    op.create_index(op.f('ix_withdrawalrefund_order_id'), 'withdrawalrefund', ['order_id'], unique=False)
