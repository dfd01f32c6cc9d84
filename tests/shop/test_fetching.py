"""Fetching pictures: a real server, real sockets, the real guard; only names and the last step of dialling are ours."""

import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path

import pytest

from catalog.refusals import Refusal
from shop.fetching import Fetcher, Limits
from shop.public_hosts import NotFetched, is_public
from tests.conftest import needs
from tests.shop.web import PUBLIC, Web, led, sent, serving

HERE = "http://shop.example/bild.jpg"
SMALL = Limits(picture_bytes=200_000)
QUICK = Limits(connect_s=0.3, picture_s=0.8)
IN_SOCKETS = 20_000_000  # bytes that the kernel takes before anybody reads them, and more


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as opened:
        yield opened


@pytest.fixture
def fetcher(web: Web) -> Fetcher:
    return Fetcher("https://naehladen.example", limits=SMALL, resolve=web.resolve, dial=web.dial)


def refused(fetcher: Fetcher, address: str = HERE) -> str:
    with pytest.raises(NotFetched) as refusal:
        fetcher.fetch(address)
    return refusal.value.sentence


def test_a_picture_comes_and_the_other_side_learns_who_asks(web: Web, fetcher: Fetcher) -> None:
    web.pages["/bild.jpg"] = sent(b"bytes", Content_Type="text/html")
    assert fetcher.fetch(HERE).getvalue() == b"bytes"
    assert web.seen[0]["User-Agent"] == "Dorfladen (+https://naehladen.example)"
    assert not {"Cookie", "Authorization", "Referer"} & web.seen[0].keys()


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("http://shop.example/a b/knöpfe.jpg?x=%20#oben", "shop.example/a%20b/kn%C3%B6pfe.jpg?x=%20"),
        ("http://shop.example/i.php?größe=3&b=ä", "shop.example/i.php?gr%C3%B6%C3%9Fe=3&b=%C3%A4"),
        ("HTTP://Shop.Example:80/100%.jpg", "shop.example/100%25.jpg"),
        ("http://shop.example", "shop.example/"),
        ("http://nähstraße.example/a.jpg", "xn--nhstrae-5va3b.example/a.jpg"),
        (f"http://{PUBLIC}/a.jpg", f"{PUBLIC}/a.jpg"),
    ],
)  # fmt: skip
def test_addresses_are_asked_as_a_browser_would(web: Web, fetcher: Fetcher, address: str, asked: str) -> None:
    web.names["xn--nhstrae-5va3b.example"] = [PUBLIC]
    web.pages[asked.partition("/")[1] + asked.partition("/")[2]] = sent(b"x")
    assert fetcher.fetch(address).getvalue() == b"x"
    assert web.asked == [asked]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ftp://shop.example/a.jpg", "http:// oder https://"),
        ("file:///etc/passwd", "http:// oder https://"),
        ("http://wer:geheim@shop.example/a.jpg", "Zugangsdaten"),
        ("http://shop.example:8080/a.jpg", "Anschluss 8080"),
        ("https://shop.example:80/a.jpg", "Anschluss 80"),
        ("http://shop.example:99999/a.jpg", "nicht richtig"),
        ("http:///a.jpg", "nicht richtig"),
        ("http://shop..example/a.jpg", "nicht richtig"),
        ("http://[::1/a.jpg", "nicht richtig"),
        ("http://shop\r\nX: y.example/a.jpg", "nicht richtig"),
        (f"http://shop.example/{'a' * 3000}", "zu lang"),
    ],
)
def test_odd_addresses_are_refused_before_anybody_is_asked(web: Web, fetcher: Fetcher, address: str, why: str) -> None:
    assert why in refused(fetcher, address)
    assert web.dialled == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.178.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.2", "203.0.113.3", "224.0.0.1", "240.0.0.1", "192.88.99.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::1", "2002:0808:0808::1", "2001:0:7f00:1::1", "2001:db8::1", "3fff::1", "100::1", "nonsense",
    ],
)  # fmt: skip
def test_what_is_not_public_is_never_dialled(web: Web, fetcher: Fetcher, address: str) -> None:
    web.names["innen.example"] = [PUBLIC, address]
    web.pages["/a.jpg"] = sent(b"secret")
    assert not is_public(address)
    assert "nicht im öffentlichen Internet" in refused(fetcher, "http://innen.example/a.jpg")
    assert web.dialled == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_machines_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]"])
def test_other_spellings_of_this_machine_are_not_dialled(web: Web, fetcher: Fetcher, host: str) -> None:
    assert "nicht im öffentlichen Internet" in refused(fetcher, f"http://{host}/a.jpg")
    assert web.dialled == []


def test_this_machine_by_its_name_is_not_dialled_with_the_systems_own_resolver() -> None:
    assert "nicht im öffentlichen Internet" in refused(Fetcher("http://x.example"), "http://localhost/a.jpg")


def test_a_name_that_leads_elsewhere_the_second_time_is_asked_once(web: Web, fetcher: Fetcher) -> None:
    web.pages["/bild.jpg"] = sent(b"x")
    fetcher.fetch(HERE)
    web.names["shop.example"] = ["127.0.0.1"]
    fetcher.fetch(HERE)
    assert (web.looked_up, web.dialled) == (["shop.example"], [PUBLIC, PUBLIC])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(web: Web, fetcher: Fetcher, status: int) -> None:
    web.pages |= {"/bild.jpg": led("neu/knöpfe.jpg?a=1", status), "/neu/kn%C3%B6pfe.jpg?a=1": sent(b"x")}
    assert fetcher.fetch(HERE).getvalue() == b"x"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://169.254.169.254/latest/meta-data/", "nicht im öffentlichen Internet"),
        ("http://innen.example/", "nicht im öffentlichen Internet"),
        ("//127.0.0.1/", "nicht im öffentlichen Internet"),
        ("http://shop.example:6379/", "Anschluss 6379"),
        ("file:///etc/passwd", "http:// oder https://"),
        ("http://a:b@shop.example/", "Zugangsdaten"),
        (HERE, "leitet zu oft weiter"),
    ],
)
def test_no_redirect_leads_into_the_house_or_round_in_circles(
    web: Web, fetcher: Fetcher, location: str, why: str
) -> None:
    web.names["innen.example"] = ["192.168.1.1"]
    web.pages["/bild.jpg"] = led(location)
    assert why in refused(fetcher)
    assert set(web.dialled) == {PUBLIC}
    assert len(web.dialled) <= 4


def test_an_endless_picture_ends_at_the_limit(web: Web, fetcher: Fetcher) -> None:
    sizes: list[int] = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "10")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while True:
            sizes.append(request.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n"))

    web.pages["/bild.jpg"] = endless
    assert "größer als" in refused(fetcher)
    assert sum(sizes) < IN_SOCKETS


@pytest.mark.parametrize("part", ["head", "body"])
def test_what_drips_ends_with_its_time(web: Web, part: str) -> None:
    fetcher, ended = Fetcher("http://x.example", limits=QUICK, resolve=web.resolve, dial=web.dial), threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        if part == "body":
            request.send_response(200)
            request.end_headers()
        while not ended.wait(0.05):
            request.wfile.write(b"x")
            request.wfile.flush()

    web.pages["/bild.jpg"] = drip
    began = time.monotonic()
    assert "braucht zu lange" in refused(fetcher)
    ended.set()
    assert time.monotonic() - began < 10


def test_a_name_server_that_does_not_answer_is_not_waited_for(web: Web) -> None:
    ended = threading.Event()

    def silent(host: str, port: int) -> list[str]:
        ended.wait(5)
        return [PUBLIC]

    fetcher = Fetcher("http://x.example", limits=QUICK, resolve=silent, dial=web.dial)
    assert "nicht zu finden" in refused(fetcher)
    ended.set()


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (sent(b"", 404), "kein Bild (404)"),
        (sent(b"", 403), "gibt das Bild nicht heraus (403)"),
        (sent(b"", 503), "gestört oder überlastet (503)"),
        (sent(b"half", Content_Length="4000"), "nicht vollständig"),
        (sent(b"zz\r\n", Content_Length="", Transfer_Encoding="chunked"), "nicht vollständig"),
        (lambda request: request.wfile.write(b"nonsense\r\n\r\n"), "nicht vollständig"),
    ],
)
def test_what_goes_wrong_is_said(web: Web, fetcher: Fetcher, page: object, why: str) -> None:
    web.pages["/bild.jpg"] = page  # type: ignore[assignment]
    assert why in refused(fetcher)


def test_a_host_that_is_unknown_or_closed_is_said(web: Web, fetcher: Fetcher) -> None:
    assert "gibt es nicht" in refused(fetcher, "http://niemand.example/a.jpg")
    web.port = 1
    assert "nicht erreichbar" in refused(fetcher)


def test_several_come_a_few_at_a_time(web: Web, fetcher: Fetcher) -> None:
    now, most, lock = [0], [0], threading.Lock()

    def counted(request: BaseHTTPRequestHandler) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        sent(b"x")(request)

    addresses = [f"http://shop.example/{number}" for number in range(20)]
    web.pages = {f"/{number}": counted for number in range(20)}
    came = dict(fetcher(addresses))
    assert set(came) == set(addresses)
    assert all(isinstance(each, BytesIO) for each in came.values())
    assert 2 <= most[0] <= 4


def test_a_host_that_is_down_is_not_asked_for_each_of_its_pictures(web: Web, fetcher: Fetcher) -> None:
    web.port = 1
    came = dict(fetcher([f"http://shop.example/{number}" for number in range(40)]))
    assert len(came) == 40
    assert all(isinstance(each, Refusal) for each in came.values())
    assert len(web.dialled) <= 7


def test_all_pictures_together_have_a_limit(web: Web) -> None:
    limits = Limits(all_bytes=25)
    fetcher = Fetcher("http://x.example", limits=limits, resolve=web.resolve, dial=web.dial)
    web.pages = {f"/{number}": sent(b"x" * 10) for number in range(30)}
    came = [each for _, each in fetcher([f"http://shop.example/{number}" for number in range(30)])]
    assert 3 <= sum(isinstance(each, BytesIO) for each in came) <= 6
    assert "noch einmal ein" in next(each.sentence for each in came if isinstance(each, Refusal))


def test_a_certificate_that_nobody_vouches_for_is_refused(web: Web, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    needs("openssl", openssl is not None)
    subprocess.run(
        [str(openssl), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
         "-days", "30", "-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serving(server_side) as secured:
        secured.names["other.example"] = [PUBLIC]
        secured.pages |= {"/bild.jpg": sent(b"x"), "/unten.jpg": led(HERE)}
        strict = Fetcher("http://x.example", resolve=secured.resolve, dial=secured.dial)
        assert "Zertifikat" in refused(strict, "https://shop.example/bild.jpg")
        ours = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        trusting = Fetcher("http://x.example", resolve=secured.resolve, dial=secured.dial, context=ours)
        assert trusting.fetch("https://shop.example/bild.jpg").getvalue() == b"x"
        assert "Zertifikat" in refused(trusting, "https://other.example/bild.jpg")
        assert "ungesicherte" in refused(trusting, "https://shop.example/unten.jpg")
