"""a shop that is open or not yet."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Shops that are there already are open.
    op.add_column('profile', sa.Column('is_open', sa.Boolean(), nullable=False, server_default=sa.true()))
