"""A shop that was open before kinds of goods were rows: needles keep their size, and new facts come beside the old."""

from pathlib import Path

from sqlalchemy import MetaData, Table, insert

from catalog import attributes, kinds
from shop import migrating, preparing
from shop.db import Database
from shop.settings import read_settings
from tests.make import NOW

OLD_FACTS = (
    ("needle_size", "Nadelstärke", "number", 1),
    ("care", "Pflege", "text", 0),
    ("muster", "Muster", "text", 0),
)


def open_old_shop(database: Database) -> None:
    """A yarn for needles of 3,5 mm, as the first version wrote it; the owner has a fact of her own."""
    migrating.upgrade(database, "0001")
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        tables = MetaData()
        product, facts, values = (Table(name, tables, autoload_with=connection) for name in (
            "product", "attributetype", "attributevalue"))  # fmt: skip
        connection.execute(insert(product).values(
            id=1, slug="garn", name="Garn", summary="", description="", kind="yarn", unit="piece", minimum=1, step=1,
            vat_class="standard", warnings="", delivery_days_min=2, delivery_days_max=4, is_featured=False,
            created_at=NOW, updated_at=NOW, version=1,
        ))  # fmt: skip
        for number, (key, label, kind, decimals) in enumerate(OLD_FACTS, start=1):
            connection.execute(insert(facts).values(
                id=number, key=key, label=label, kind=kind, unit="mm" if decimals else "", decimals=decimals,
                position=number, goods="yarn",
            ))  # fmt: skip
        connection.execute(insert(values).values(product_id=1, type_id=1, text="", number=35))


def test_an_upgraded_shop_knows_kinds_and_facts_and_keeps_its_own(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})
    database = Database(settings.database_url)
    open_old_shop(database)
    assert preparing.upgrade(settings, database, lambda said: None)
    with database.reading() as session:
        shown = dict(attributes.of(session, [1])[1])
        assert shown == {"Nadelstärke": "3,5\u00a0mm"}
        types = {each.key: each for each in attributes.types(session)}
        assert attributes.parse_value(types["needle_size"], "2,25") == ("", 225, None)
        assert {"ball_weight", "coil", "muster"} <= types.keys()
        assert (types["care"].is_filter, types["muster"].is_filter) == (False, True)
        assert "yarn" in kinds.textile_keys(session)
    database.close()
