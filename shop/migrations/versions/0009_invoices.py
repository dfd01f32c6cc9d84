"""invoices that never change."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('order', sa.Column('vat_category', sa.String(length=1), nullable=False, server_default=''))
    op.add_column('order', sa.Column('buyer_vat_id', sa.String(length=20), nullable=False, server_default=''))
    op.add_column('order', sa.Column('buyer_reference', sa.String(length=50), nullable=False, server_default=''))
