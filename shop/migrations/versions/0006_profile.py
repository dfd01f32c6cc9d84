"""what the law asks of the owner."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_TEXTS = {
    'profile': ('legal_form', 'representatives', 'register_court', 'register_number', 'supervisor', 'turnover',
                'lucid_number', 'dual_system', 'austrian_packaging'),
}


def upgrade() -> None:
    op.create_table('setupanswer',
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('draft', sa.JSON(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('step')
    )
    for table, columns in _TEXTS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=''))
    op.add_column('profile', sa.Column('delivers_in', sa.String(), nullable=False, server_default='one'))
    op.add_column('profile', sa.Column('staff', sa.Integer(), nullable=True))
    for column in ('is_in_liquidation', 'aims_at_austria'):
        op.add_column('profile', sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('stockmovement', sa.Column('supplier', sa.String(length=80), nullable=False, server_default=''))
    op.add_column('shippingmethod', sa.Column('plastic_g', sa.Integer(), nullable=False, server_default='0'))
    # These are legal texts from now on; a page of the owner's own by that address moves aside.
    op.execute("UPDATE pageversion SET slug = slug || '-2' WHERE slug IN ('gewaehrleistung', 'barrierefreiheit')")
