"""A web for tests: names that resolve as a test wishes, and one real server behind all public addresses."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PUBLIC = "93.184.216.34"

Page = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """`names` says which addresses a host's name has; every public one leads to the server, which serves `pages`."""

    port: int = 0
    names: dict[str, list[str]] = field(default_factory=lambda: {"shop.example": [PUBLIC]})
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    seen: list[Mapping[str, str]] = field(default_factory=list)  # headers
    dialled: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.looked_up.append(host)
        if host in self.names:
            return self.names[host]
        return [str(each[4][0]) for each in socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)]

    def dial(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.dialled.append(address[0])
        return socket.create_connection(("127.0.0.1", self.port), timeout)


def sent(content: bytes, status: int = 200, **headers: str) -> Page:
    """A page with a body, and headers whose underscores are hyphens."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            if value:
                request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def led(location: str, status: int = 302) -> Page:
    return sent(b"", status, Location=location)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """One server on this machine; with a context it speaks TLS."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(f"{self.headers['Host']}{self.path}")
            web.seen.append(dict(self.headers))
            try:
                web.pages.get(self.path, sent(b"", 404))(self)
            except OSError:
                self.close_connection = True  # the other side had enough

        def log_message(self, *what: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
