"""The shop as a process: it opens, serves, keeps its log calm, and closes when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def command(data: Path, port: int, *more: str) -> list[str]:
    return [sys.executable, "-P", "-m", "shop.cli", "--data", str(data), "--port", str(port), *more]


def start(data: Path, port: int, *more: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command(data, port, *more), env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def first_answer(port: int, process: subprocess.Popen[str]) -> int:
    """The status of / as soon as there is one."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                return int(answer.status)
        except urllib.error.URLError:
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
    pytest.fail("the shop does not open")


@pytest.mark.parametrize("more", [(), ("serve",)])
def test_the_shop_opens_and_closes_calmly(empty_shop: Path, more: tuple[str, ...]) -> None:
    port = _free_port()
    process = start(empty_shop, port, *more)
    assert first_answer(port, process) == 200
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert f"Der Laden ist offen: http://127.0.0.1:{port}/" in said
    assert "GET /" not in said  # visitors leave no trace in the log


def test_a_dead_worker_is_replaced(empty_shop: Path) -> None:
    port = _free_port()
    process = start(empty_shop, port)
    assert first_answer(port, process) == 200
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    os.kill(int(children[0]), signal.SIGKILL)
    assert first_answer(port, process) == 200
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=40)
    assert process.returncode == 0


def test_telephones_that_lose_their_net_do_not_close_the_shop(empty_shop: Path) -> None:
    head = b"POST /warenkorb HTTP/1.1\r\nHost: laden\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 9\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n\r\nmenge="
    port = _free_port()
    process = start(empty_shop, port)
    assert first_answer(port, process) == 200
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]  # as many as there are threads
    for number, each in enumerate(silent):
        each.sendall(head + form * (number % 2))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        assert answer.status == 200
    for each in silent:
        each.close()
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=40)
    assert "Traceback" not in said


def test_a_taken_port_is_said_in_a_sentence(empty_shop: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(empty_shop, port)
        said, _ = process.communicate(timeout=40)
    assert process.returncode == 1
    assert f"Auf Port {port} läuft schon etwas" in said
    assert "Traceback" not in said


def test_the_worker_alone_ends_when_asked(empty_shop: Path) -> None:
    process = start(empty_shop, 8000, "work")
    assert process.stdout is not None
    assert "Hintergrundarbeit" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=40)
    assert process.returncode == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
