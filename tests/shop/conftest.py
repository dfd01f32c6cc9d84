"""A shop that has been set up once, copied for whoever needs one of its own."""

import shutil
from pathlib import Path

import pytest

from shop import preparing
from shop.settings import read_settings


@pytest.fixture(scope="session")
def _empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "laden"
    preparing.set_up(read_settings(folder, {}), demo="", say=lambda said: None)
    return folder


@pytest.fixture
def empty_shop(_empty_shop: Path, tmp_path: Path) -> Path:
    """The data folder of an empty shop that is ready to open."""
    return shutil.copytree(_empty_shop, tmp_path / "laden")
