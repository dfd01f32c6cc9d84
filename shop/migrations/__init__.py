"""The database's history as steps (Alembic). A new one: `python -m shop.migrations "what it adds"`."""
