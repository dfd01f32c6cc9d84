"""what the law asks of goods."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('guaranteenotice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    for name in ('is_old_stock', 'is_electric', 'has_battery'):
        op.add_column('product', sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('product', sa.Column('weee_number', sa.String(length=40), nullable=False, server_default=''))
    op.add_column('product', sa.Column('guarantee_label', sa.String(length=80), nullable=False, server_default=''))
    op.add_column('product', sa.Column('guarantee_months', sa.Integer(), nullable=True))
    for name in (
        'guarantee_brand', 'guarantee_model', 'guarantee_terms', 'claim_evidence', 'claim_link', 'repair_info'
    ):
        op.add_column('product', sa.Column(name, sa.String(), nullable=False, server_default=''))
    for name in ('warnings', 'guarantee', 'guarantee_terms', 'guarantee_label'):
        op.add_column('orderline', sa.Column(name, sa.String(), nullable=False, server_default=''))
    op.add_column('order', sa.Column('guarantee_notice', sa.String(), nullable=False, server_default=''))
