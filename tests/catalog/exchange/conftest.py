from pathlib import Path

import pytest
from sqlmodel import Session

from tests.catalog.exchange.importing import Importer


@pytest.fixture
def importer(session: Session, tmp_path: Path) -> Importer:
    (tmp_path / "pictures").mkdir()
    return Importer(session, tmp_path / "pictures", tmp_path / "media")
