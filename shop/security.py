"""Guards of every request: same origin for whatever changes something, strict headers, cookies.

Instead of tokens in forms (which would need a cookie on every page and spoil caching), an unsafe
request must prove that it comes from our own pages: Sec-Fetch-Site, else Origin, else Referer
(OWASP, Cross-Site Request Forgery Prevention: Fetch Metadata, verifying origin). Without any of
the three it is refused. Cookies are SameSite=Lax besides.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.routing import IntegerConverter, Map

from catalog.refusals import Refusal
from shop.settings import Settings

BACKOFFICE = "/backoffice/"
# Machines prove themselves by signature (webhooks), or by the secret of a reader's link: RFC 8058 lets mail programs
# end a newsletter by a POST that says of no page whence it comes.
EXEMPT = ("/webhooks/", "/newsletter/abmelden/")
LARGEST_BODY = 64 * 1024 * 1024  # a handful of phone photographs

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self' https://checkout.stripe.com",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class OwnerSessions(SecureCookieSessionInterface):
    """Signed sessions in the backoffice alone: shoppers need none, and no page of theirs pays for one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The owner's session; None, which is an empty one that cannot be written, for shoppers."""
        if not request.path.startswith(BACKOFFICE):
            return None
        return super().open_session(app, request)


class RowNumber(IntegerConverter):
    """A whole number in an address that a database can take; a larger one leads nowhere (404)."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=2**31 - 1)


class ForeignRequest(Refusal):
    """An unsafe request did not come from one of our own pages."""


def set_up(app: Flask, settings: Settings) -> None:
    """Put the guards around an app."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="dorfladen_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_PATH=BACKOFFICE,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_PARTS=2000,
    )
    app.session_interface = OwnerSessions()
    app.url_map.converters["int"] = RowNumber
    policy = _policy(settings)
    own_host = urlsplit(settings.url).netloc

    def guard() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS") and not request.path.startswith(EXEMPT):
            require_same_origin(request, own_host)

    def headers(response: Response) -> Response:
        return _add_headers(response, policy, settings.is_secure)

    app.before_request(guard)
    app.after_request(headers)


def require_same_origin(asked: Request, own_host: str) -> None:
    """Let a request pass only if the browser says that our own page sent it. Raises ForeignRequest."""
    fetch_site = asked.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        is_ours = fetch_site in ("same-origin", "none")
    else:
        source = asked.headers.get("Origin") or asked.headers.get("Referer") or ""
        is_ours = _host_of(source) in (asked.host, own_host) and bool(source)
    if not is_ours:
        raise ForeignRequest("Diese Eingabe kam nicht von unserer Seite. Bitte laden Sie die Seite neu.")


def _host_of(address: str) -> str:
    """Host and port of an address; "" where it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _policy(settings: Settings) -> str:
    """The Content-Security-Policy; a test address of Stripe is allowed as a form's target as well."""
    if not settings.stripe_api:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("https://checkout.stripe.com", settings.stripe_api)


def _add_headers(response: Response, policy: str, is_secure: bool) -> Response:
    given = response.headers
    given.setdefault("Content-Security-Policy", policy)
    given.setdefault("X-Content-Type-Options", "nosniff")
    given.setdefault("Cache-Control", "private, no-cache")  # most pages show how full the visitor's cart is
    given.setdefault("Referrer-Policy", "same-origin")
    given.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    given.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if is_secure:
        given.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
