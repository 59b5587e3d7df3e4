"""Requests to addresses that somebody else chose: the same calls as requests, and only public hosts are reached.

A name is resolved once, all of its addresses are checked, and a checked one is dialled, for each redirect again. There are no
proxies, since they resolve names by themselves, and no compressed answers, since little may become very much. What is written in
capitals is yours to change.
"""

# skeptic-helper: public-requests
import http.client
import io
import ipaddress
import socket
import threading
import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

# Names or addresses of your own that may be reached although they are not public: "files.internal.example".
ALLOWED_HOSTS = frozenset()
ALLOWED_PORTS = frozenset({80, 443})
# Of one answer, and for all of a call: its redirects, and the reading of what it answers.
MAX_BYTES = 10 * 1024 * 1024
MAX_SECONDS = 30
MAX_REDIRECTS = 5
# Seconds for a connection, and between two pieces of an answer, where the call sets none.
TIMEOUT = 10


class AddressNotAllowed(requests.RequestException):
    """The address leads to a host that is not public, or to a port that is not allowed."""


def request(method, url, **given):
    with requests.Session() as session:
        session.trust_env = False
        session.max_redirects = MAX_REDIRECTS
        adapter = _PublicAdapter()
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session.request(method, url, **given)


def get(url, params=None, **given):
    return request("GET", url, params=params, **given)


def options(url, **given):
    return request("OPTIONS", url, **given)


def head(url, **given):
    given.setdefault("allow_redirects", False)
    return request("HEAD", url, **given)


def post(url, data=None, json=None, **given):
    return request("POST", url, data=data, json=json, **given)


def put(url, data=None, **given):
    return request("PUT", url, data=data, **given)


def patch(url, data=None, **given):
    return request("PATCH", url, data=data, **given)


def delete(url, **given):
    return request("DELETE", url, **given)


# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry; 168.63.129.16 is a cloud's own.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
]
# All that is public today; what stands for an IPv4 address (::ffff:0:0/96, 64:ff9b::/96) is outside.
_GLOBAL = ipaddress.ip_network("2000::/3")


def is_public(address):
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6 and ip not in _GLOBAL:
        return False
    return not any(ip in network for network in _SPECIAL)


class _Refused(Exception):
    """Not an error of requests: urllib3 would take it for one of the network."""


# The end of the call that this thread is in.
_current = threading.local()


def _left(end, timeout):
    left = end - time.monotonic()
    if left <= 0:
        raise socket.timeout("the answer takes too long")
    return left if timeout is None else min(left, timeout)


class _Wire(io.RawIOBase):
    """What comes in, the head of the answer as well, up to a size and a time."""

    def __init__(self, sock, raw):
        self._sock, self._raw, self._timeout = sock, raw, sock.gettimeout()
        self._size, self._end = 0, _current.end

    def readable(self):
        return True

    def readinto(self, buffer):
        self._sock.settimeout(_left(self._end, self._timeout))
        count = self._raw.readinto(buffer)
        self._size += count or 0
        if self._size > MAX_BYTES:
            raise OSError("the answer is too large")
        return count

    def close(self):
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock, *args, **given):
        super().__init__(sock, *args, **given)
        self.fp = io.BufferedReader(_Wire(sock, self.fp.detach()))


class _Public:
    response_class = _Answer

    def _new_conn(self):
        host, port = self.host.strip("[]"), self.port
        is_own = host in ALLOWED_HOSTS
        if not is_own and port not in ALLOWED_PORTS:
            raise _Refused(f"port {port} is not allowed")
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, f"{host} cannot be resolved: {error}") from error
        if not is_own and not all(is_public(place[0]) for *_, place in found):
            raise _Refused("the address is not public")
        failure = None
        for family, kind, protocol, _, place in found:
            dialled = socket.socket(family, kind, protocol)
            try:
                dialled.settimeout(_left(_current.end, self.timeout))
                dialled.connect(place)
                return dialled
            except OSError as error:
                dialled.close()
                failure = error
        raise NewConnectionError(self, f"{host} cannot be reached: {failure}") from failure

    def send(self, data):
        pieces = [data]
        if isinstance(data, bytes):
            pieces = [data[at : at + 2**16] for at in range(0, len(data), 2**16)]
        for piece in pieces:
            if self.sock is not None:
                self.sock.settimeout(_left(_current.end, self.timeout))
            super().send(piece)


class _PublicHTTPConnection(_Public, HTTPConnection):
    pass


class _PublicHTTPSConnection(_Public, HTTPSConnection):
    pass


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
    """For one call, whose time begins here."""

    def __init__(self):
        self._end = time.monotonic() + MAX_SECONDS
        super().__init__()

    def init_poolmanager(self, *args, **given):
        super().init_poolmanager(*args, **given)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PublicHTTPPool,
            "https": _PublicHTTPSPool,
        }

    def send(self, request, **given):
        if given.get("proxies"):
            raise AddressNotAllowed("a proxy resolves names by itself", request=request)
        given["timeout"] = given.get("timeout") or TIMEOUT
        request.headers["Accept-Encoding"] = "identity"
        _current.end = self._end
        try:
            response = super().send(request, **given)
        except _Refused as refused:
            raise AddressNotAllowed(str(refused), request=request) from None
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding != "identity" and request.method != "HEAD":
            response.raw.close()
            raise requests.exceptions.ContentDecodingError("the answer is compressed", request=request)
        return response
