"""A quick look whether a shop is ready to open, without loading what it takes to make it so."""

import sqlite3
from contextlib import closing
from pathlib import Path

from shop.settings import FTS5, Settings

STEPS = Path(__file__).parent / "migrations" / "versions"


def is_ready(settings: Settings) -> bool:
    """Whether tables and account are there; False means: have a closer look. The index may come later.

    Of FTS5 the tables are looked for, too: whether this SQLite can have them is not known here.
    """
    file = settings.data / "shop.db"
    if settings.database_url != f"sqlite:///{file}" or not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            step = database.execute("SELECT version_num FROM alembic_version").fetchone()
            has_account = database.execute("SELECT 1 FROM account").fetchone() is not None
            if settings.search_engine == FTS5:
                database.execute("SELECT 1 FROM search_engine_sheets")
    except sqlite3.Error:
        return False
    return step == (newest_step(),) and has_account


def newest_step() -> str:
    """The number of the newest migration step: "0001"; "" if there is none."""
    return max(steps(), default="")


def steps() -> set[str]:
    """The numbers of all migration steps, read from the file names."""
    return {file.stem.split("_")[0] for file in STEPS.glob("[0-9]*.py")}
