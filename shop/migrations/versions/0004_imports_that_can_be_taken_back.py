"""imports that can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('columnmemory',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('wishes', sa.JSON(), nullable=False),
    sa.Column('is_trusted', sa.Boolean(), nullable=False),
    sa.Column('limit_percent', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('columnmemory', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_columnmemory_fingerprint'), ['fingerprint'], unique=True)

    op.create_table('fetchedpicture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address_digest', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('fetchedpicture', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fetchedpicture_address_digest'), ['address_digest'], unique=True)

    op.create_table('importrun',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('kept_as', sa.String(), nullable=False),
    sa.Column('folders', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('wishes', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('skips_refused', sa.Boolean(), nullable=False),
    sa.Column('articles_done', sa.Integer(), nullable=False),
    sa.Column('batches_done', sa.Integer(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('importrun', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_importrun_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_importrun_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_importrun_state'), ['state'], unique=False)

    op.create_table('importchange',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.Integer(), nullable=True),
    sa.Column('is_new', sa.Boolean(), nullable=False),
    sa.Column('old', sa.JSON(), nullable=False),
    sa.Column('new', sa.JSON(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['importrun.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('importchange', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_importchange_product_id'), ['product_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_importchange_run_id'), ['run_id'], unique=False)

    # In place: Alembic's batches rebuild a table and lose its CHECKs.
    op.add_column('product', sa.Column('updated_by', sa.String(), server_default='', nullable=False))
    op.add_column('profile', sa.Column('export_every', sa.String(), server_default='', nullable=False))
    op.add_column('profile', sa.Column('export_dialect', sa.String(), server_default='own', nullable=False))
