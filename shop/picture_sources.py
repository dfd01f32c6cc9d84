"""Where the pictures of an import come from: put together from folders, ZIP files, the web and the shop's memory."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from catalog.exchange import fetched
from catalog.exchange.archives import Archive
from catalog.exchange.pictures import Fetch, PictureFolders
from shop import photos
from shop.db import Database
from shop.fetching import Fetcher
from shop.settings import Settings


def of(
    settings: Settings,
    database: Database,
    sources: Sequence[Path | Archive],
    clock: Callable[[], datetime],
    fetch: Fetch | None = None,
) -> PictureFolders:
    """The pictures of one import, which lie in `sources` (folders and ZIP files) or in the web.

    What is fetched is remembered in transactions of its own, so `keep_all` must not be called within one.
    """

    def remember(found: Mapping[str, str]) -> None:
        with database.writing() as session:
            fetched.remember(session, found, clock())

    return PictureFolders(
        settings.media,
        sources,
        fetch=fetch or Fetcher(settings.url),
        remember=remember,
        has_room=lambda: photos.has_room(settings),
    )
