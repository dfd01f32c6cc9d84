"""What the tests of the search share."""

import pytest

from catalog.search.port import Engine
from tests.catalog.search.stands import EVERY_ENGINE, MAKERS, Stand


@pytest.fixture(params=EVERY_ENGINE)
def stand(request: pytest.FixtureRequest) -> Stand:
    """The contract must hold on every engine: an empty index of one."""
    return MAKERS[request.param](request)


@pytest.fixture
def engine(stand: Stand) -> Engine:
    """The empty index of a stand."""
    return stand.engine
