"""The files that are handed to a person: printed after the database has been read, for that takes a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from shop import processors, profile, themes
from shop.context import Shop
from shop.papers import text
from shop.personal import export
from shop.personal.export import Found
from shop.personal.identity import Person
from shop.processors import Recipient
from shop.profile import Profile

TITLE = "Auskunft über gespeicherte Daten"


@dataclass(frozen=True)
class HandingOut:
    """What was found of a person, with all that the files need."""

    person: Person
    found: list[Found]
    recipients: list[Recipient]
    owner: Profile
    themes: Sequence[Path]
    made_at: datetime

    def json(self) -> str:
        """For machines; see export.as_json."""
        return export.as_json(self.person, self.found, shop_name=self.owner.shop_name, made_at=self.made_at)

    def pdf(self) -> bytes:
        """For people, on the shop's letterhead."""
        words = export.as_markdown(self.found, self.recipients, made_at=self.made_at)
        return text.write(TITLE, words, owner=self.owner, themes=self.themes, made_at=self.made_at)


def prepare(session: Session, person: Person, shop: Shop, now: datetime) -> HandingOut:
    """Read all that is held of a person."""
    owner = profile.load(session)
    return HandingOut(
        person=person,
        found=export.collect(session, person),
        recipients=processors.of(session, owner, shop.settings, shop.payments),
        owner=owner,
        themes=themes.chain(shop.settings.themes, shop.settings.theme),
        made_at=now,
    )
