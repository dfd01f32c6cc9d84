"""Reading, planning and writing a file in one call, for the tests of this folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from catalog.exchange import dialects
from catalog.exchange.apply import apply
from catalog.exchange.pictures import Fetch, PictureFolders
from catalog.exchange.plan import Plan
from catalog.exchange.planning import make_plan
from catalog.exchange.wishes import NO_WISHES, Wishes
from tests.make import NOW

SHARED = Path(__file__).parents[4] / "shared" / "data"


@dataclass
class Importer:
    """Imports into a session; pictures are looked for in `folder` and kept in `media`."""

    session: Session
    folder: Path
    media: Path
    archives: Sequence[Path] = ()
    fetch: Fetch | None = None
    remember: Callable[[Mapping[str, str]], None] = lambda found: None
    wishes: Wishes = NO_WISHES

    def plan(self, content: str | bytes, decimal: str | None = None, now: datetime = NOW) -> Plan:
        """What would change."""
        return self._plan(content, decimal, now)[0]

    def write(self, content: str | bytes, decimal: str | None = None, now: datetime = NOW) -> Plan:
        """Change it, whatever was refused left out."""
        plan, pictures = self._plan(content, decimal, now)
        if pictures.keep_all():
            plan, _ = self._plan(content, decimal, now, pictures)
        apply(self.session, plan, pictures, now=now, author="import")
        return plan

    def _plan(
        self, content: str | bytes, decimal: str | None, now: datetime, pictures: PictureFolders | None = None
    ) -> tuple[Plan, PictureFolders]:
        encoded = content.encode() if isinstance(content, str) else content
        pictures = pictures or PictureFolders(
            self.media, [self.folder, *self.archives], fetch=self.fetch, remember=self.remember
        )
        wishes = replace(self.wishes, decimal=decimal or self.wishes.decimal)
        return make_plan(self.session, dialects.read(encoded, wishes), pictures, now, wishes), pictures
