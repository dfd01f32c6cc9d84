"""businesses as buyers, other countries."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('order', sa.Column('business_declared_at', sa.DateTime(timezone=True), nullable=True))
    for name in ('business', 'buyer_vat_id', 'buyer_reference'):
        op.add_column('checkoutdetails', sa.Column(name, sa.String(), nullable=False, server_default=''))
    op.create_table('taxproof',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('proven_on', sa.Date(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_taxproof_order_id'), 'taxproof', ['order_id'], unique=False)
