"""invoices that never change."""

import sqlalchemy as sa
from alembic import op

from catalog import append_only
from checkout import series

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('order', sa.Column('vat_category', sa.String(length=1), nullable=False, server_default=''))
    op.add_column('order', sa.Column('buyer_vat_id', sa.String(length=20), nullable=False, server_default=''))
    op.add_column('order', sa.Column('buyer_reference', sa.String(length=50), nullable=False, server_default=''))
    op.create_table('numberseries',
    sa.Column('prefix', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last >= 0', name='counts_from_one'),
    sa.PrimaryKeyConstraint('prefix', 'year')
    )
    op.create_table('invoice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('series', sa.String(length=20), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('refers_to_id', sa.Integer(), nullable=True),
    sa.Column('allowance_id', sa.Integer(), nullable=True),
    sa.Column('allowances_until', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('gross_cents', sa.Integer(), nullable=False),
    sa.Column('vat_cents', sa.Integer(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('keep_until', sa.Date(), nullable=False),
    sa.CheckConstraint("(kind = 'invoice') = (refers_to_id IS NULL)", name='refers_to_an_invoice'),
    sa.CheckConstraint("kind IN ('invoice', 'cancellation', 'correction')", name='known_kind'),
    sa.ForeignKeyConstraint(['allowance_id'], ['allowance.id'], ),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ),
    sa.ForeignKeyConstraint(['refers_to_id'], ['invoice.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('allowance_id'),
    sa.UniqueConstraint('number')
    )
    for column in ('issued_on', 'keep_until', 'kind', 'order_id', 'refers_to_id'):
        op.create_index(f'ix_invoice_{column}', 'invoice', [column], unique=False)
    op.create_table('invoicepaper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('invoice_id', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('file_name', sa.String(length=80), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('keep_until', sa.Date(), nullable=False),
    sa.CheckConstraint("form IN ('pdf', 'xml')", name='known_form'),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('file_name'),
    sa.UniqueConstraint('invoice_id', 'form')
    )
    op.create_index('ix_invoicepaper_invoice_id', 'invoicepaper', ['invoice_id'], unique=False)
    dialect = op.get_bind().dialect.name
    for guarded in ('invoice', 'invoicepaper'):
        for statement in append_only.statements(guarded, dialect):
            op.execute(statement)
    for statement in series.statements(dialect):
        op.execute(statement)
