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
    for statement in append_only.statements('journalentry', op.get_bind().dialect.name):
        op.execute(statement)
