"""The web server: gunicorn with threads, and the jobs beside it where one process does everything.

No access log is written: it would keep the visitors' addresses (Art. 5 DSGVO).
"""

import errno
import logging
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from catalog.refusals import Refusal
from shop.settings import Settings

_PATIENCE_S = 30  # for requests and jobs in flight when the shop closes
_SILENCE_S = 15  # a visitor who says and takes nothing for so long in the middle of a request has gone


class AddressTaken(Refusal):
    """The shop cannot listen where it should."""


def serve(settings: Settings, *, with_jobs: bool, when_open: Callable[[], None]) -> None:
    """Serve until told to stop (TERM, INT); what is in flight is finished. Raises AddressTaken.

    With jobs: one process with eight threads that also runs the jobs. Without: `settings.workers`
    processes with four threads each, renewed after some ten thousand requests.
    """
    _check_address(settings.host, settings.port)
    _Server(settings, with_jobs, when_open).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our settings instead of a configuration file."""

    def __init__(self, settings: Settings, with_jobs: bool, when_open: Callable[[], None]) -> None:
        self._settings = settings
        self._with_jobs = with_jobs
        self._when_open = when_open
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._configuration().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Put the shop together, in the worker: a restarted worker starts with today's code."""
        from shop.app import create_shop

        return create_shop(self._settings)

    def _configuration(self) -> dict[str, Any]:
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        common = {
            "bind": f"{host}:{self._settings.port}",
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": _PATIENCE_S,
            "keepalive": 5,
            "loglevel": "warning",
            "forwarded_allow_ips": "",  # who may speak for visitors is our setting `proxies`
            "control_socket_disable": True,  # else it writes into the home folder
            "when_ready": self._open,
            "post_worker_init": _look_over_goods,
        }
        if self._with_jobs:
            beside = _JobsBeside()
            return common | {"workers": 1, "threads": 8, "post_worker_init": beside.start, "worker_exit": beside.stop}
        renewal = {"max_requests": 10_000, "max_requests_jitter": 1_000}
        return common | {"workers": self._settings.workers, "threads": 4} | renewal

    def _open(self, server: Any) -> None:
        """Limit the silence of all visitors: Linux hands a listener's options on to its connections.

        Else a few telephones that lose their net in the middle of a request keep all threads for ever.
        """
        logging.getLogger("gunicorn.error").addFilter(_is_no_silence)
        for listener in server.LISTENERS:
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", _SILENCE_S, 0))
        self._when_open()


def _is_no_silence(record: logging.LogRecord) -> bool:
    """Whether a log entry is about anything but a visitor who fell silent: that is none of the owner's trouble."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def _look_over_goods(worker: Any) -> None:
    """Let the worker read what all goods are while the first shopper is still on the way."""
    from shop.context import Shop

    shop: Shop = worker.wsgi.extensions["dorfladen"]
    shop.search.overviews.begin(shop.database.reading, shop.clock)


class _JobsBeside:
    """The thread that runs the jobs inside the web process; comes and goes with the worker."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, worker: Any) -> None:
        from shop import jobs

        _look_over_goods(worker)
        self._thread = threading.Thread(
            target=jobs.run_forever, args=(worker.wsgi, self._stop), name="jobs", daemon=True
        )
        self._thread.start()

    def stop(self, server: Any, worker: Any) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)


def _check_address(host: str, port: int) -> None:
    """Find out in a sentence, before gunicorn finds out in five tries."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AddressTaken(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Auf Port {port} läuft schon etwas, vielleicht der Laden selbst. "
            f"Mit einem anderen Port geht es: python3 run.py --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} darf hier nicht benutzt werden. Bitte nehmen Sie einen ab 1024, zum Beispiel --port 8000."
    return f"Unter der Adresse {host} kann der Laden nicht öffnen ({error.strerror or error}). Meist passt 127.0.0.1."
