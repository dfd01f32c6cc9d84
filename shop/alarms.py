"""Rules of law that an open shop has broken, and the letter that tells its owner of each, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import moment
from checkout import outbox
from checkout.outbox import OWNER

LETTER = "law_for_owner"


class LawAlarm(SQLModel, table=True):
    """A rule that an open shop has broken, from the look that saw it first to the one that found it mended."""

    id: int | None = Field(default=None, primary_key=True)
    rule_id: str = Field(max_length=10, index=True)
    source: str
    message: str
    seen_at: datetime = moment()
    mended_at: datetime | None = moment(nullable=True)


@dataclass(frozen=True)
class Broken:
    """A rule that is broken now: its id, its law, and in German what is wrong."""

    rule_id: str
    source: str
    message: str


def note(session: Session, broken: Sequence[Broken], now: datetime) -> list[LawAlarm]:
    """Keep what is newly broken, and what is so no more; one letter tells the owner of all that is new. Flushes."""
    standing = {each.rule_id: each for each in _standing(session)}
    for rule_id in standing.keys() - {each.rule_id for each in broken}:
        standing[rule_id].mended_at = now
    fresh = [
        LawAlarm(rule_id=each.rule_id, source=each.source, message=each.message, seen_at=now)
        for each in broken
        if each.rule_id not in standing
    ]
    session.add_all(fresh)
    session.flush()
    if fresh:
        outbox.queue(session, LETTER, f"law:{fresh[0].id}", OWNER, now)
    return fresh


def seen_with(session: Session, alarm_id: int) -> list[LawAlarm]:
    """The alarms of one look, by the id of one of them; [] if there is none."""
    alarm = session.get(LawAlarm, alarm_id)
    if alarm is None:
        return []
    together = select(LawAlarm).where(LawAlarm.seen_at == alarm.seen_at).order_by(col(LawAlarm.id))
    return list(session.exec(together).all())


def _standing(session: Session) -> list[LawAlarm]:
    return list(session.exec(select(LawAlarm).where(col(LawAlarm.mended_at).is_(None))).all())
