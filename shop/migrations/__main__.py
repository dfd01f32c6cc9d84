"""For developers: write the step from the newest migration to today's models.

Usage: `python -m shop.migrations "add rolls"`. Read what it wrote before you commit it.
"""

import sys
import tempfile
from pathlib import Path

from shop import migrating
from shop.db import Database, sqlite_url


def main(message: str) -> None:
    """Write the next file in versions/, against an empty database that knows all steps so far."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "shop.db"))
        migrating.upgrade(database)
        migrating.write_step(database, message)
        database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
