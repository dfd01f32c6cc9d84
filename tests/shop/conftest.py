"""A shop that has been set up once, copied for whoever needs one of its own."""

import shutil
from pathlib import Path

import pytest

from shop import preparing
from shop.profile import Profile
from shop.settings import read_settings


@pytest.fixture(scope="session")
def _empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "laden"
    settings = read_settings(folder, {})
    preparing.set_up(settings, demo="", say=lambda said: None)
    database = preparing.connect(settings)
    with database.writing() as session:
        session.get_one(Profile, 1).is_open = True
    database.close()
    return folder


@pytest.fixture
def empty_shop(_empty_shop: Path, tmp_path: Path) -> Path:
    """The data folder of an empty shop that is open."""
    return shutil.copytree(_empty_shop, tmp_path / "laden")
