"""The worker's part of a batch of photographs: two at a time, a few seconds a turn, until none waits."""

import ctypes
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask

from catalog import images, photo_inbox, picture_folder
from catalog.photo_inbox import IncomingPhoto
from shop.context import Shop
from shop.settings import Settings

AT_ONCE = 2
LEAST_ROOM = 200 * 1024 * 1024  # bytes that stay free on the disk: the orders need them more
STAY = timedelta(days=60)  # the rows of photographs that are done with
_TURN_S = 5  # then the other jobs are due
_IN_SIGHT = 100  # photographs of one turn
_INTERRUPTED = timedelta(days=1)
_M_MMAP_THRESHOLD, _LARGE_BLOCK = -3, 4 * 1024 * 1024  # glibc's malloc.h; bytes


@dataclass(frozen=True)
class _Turn:
    """What the threads of one turn share."""

    shop: Shop
    known: picture_folder.Known
    ends_at: float


def develop_waiting(app: Flask) -> None:
    """Take in photographs that wait, for a few seconds; where the disk is full they go on waiting."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        photos = photo_inbox.waiting(session, _IN_SIGHT)
        if not photos or not has_room(shop.settings):
            return
        known = picture_folder.targets(session)
    _give_memory_back()
    turn = _Turn(shop, known, time.monotonic() + _TURN_S)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in threads.map(lambda photo: _develop(turn, photo), photos):
            pass


def prune(app: Flask) -> None:
    """Forget photographs that are done with, and files that nobody waits for."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        photo_inbox.forget_old(session, shop.clock() - STAY)
        photo_inbox.sweep(session, shop.settings.inbox, shop.clock() - _INTERRUPTED)
    images.sweep(shop.settings.media, shop.clock() - _INTERRUPTED)


def has_room(settings: Settings) -> bool:
    """Whether the disk has room for more pictures."""
    return shutil.disk_usage(settings.data).free > LEAST_ROOM


def _give_memory_back() -> None:
    """Let freed pixels go back to the system at once instead of filling holes of each thread's heap (mallopt(3)).

    glibc raises its threshold by itself with each large block that it frees; after some hundred photographs
    that was worth 60 MB. Where the C library is another one, nothing happens.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


def _develop(turn: _Turn, photo: IncomingPhoto) -> None:
    if time.monotonic() > turn.ends_at or photo.id is None:
        return
    settings = turn.shop.settings
    result = photo_inbox.develop(settings.inbox, settings.media, photo.file)
    if result is None:
        return
    found = picture_folder.find(Path(photo.name).stem, turn.known)
    with turn.shop.database.writing() as session:
        photo_inbox.finish(session, photo.id, result, found[0] if found else None, turn.shop.clock())
    photo_inbox.put_file_away(settings.inbox, photo.file)
