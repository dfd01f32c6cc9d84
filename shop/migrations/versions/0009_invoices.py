"""invoices that never change."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_ON_SQLITE = (
    "CREATE TRIGGER invoice_never_changes BEFORE UPDATE ON invoice BEGIN SELECT RAISE(ABORT, "
    "'unchangeable: an invoice'); END",
    "CREATE TRIGGER invoice_is_kept BEFORE DELETE ON invoice WHEN OLD.keep_until >= date('now') BEGIN "
    "SELECT RAISE(ABORT, 'unchangeable: kept by law'); END",
    "CREATE TRIGGER invoice_is_not_replaced BEFORE INSERT ON invoice WHEN EXISTS (SELECT 1 FROM invoice "
    "WHERE id = NEW.id OR number = NEW.number OR allowance_id = NEW.allowance_id) BEGIN SELECT "
    "RAISE(ABORT, 'unchangeable: an invoice'); END",
    "CREATE TRIGGER invoicepaper_never_changes BEFORE UPDATE ON invoicepaper BEGIN SELECT RAISE(ABORT, "
    "'unchangeable: a paper'); END",
    "CREATE TRIGGER invoicepaper_is_kept BEFORE DELETE ON invoicepaper WHEN EXISTS (SELECT 1 FROM "
    "invoice WHERE id = OLD.invoice_id AND keep_until >= date('now')) BEGIN SELECT RAISE(ABORT, "
    "'unchangeable: kept by law'); END",
    "CREATE TRIGGER invoicepaper_is_not_replaced BEFORE INSERT ON invoicepaper WHEN EXISTS (SELECT 1 "
    "FROM invoicepaper WHERE id = NEW.id OR file_name = NEW.file_name OR (invoice_id = NEW.invoice_id "
    "AND form = NEW.form)) BEGIN SELECT RAISE(ABORT, 'unchangeable: a paper'); END",
    "CREATE TRIGGER numberseries_counts_on BEFORE UPDATE ON numberseries WHEN NEW.last <> OLD.last + 1 "
    "OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year BEGIN SELECT RAISE(ABORT, 'unchangeable: "
    "numbers go on'); END",
    "CREATE TRIGGER numberseries_is_kept BEFORE DELETE ON numberseries BEGIN SELECT RAISE(ABORT, "
    "'unchangeable: numbers go on'); END",
    "CREATE TRIGGER numberseries_begins_once BEFORE INSERT ON numberseries WHEN NEW.last <> 0 OR EXISTS "
    "(SELECT 1 FROM numberseries WHERE prefix = NEW.prefix AND year = NEW.year) BEGIN SELECT "
    "RAISE(ABORT, 'unchangeable: numbers go on'); END",
)
_ON_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION invoice_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'unchangeable: an invoice'; END $$",
    "CREATE TRIGGER invoice_never_changes BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION "
    "invoice_never_changes()",
    "CREATE OR REPLACE FUNCTION invoice_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
    "OLD.keep_until >= CURRENT_DATE THEN RAISE EXCEPTION 'unchangeable: kept by law'; END IF; RETURN "
    "OLD; END $$",
    "CREATE TRIGGER invoice_is_kept BEFORE DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION "
    "invoice_is_kept()",
    "CREATE OR REPLACE FUNCTION invoice_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'unchangeable: kept by law'; END $$",
    "CREATE TRIGGER invoice_is_not_emptied BEFORE TRUNCATE ON invoice FOR EACH STATEMENT EXECUTE "
    "FUNCTION invoice_is_not_emptied()",
    "CREATE OR REPLACE FUNCTION invoicepaper_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'unchangeable: a paper'; END $$",
    "CREATE TRIGGER invoicepaper_never_changes BEFORE UPDATE ON invoicepaper FOR EACH ROW EXECUTE "
    "FUNCTION invoicepaper_never_changes()",
    "CREATE OR REPLACE FUNCTION invoicepaper_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
    "EXISTS (SELECT 1 FROM invoice WHERE id = OLD.invoice_id AND keep_until >= CURRENT_DATE) THEN RAISE "
    "EXCEPTION 'unchangeable: kept by law'; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER invoicepaper_is_kept BEFORE DELETE ON invoicepaper FOR EACH ROW EXECUTE FUNCTION "
    "invoicepaper_is_kept()",
    "CREATE OR REPLACE FUNCTION invoicepaper_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'unchangeable: kept by law'; END $$",
    "CREATE TRIGGER invoicepaper_is_not_emptied BEFORE TRUNCATE ON invoicepaper FOR EACH STATEMENT "
    "EXECUTE FUNCTION invoicepaper_is_not_emptied()",
    "CREATE OR REPLACE FUNCTION numberseries_counts_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
    "NEW.last <> OLD.last + 1 OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year THEN RAISE EXCEPTION "
    "'unchangeable: numbers go on'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER numberseries_counts_on BEFORE UPDATE ON numberseries FOR EACH ROW EXECUTE FUNCTION "
    "numberseries_counts_on()",
    "CREATE OR REPLACE FUNCTION numberseries_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'unchangeable: numbers go on'; END $$",
    "CREATE TRIGGER numberseries_is_kept BEFORE DELETE ON numberseries FOR EACH ROW EXECUTE FUNCTION "
    "numberseries_is_kept()",
    "CREATE OR REPLACE FUNCTION numberseries_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'unchangeable: numbers go on'; END $$",
    "CREATE TRIGGER numberseries_is_not_emptied BEFORE TRUNCATE ON numberseries FOR EACH STATEMENT "
    "EXECUTE FUNCTION numberseries_is_not_emptied()",
    "CREATE OR REPLACE FUNCTION numberseries_begins_at_one() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN IF NEW.last <> 0 THEN RAISE EXCEPTION 'unchangeable: numbers go on'; END IF; RETURN NEW; END "
    "$$",
    "CREATE TRIGGER numberseries_begins_at_one BEFORE INSERT ON numberseries FOR EACH ROW EXECUTE "
    "FUNCTION numberseries_begins_at_one()",
)


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
    sa.CheckConstraint("form IN ('pdf', 'xml')", name='known_form'),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('file_name'),
    sa.UniqueConstraint('invoice_id', 'form')
    )
    op.create_index('ix_invoicepaper_invoice_id', 'invoicepaper', ['invoice_id'], unique=False)
    for statement in _ON_SQLITE if op.get_bind().dialect.name == 'sqlite' else _ON_POSTGRESQL:
        op.execute(statement)
