"""Which machines a file may send us to: public ones only, so that no address in it reaches into the local network."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from catalog.refusals import Refusal

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the numeric addresses of a host's name. Raises OSError where there are none."""

# What `ipaddress` calls global, and yet is no machine of others: IANA's registries of special addresses.
_SPECIAL_V4 = [IPv4Network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "240.0.0.0/4")]
_GLOBAL_V6 = IPv6Network("2000::/3")  # RFC 4291, 2.4: all global unicast that is given away
_SPECIAL_V6 = [IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last four bytes
_MAPPED = IPv6Network("::ffff:0:0/96")


class NotFetched(Refusal):
    """A picture could not be fetched."""


class HostIsDown(NotFetched):
    """The machine does not answer; asking it again and again costs only time."""


def lookup(host: str, port: int) -> list[str]:
    """The numeric addresses of a host as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def is_public(address: str) -> bool:
    """Whether a numeric address is a machine that the whole internet reaches.

    Private, loopback, link-local, multicast and reserved ones are not, nor carriers' (100.64.0.0/10), nor those that
    wrap such a one in IPv6 (mapped, NAT64); 6to4 and Teredo, which nobody should use any more (RFC 7526), are none.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return _is_public_v4(ip) if isinstance(ip, IPv4Address) else _is_public_v6(ip)


def _is_public_v4(ip: IPv4Address) -> bool:
    special = ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    return ip.is_global and not special and not any(ip in network for network in _SPECIAL_V4)


def _is_public_v6(ip: IPv6Address) -> bool:
    if ip.scope_id:
        return False
    if ip in _NAT64 or ip in _MAPPED:
        return _is_public_v4(IPv4Address(int(ip) & 0xFFFFFFFF))
    return ip in _GLOBAL_V6 and ip.is_global and not any(ip in network for network in _SPECIAL_V6)


class PublicHosts:
    """Looks up hosts, each once, and gives only addresses that are public: to these, and no others, one connects.

    Whoever owns a name could let it lead elsewhere at the second question (DNS rebinding), so nobody asks twice.
    """

    def __init__(self, resolve: Resolve = lookup, *, patience_s: float = 5) -> None:
        self._resolve = resolve
        self._patience_s = patience_s
        self._known: dict[tuple[str, int], Sequence[str]] = {}

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """The numeric addresses of a host. Raises NotFetched where one of them is not public, HostIsDown."""
        if (host, port) not in self._known:
            found = self._look_up(host, port)
            if not all(is_public(each) for each in found):
                raise NotFetched(f"„{host}“ liegt nicht im öffentlichen Internet.")
            self._known[host, port] = found
        return self._known[host, port]

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Ask in a thread of its own, as nothing else ends the wait for a name server."""
        told: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()
        threading.Thread(target=lambda: told.put(self._answer(host, port)), daemon=True).start()
        try:
            answer = told.get(timeout=self._patience_s)
        except queue.Empty:
            raise HostIsDown(f"Der Server „{host}“ ist nicht zu finden.") from None
        if isinstance(answer, OSError) or not answer:
            raise HostIsDown(f"Den Server „{host}“ gibt es nicht.")
        return answer

    def _answer(self, host: str, port: int) -> Sequence[str] | OSError:
        try:
            return self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            return OSError(str(error))
