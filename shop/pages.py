"""Pages of text: legal texts and the owner's own, kept in versions that never change."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.times import moment


class PageVersion(SQLModel, table=True):
    """A text as it stood from a moment on; the newest of a slug is shown, orders keep the id of theirs."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(index=True, max_length=90)
    title: str
    body: str  # Markdown
    created_at: datetime = moment()
    author: str


def publish(session: Session, slug: str, title: str, body: str, *, now: datetime, author: str) -> PageVersion:
    """Let a page say this from now on; appends a version only if something has changed. Flushes."""
    newest = latest(session, slug)
    if newest is not None and (newest.title, newest.body) == (title, body):
        return newest
    version = PageVersion(slug=slug, title=title, body=body, created_at=now, author=author)
    session.add(version)
    session.flush()
    return version


def latest(session: Session, slug: str) -> PageVersion | None:
    """The page as it stands; None if there is no such page."""
    newest_first = select(PageVersion).where(PageVersion.slug == slug).order_by(col(PageVersion.id).desc())
    return session.exec(newest_first.limit(1)).first()


def latest_ids(session: Session, slugs: Sequence[str]) -> list[int]:
    """The versions of some pages as they stand, in this order, without reading their texts; only of pages there are."""
    newest = select(PageVersion.slug, func.max(PageVersion.id)).where(col(PageVersion.slug).in_(slugs))
    known = {
        slug: version_id for slug, version_id in session.exec(newest.group_by(PageVersion.slug)).all() if version_id
    }
    return [known[slug] for slug in slugs if slug in known]


def version(session: Session, version_id: int) -> PageVersion | None:
    """One version by its id, as orders keep it; None for an unknown one."""
    return session.get(PageVersion, version_id)


def versions(session: Session, slug: str) -> Sequence[PageVersion]:
    """All versions of a page, the newest first."""
    return session.exec(select(PageVersion).where(PageVersion.slug == slug).order_by(col(PageVersion.id).desc())).all()
