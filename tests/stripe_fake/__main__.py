"""Runs the fake by hand: `python -m tests.stripe_fake --port 12111 --webhook http://127.0.0.1:8000/webhooks/stripe`."""

import argparse
from threading import Event

from tests.stripe_fake.server import TEST_KEY, FakeStripe
from tests.stripe_fake.webhooks import SECRET


def main() -> None:
    """Serve until interrupted."""
    options = argparse.ArgumentParser(prog="python -m tests.stripe_fake", description=__doc__)
    options.add_argument("--port", type=int, default=12111)
    options.add_argument("--webhook", default="", help="the shop's /webhooks/stripe, to deliver events to")
    chosen = options.parse_args()
    with FakeStripe(chosen.port, webhook_url=chosen.webhook) as stripe:
        if chosen.webhook:
            stripe.webhooks.deliver_by_itself()
        print(f"DORFLADEN_STRIPE_API={stripe.url}")
        print(f"DORFLADEN_STRIPE_SECRET_KEY={TEST_KEY}")
        print(f"DORFLADEN_STRIPE_WEBHOOK_SECRETS={SECRET}", flush=True)
        Event().wait()


if __name__ == "__main__":
    main()
