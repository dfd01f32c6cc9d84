"""Fetching pictures from the web: public machines only, with limits on size and time, a few at once."""

import http.client
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any

from catalog.refusals import Refusal
from shop import web_address
from shop.public_hosts import HostIsDown, NotFetched, PublicHosts, Resolve, lookup
from shop.timed_socket import TimedSocket
from shop.web_address import WebAddress

AT_ONCE = 4
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_PATIENCE = 3  # failures of a host in a row; then its other pictures are not tried
_CHUNK = 64 * 1024

Dial = Callable[[tuple[str, int], float], socket.socket]
"""Connects to a numeric address and port within so many seconds. Raises OSError."""


@dataclass(frozen=True)
class Limits:
    """Seconds to connect and for one picture, bytes of one picture; seconds and bytes of all pictures together."""

    connect_s: float = 5
    picture_s: float = 20
    picture_bytes: int = 15 * 1024**2
    all_s: float = 30 * 60
    all_bytes: int = 4 * 1024**3


@dataclass
class _Round:
    """What the threads of one import share."""

    ends_at: float
    bytes_left: int
    failures: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Fetcher:
    """Fetches pictures for the shop whose address it tells the other side.

    `resolve`, `dial` and `context` are the ways into the world, for tests; that only public machines are asked is no
    matter of how it is set up.
    """

    def __init__(
        self,
        shop_url: str,
        *,
        limits: Limits = Limits(),
        resolve: Resolve = lookup,
        dial: Dial = socket.create_connection,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._headers = {
            "User-Agent": f"Dorfladen (+{shop_url})",
            "Accept": "image/jpeg,image/png,image/webp,image/*;q=0.8,*/*;q=0.1",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        self._limits = limits
        self._hosts = PublicHosts(resolve, patience_s=limits.connect_s)
        self._dial = dial
        self._given_context = context

    def __call__(self, addresses: Sequence[str]) -> Generator[tuple[str, BytesIO | Refusal], None, None]:
        """Fetch several, each given as it comes: what lay at an address, or why nothing came."""
        limits = self._limits
        this = _Round(time.monotonic() + limits.all_s, limits.all_bytes)
        left = iter(addresses)
        running: dict[Future[BytesIO | NotFetched], str] = {}
        with ThreadPoolExecutor(AT_ONCE) as threads:
            while True:
                while len(running) < AT_ONCE and (address := next(left, None)) is not None:
                    running[threads.submit(self._try, address, this)] = address
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()

    def fetch(self, address: str) -> BytesIO:
        """What lies at an address; whether it is a picture is for others to find out. Raises NotFetched."""
        ends_at = time.monotonic() + self._limits.picture_s
        here = web_address.parse(address)
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._get(here, ends_at)
            if isinstance(answer, BytesIO):
                return answer
            here = web_address.follow(here, answer)
        raise NotFetched("Die Adresse leitet zu oft weiter.")

    def _try(self, address: str, this: _Round) -> BytesIO | NotFetched:
        try:
            host = web_address.parse(address).host
            _check(this, host)
        except NotFetched as refusal:
            return refusal
        result = self._tried(address)
        with this.lock:
            this.failures[host] = this.failures[host] + 1 if isinstance(result, HostIsDown) else 0
            this.bytes_left -= result.getbuffer().nbytes if isinstance(result, BytesIO) else 0
        return result

    def _tried(self, address: str) -> BytesIO | NotFetched:
        try:
            return self.fetch(address)
        except NotFetched as refusal:
            return refusal

    def _get(self, here: WebAddress, ends_at: float) -> BytesIO | str:
        """What lies there, or where it leads."""
        try:
            with closing(self._connect(here, ends_at)) as connected:
                return self._ask(here, TimedSocket(connected, lambda: _left(ends_at)))
        except TimeoutError as error:
            raise HostIsDown(f"Der Server „{here.host}“ braucht zu lange.") from error
        except ssl.SSLCertVerificationError as error:
            raise NotFetched(f"Das Zertifikat des Servers „{here.host}“ ist nicht gültig.") from error
        except http.client.HTTPException as error:
            raise NotFetched("Das Bild kam nicht vollständig an.") from error
        except OSError as error:
            raise HostIsDown(f"Der Server „{here.host}“ ist nicht erreichbar.") from error

    def _connect(self, here: WebAddress, ends_at: float) -> socket.socket:
        """Connect to one of the addresses that were looked up and found public, and to nothing else."""
        addresses = self._hosts.addresses(here.host, here.port)
        connected = self._dial_first(addresses, here.port, ends_at)
        if here.scheme == "http":
            return connected
        connected.settimeout(min(self._limits.connect_s, _left(ends_at)))
        try:
            return self._context.wrap_socket(connected, server_hostname=here.host)
        except BaseException:
            connected.close()
            raise

    def _dial_first(self, addresses: Sequence[str], port: int, ends_at: float) -> socket.socket:
        *others, last = addresses[:3]
        for address in others:
            try:
                return self._dial((address, port), min(self._limits.connect_s, _left(ends_at)))
            except OSError:
                continue
        return self._dial((last, port), min(self._limits.connect_s, _left(ends_at)))

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._given_context or ssl.create_default_context()

    def _ask(self, here: WebAddress, timed: TimedSocket) -> BytesIO | str:
        connection = http.client.HTTPConnection(here.host_header)
        connection.auto_open = 0  # it would look the name up again
        sock: Any = timed
        connection.sock = sock
        connection.request("GET", here.target, headers={"Host": here.host_header, **self._headers})
        with closing(connection.getresponse()) as response:
            location = response.getheader("Location")
            if response.status in _REDIRECTS and location:
                return location
            if response.status != 200:
                raise NotFetched(_why(response.status))
            return self._body(response)

    def _body(self, response: http.client.HTTPResponse) -> BytesIO:
        """Read while it is not too much; what the other side says of the length is not trusted."""
        content, most = BytesIO(), self._limits.picture_bytes
        while chunk := response.read(_CHUNK):
            content.write(chunk)
            if content.tell() > most:
                raise NotFetched(f"Es ist größer als {most // 1024**2} MB.")
        if response.length:
            raise NotFetched("Das Bild kam nicht vollständig an.")
        return content


def _left(ends_at: float) -> float:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _check(this: _Round, host: str) -> None:
    """Whether it is worth while to ask for one more. Raises NotFetched."""
    with this.lock:
        if this.failures[host] >= _PATIENCE:
            raise NotFetched(f"Der Server „{host}“ antwortet nicht.")
        if time.monotonic() > this.ends_at or this.bytes_left <= 0:
            raise NotFetched(
                "Für diesen Import waren es zu viele. Lesen Sie die Datei noch einmal ein, dann laden wir die übrigen."
            )


def _why(status: int) -> str:
    if status in (404, 410):
        return f"Unter dieser Adresse gibt es kein Bild ({status})."
    if status in (401, 403):
        return f"Der Server gibt das Bild nicht heraus ({status})."
    return f"Der Server ist gestört oder überlastet ({status}). Bitte versuchen Sie es später noch einmal."
