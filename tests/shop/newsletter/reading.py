"""Somebody who reads the newsletter, and one that has gone to her."""

from sqlmodel import Session

from shop.newsletter import issues
from shop.newsletter.issues import NewsletterTerms
from shop.newsletter.subscriptions import Subscription
from tests.make import NOW


def hand_one_out(session: Session, *, shop_name: str = "Nähladen Probe", subject: str = "Herbst") -> Subscription:
    """The shop has a newsletter, somebody has confirmed it, and the first one is on its way to her."""
    session.add(NewsletterTerms(is_on=True, per_hour=1000))
    reader = Subscription(email="leserin@kundin.example", token="t" * 43, wording=1, shop_name=shop_name,
                          source="newsletter", asked_at=NOW, confirmed_at=NOW)  # fmt: skip
    session.add(reader)
    body = "## Neue Wolle\n\nSie ist **da**, und <i>alles</i> andere auch."
    issue = issues.write(session, None, subject=subject, body=body, now=NOW, author="test")
    issue.tested_at = NOW
    issues.release(session, issue.id or 0, now=NOW, author="test")
    issues.hand_out(session, NOW)
    return reader
