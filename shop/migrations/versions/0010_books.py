"""books that nobody can rewrite."""

import sqlalchemy as sa
from alembic import op

from catalog import append_only

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'journalentry',
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('author', sa.String(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('about', sa.String(length=40), nullable=False),
        sa.Column('row_id', sa.Integer(), nullable=True),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('previous', sa.String(length=64), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.Column('keep_until', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('number'),
    )
    op.create_index(op.f('ix_journalentry_recorded_at'), 'journalentry', ['recorded_at'])
    op.create_table(
        'journalhead',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_table(
        'taxmodechange',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('is_small_business', sa.Boolean(), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('author', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(op.f('ix_taxmodechange_since'), 'taxmodechange', ['since'])
    op.create_table(
        'otherturnover',
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('cents', sa.Integer(), nullable=False),
        sa.CheckConstraint('cents >= 0', name='not_less_than_nothing'),
        sa.PrimaryKeyConstraint('year'),
    )
    op.create_table(
        'retentionhold',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('author', sa.String(), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_table(
        'bookterms',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('consultant', sa.Integer(), nullable=False),
        sa.Column('client', sa.Integer(), nullable=False),
        sa.Column('chart', sa.String(length=2), nullable=False),
        sa.Column('year_begins', sa.Integer(), nullable=False),
        sa.Column('accounts', sa.JSON(), nullable=False),
        sa.CheckConstraint('year_begins BETWEEN 1 AND 12', name='a_month'),
        sa.PrimaryKeyConstraint('id'),
    )
    for statement in append_only.statements('journalentry', op.get_bind().dialect.name):
        op.execute(statement)
