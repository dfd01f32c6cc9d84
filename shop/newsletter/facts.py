"""What the letters of the newsletter need to know: the question whether she wants it, a copy, the owner's trial."""

from shop.letter_facts import Facts, NothingToWrite, Source
from shop.newsletter import subscriptions
from shop.newsletter.issues import NewsletterCopy, NewsletterIssue
from shop.newsletter.subscriptions import Subscription


def confirmation(source: Source) -> Facts:
    """The question whether she wants the newsletter: a link, who asks, nothing that praises goods."""
    asked = source.session.get(Subscription, source.row_id)
    if asked is None or asked.ended_at is not None:
        raise NothingToWrite(f"subscription {source.row_id}")
    return Facts(
        {
            "subscription": asked,
            "confirm_url": f"{source.url}/newsletter/bestaetigen/{asked.token}",
            "days": subscriptions.CONFIRM_WITHIN.days,
        }
    )


def copy(source: Source) -> Facts:
    """A newsletter for one reader, with her own link to end it; mail programs have a button for it (RFC 8058)."""
    handed = source.session.get(NewsletterCopy, source.row_id)
    reader = source.session.get(Subscription, handed.subscription_id) if handed else None
    if handed is None or reader is None or not reader.is_standing:
        raise NothingToWrite(f"copy {source.row_id}")
    issue = source.session.get_one(NewsletterIssue, handed.issue_id)
    address = unsubscribe_url(source.url, reader.token)
    headers = {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Facts({"issue": issue, "unsubscribe_url": address, "is_trial": False}, headers=headers)


def trial(source: Source) -> Facts:
    """A newsletter as its readers will get it, for the owner; its link to end it leads to the page that explains it."""
    issue = source.session.get(NewsletterIssue, source.row_id)
    if issue is None:
        raise NothingToWrite(f"issue {source.row_id}")
    return Facts({"issue": issue, "unsubscribe_url": f"{source.url}/newsletter", "is_trial": True})


def unsubscribe_url(url: str, token: str) -> str:
    """Where a reader ends the newsletter, by looking (a page with a button) or by a mail program's POST."""
    return f"{url}/newsletter/abmelden/{token}"
