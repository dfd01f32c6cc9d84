"""A warm process that hatches shops: each "start" on its input forks one that serves on the given socket.

A start from cold takes a second; a fork of what is already loaded takes milliseconds, and is
killed just as dead. The socket outlives the shops, as it does behind systemd or a proxy.
"""

import logging
import os
import signal
import socket
import sys
from pathlib import Path

import stripe  # noqa: F401  (loaded once, here)
from werkzeug.serving import make_server

from shop.app import create_shop
from shop.settings import read_settings


def main(data: Path, listening: int) -> None:
    """Fork a shop for each line of input and print its process id."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=listening) as door:
        app = create_shop(read_settings(data, os.environ))
        for _ in sys.stdin:
            child = os.fork()
            if child == 0:
                host, port = door.getsockname()
                make_server(host, port, app, threaded=True, fd=door.fileno()).serve_forever()
            print(child, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
