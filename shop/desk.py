"""What every command finds on its desk: the settings, the database and the shop, each made when asked for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask

    from shop.db import Database
    from shop.settings import Settings

OUR_FOLDER = Path(__file__).parent.parent / "data"


@dataclass
class Desk:
    """The global options, and what follows from them."""

    data: Path
    host: str | None = None
    port: int | None = None

    @cached_property
    def settings(self) -> "Settings":
        """The settings of the data folder. Raises BadSetting."""
        from shop.settings import read_settings

        chosen = {"host": self.host, "port": self.port}
        return read_settings(
            self.data, os.environ, {name: value for name, value in chosen.items() if value is not None}
        )

    @contextmanager
    def database(self) -> Iterator["Database"]:
        """The shop's database, at today's tables, for a `with` block. Raises NotSetUp."""
        from shop.preparing import open_database

        opened = open_database(self.settings)
        try:
            yield opened
        finally:
            opened.close()

    @contextmanager
    def app(self) -> Iterator["Flask"]:
        """The whole shop for a `with` block. Raises NotSetUp."""
        from shop.app import create_shop

        with self.database():
            app = create_shop(self.settings)
            try:
                yield app
            finally:
                app.extensions["dorfladen"].database.close()


at_desk = click.make_pass_decorator(Desk)
"""Hands a command its Desk: `@click.command() @at_desk def search(desk, …)`."""
