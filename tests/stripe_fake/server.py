"""The fake on a socket: Stripe's API, the hosted payment page, and faults on demand."""

import contextlib
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_fake import forms, pages
from tests.stripe_fake.account import Account, ApiError
from tests.stripe_fake.idempotency import Answer, Keys
from tests.stripe_fake.shapes import Thing
from tests.stripe_fake.validation import Notes
from tests.stripe_fake.webhooks import SECRET, Webhooks, over_http

TEST_KEY, LIVE_KEY = "sk_test_fake", "sk_live_fake"
RESTRICTED_KEY = "rk_test_fake"
_LIVE = ("sk_live_", "rk_live_")
_TROUBLES = {
    "401": (401, {"type": "invalid_request_error", "message": "Expired API Key provided.", "code": "api_key_expired"}),
    "429": (429, {"type": "invalid_request_error", "message": "Too many requests.", "code": "rate_limit"}),
    "503": (503, {"type": "api_error", "message": "Please try again later."}),
}


@dataclass
class Fault:
    """What goes wrong the next `times` times a request fits.

    `how`: "lost" (the work is done, the answer never comes), "dead" (cut before any work), "slow"
    (the work is done, the answer comes `SLOW_S` later), or a status: "500" is kept under the
    idempotency key, "401", "429" and "503" are not.
    """

    method: str
    path: str
    how: str
    times: int = 1


SLOW_S = 0.5


@dataclass(frozen=True)
class Call:
    """A request that reached the API."""

    method: str
    path: str
    key: str
    version: str


class FakeStripe:
    """Start with `with FakeStripe() as stripe:`; the shop's base address is `stripe.url`."""

    def __init__(self, port: int = 0, clock: Callable[[], float] = time.time, webhook_url: str = "") -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.fake = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.account = Account(self.url, clock)
        self.account.on_event = self._told
        self.webhooks = Webhooks(over_http(webhook_url) if webhook_url else lambda body, signature: 503, SECRET)
        self.notes = Notes()
        self.calls: list[Call] = []
        self.webhooks.secrets_for = self.account.secrets_for
        self.accepted_keys = {TEST_KEY, LIVE_KEY, RESTRICTED_KEY}
        self.forbidden: set[str] = set()  # paths (regular expressions) that a restricted key may not use
        self.keys = Keys()
        self._faults: list[Fault] = []
        self._faults_lock = Lock()

    def __enter__(self) -> "FakeStripe":
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.webhooks.stop()
        self._server.shutdown()
        self._server.server_close()

    def fail(self, method: str, path: str, how: str, times: int = 1) -> None:
        """Make requests fail; `path` is a regular expression for the whole path."""
        with self._faults_lock:
            self._faults.append(Fault(method, path, how, times))

    def recover(self) -> None:
        """Forget all faults."""
        with self._faults_lock:
            self._faults.clear()

    def fault_of(self, method: str, path: str) -> str:
        """How this request is to fail, "" if it is not."""
        with self._faults_lock:
            for fault in self._faults:
                if fault.times and fault.method == method and re.fullmatch(fault.path, path):
                    fault.times -= 1
                    return fault.how
        return ""

    def calls_of(self, method: str, path: str) -> list[Call]:
        """The requests that came in to a path (a regular expression)."""
        return [each for each in self.calls if each.method == method and re.fullmatch(path, each.path)]

    def answer(self, method: str, path: str, asked: Thing, is_live: bool) -> Thing:
        """Do what the API is asked for. Raises ApiError."""
        account = self.account
        for wanted_method, pattern, do in ROUTES:
            if method == wanted_method and (match := re.fullmatch(pattern, path)):
                return do(account, match, asked, is_live)
        raise ApiError(404, f"Unrecognized request URL ({method}: {path}).")

    def _told(self, event: Thing) -> None:
        self.notes.event(event)
        self.webhooks.note(event)


Do = Callable[[Account, "re.Match[str]", Thing, bool], Thing]
_ONE = r"/v1/checkout/sessions/(\w+)"
_ENDPOINTS = "/v1/webhook_endpoints"
ROUTES: tuple[tuple[str, str, Do], ...] = (
    ("POST", "/v1/checkout/sessions", lambda a, m, asked, live: a.create_session(asked, is_live=live)),
    ("GET", "/v1/checkout/sessions", lambda a, m, asked, live: a.list_sessions(asked, is_live=live)),
    ("GET", _ONE, lambda a, m, asked, live: a.session(m[1], is_live=live, expand=asked.get("expand"))),
    ("GET", _ONE + "/line_items", lambda a, m, asked, live: a.line_items(m[1], asked, is_live=live)),
    ("POST", _ONE + "/expire", lambda a, m, asked, live: a.expire_session(m[1], is_live=live)),
    ("GET", "/v1/payment_intents", lambda a, m, asked, live: a.list_intents(asked, is_live=live)),
    ("GET", r"/v1/payment_intents/(\w+)", lambda a, m, asked, live: a.intent(m[1], is_live=live)),
    ("GET", r"/v1/charges/(\w+)", lambda a, m, asked, live: a.charge(m[1], is_live=live)),
    ("POST", "/v1/refunds", lambda a, m, asked, live: a.create_refund(asked, is_live=live)),
    ("GET", "/v1/refunds", lambda a, m, asked, live: a.list_refunds(asked, is_live=live)),
    ("GET", r"/v1/refunds/(\w+)", lambda a, m, asked, live: a.refund(m[1], is_live=live)),
    ("GET", "/v1/disputes", lambda a, m, asked, live: a.list_disputes(asked, is_live=live)),
    ("GET", r"/v1/disputes/(\w+)", lambda a, m, asked, live: a.dispute(m[1], is_live=live)),
    ("GET", "/v1/account", lambda a, m, asked, live: a.account(is_live=live)),
    ("POST", _ENDPOINTS, lambda a, m, asked, live: a.create_endpoint(asked, is_live=live)),
    ("GET", _ENDPOINTS, lambda a, m, asked, live: a.list_endpoints(asked, is_live=live)),
    ("GET", _ENDPOINTS + r"/(\w+)", lambda a, m, asked, live: a.endpoint(m[1], is_live=live)),
    ("POST", _ENDPOINTS + r"/(\w+)", lambda a, m, asked, live: a.change_endpoint(m[1], asked, is_live=live)),
    ("DELETE", _ENDPOINTS + r"/(\w+)", lambda a, m, asked, live: a.delete_endpoint(m[1], is_live=live)),
    ("GET", "/v1/events", lambda a, m, asked, live: a.list_events(asked, is_live=live)),
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    fake: FakeStripe

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in mid-sentence is no news."""


class _Cut(Exception):
    """The connection ends here, without an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 30
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve("POST")

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with contextlib.suppress(_Cut):
            if self.path.startswith("/v1/"):
                self._api(method, body)
            else:
                self._page(method)
            return
        self.close_connection = True

    def _page(self, method: str) -> None:
        status, headers, text = pages.answer(self.server.fake.account, method, self.path)
        self._send(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"} | headers)

    def _api(self, method: str, body: bytes) -> None:
        fake, path = self.server.fake, urlsplit(self.path).path
        key, version = self.headers.get("Idempotency-Key", ""), self.headers.get("Stripe-Version", "")
        fake.calls.append(Call(method, path, key, version))
        fault = fake.fault_of(method, path)
        if fault == "dead":
            raise _Cut
        try:
            status, answer = self._answer(method, path, body, key, fault)
        except ApiError as error:
            status, answer = error.status, error.body
        fake.notes.exchange(method, self.path, body, status, answer)
        if fault == "lost":
            raise _Cut
        if fault == "slow":
            time.sleep(SLOW_S)
        headers = {"Content-Type": "application/json", "Request-Id": f"req_{secrets.token_hex(7)}"}
        if status == 500:  # it is kept, so asking again is in vain
            headers["Stripe-Should-Retry"] = "false"
        self._send(status, json.dumps(answer).encode(), headers)

    def _answer(self, method: str, path: str, body: bytes, key: str, fault: str) -> Answer:
        if fault in _TROUBLES:
            status, error = _TROUBLES[fault]
            return status, {"error": error}
        is_live = self._mode(path)
        asked = forms.decode(body.decode() if method == "POST" else urlsplit(self.path).query)

        def work() -> Answer:
            if fault == "500":
                return 500, {"error": {"type": "api_error", "message": "An error occurred."}}
            return 200, self.server.fake.answer(method, path, asked, is_live)

        if method != "POST" or not key:
            return work()
        return self.server.fake.keys.once(f"{is_live} {key}", [method, path, asked], work)

    def _mode(self, path: str) -> bool:
        """Whether the secret key is a live one. Raises ApiError for a revoked key, and one that may not do this."""
        fake, secret = self.server.fake, self.headers.get("Authorization", "").removeprefix("Bearer ")
        if secret not in fake.accepted_keys:
            raise ApiError(401, "Invalid API Key provided.")
        if secret.startswith("rk_") and any(re.fullmatch(each, path) for each in fake.forbidden):
            raise ApiError(403, f"The provided key does not have the required permissions for {path}.")
        return secret.startswith(_LIVE)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
