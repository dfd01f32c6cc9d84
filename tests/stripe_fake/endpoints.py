"""Where the account's events are delivered to: webhook endpoints, each with a secret that is told once."""

import copy
from urllib.parse import urlsplit

from tests.stripe_fake import shapes
from tests.stripe_fake.ledger import ApiError, Ledger, check_names, new_id
from tests.stripe_fake.shapes import Thing

MOST = 16
_CREATED_WITH = {"api_version", "description", "enabled_events", "metadata", "url"}
_CHANGED_BY = {"description", "disabled", "enabled_events", "metadata", "url"}
_ONLY_HERE = ("localhost", "127.0.0.1", "::1")


class Endpoints(Ledger):
    """What the API offers about webhook endpoints, and about the account itself."""

    display_name = "Nähladen Probe"

    def account(self, *, is_live: bool) -> Thing:
        """The account that a key belongs to."""
        return shapes.account("acct_fake", self.display_name)

    def create_endpoint(self, asked: Thing, *, is_live: bool) -> Thing:
        """Register an address; only this answer tells the secret."""
        with self._lock:
            check_names(asked, _CREATED_WITH)
            self._check_url(asked.get("url", ""), is_live)
            if not asked.get("enabled_events"):
                raise ApiError(400, "Missing required param: enabled_events.", code="parameter_missing")
            if sum(each["livemode"] == is_live for each in self.endpoints.values()) >= MOST:
                raise ApiError(400, "You have reached the maximum of 16 test webhook endpoints.")
            made = shapes.endpoint(new_id("we"), self.now, is_live, asked)
            self.endpoints[made["id"]], self.secrets[made["id"]] = made, new_id("whsec")
            return copy.deepcopy(made) | {"secret": self.secrets[made["id"]]}

    def list_endpoints(self, asked: Thing, *, is_live: bool) -> Thing:
        """The registered addresses, newest first."""
        with self._lock:
            check_names(asked, {"ending_before", "limit", "starting_after"})
            mine = [each for each in self.endpoints.values() if each["livemode"] == is_live]
            return self.page(mine, "/v1/webhook_endpoints", asked)

    def endpoint(self, endpoint_id: str, *, is_live: bool) -> Thing:
        """One registered address."""
        with self._lock:
            return copy.deepcopy(self.found(self.endpoints, endpoint_id, "webhook_endpoint", is_live))

    def change_endpoint(self, endpoint_id: str, asked: Thing, *, is_live: bool) -> Thing:
        """Change what is delivered, or switch it off; never its API version."""
        with self._lock:
            check_names(asked, _CHANGED_BY)
            found = self.found(self.endpoints, endpoint_id, "webhook_endpoint", is_live)
            if "url" in asked:
                self._check_url(asked["url"], is_live)
            found.update({name: asked[name] for name in ("url", "enabled_events", "description") if name in asked})
            if "disabled" in asked:
                found["status"] = "disabled" if asked["disabled"] == "true" else "enabled"
            return copy.deepcopy(found)

    def delete_endpoint(self, endpoint_id: str, *, is_live: bool) -> Thing:
        """Deliver nothing there any more."""
        with self._lock:
            self.found(self.endpoints, endpoint_id, "webhook_endpoint", is_live)
            del self.endpoints[endpoint_id]
            return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}

    def secrets_for(self, event: Thing) -> list[str] | None:
        """The secrets of the endpoints that want an event; None if none is registered in its mode."""
        with self._lock:
            mine = [each for each in self.endpoints.values() if each["livemode"] == event["livemode"]]
            wanted = [
                self.secrets[each["id"]]
                for each in mine
                if each["status"] == "enabled" and {event["type"], "*"} & set(each["enabled_events"])
            ]
            return wanted if mine else None

    def _check_url(self, url: str, is_live: bool) -> None:
        parts = urlsplit(url)
        if not parts.hostname or parts.hostname in _ONLY_HERE:
            raise ApiError(
                400, "Invalid URL: URL must be publicly accessible. Consider using a tool like the Stripe CLI.",
                code="url_invalid", param="url",
            )  # fmt: skip
        if is_live and parts.scheme != "https":
            raise ApiError(400, "Invalid URL: In live mode, URL must be HTTPS.", code="url_invalid", param="url")
