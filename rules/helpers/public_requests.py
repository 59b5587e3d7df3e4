"""Requests to addresses that somebody else chose: the same calls as requests, and only public hosts are reached.

A name is resolved once, all of its addresses are checked, and a checked one is dialled, for each redirect again. There are no
proxies, since they resolve names by themselves. What is written in capitals is yours to change.
"""

# skeptic-helper: public-requests
import ipaddress
import socket
import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

# Names or addresses of your own that may be reached although they are not public: "files.internal.example".
ALLOWED_HOSTS = frozenset()
ALLOWED_PORTS = frozenset({80, 443})
MAX_BYTES = 10 * 1024 * 1024
MAX_SECONDS = 30
MAX_REDIRECTS = 5
# Seconds for a connection, and between two pieces of an answer, where the call sets none.
TIMEOUT = 10


class AddressNotAllowed(requests.RequestException):
    """The address leads to a host that is not public, or to a port that is not allowed."""


class ResponseTooLarge(requests.RequestException):
    """The answer is larger, or takes longer, than is allowed."""


def request(method, url, **given):
    with requests.Session() as session:
        session.trust_env = False
        session.max_redirects = MAX_REDIRECTS
        session.mount("http://", _PublicAdapter())
        session.mount("https://", _PublicAdapter())
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


def _dial(connection):
    host, port = connection.host.strip("[]"), connection.port
    is_own = host in ALLOWED_HOSTS
    if not is_own and port not in ALLOWED_PORTS:
        raise _Refused(f"port {port} is not allowed")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"{host} cannot be resolved: {error}") from error
    if not is_own and not all(is_public(place[0]) for *_, place in found):
        raise _Refused("the address is not public")
    failure = None
    for family, kind, protocol, _, place in found:
        dialled = socket.socket(family, kind, protocol)
        try:
            dialled.settimeout(connection.timeout)
            dialled.connect(place)
            return dialled
        except OSError as error:
            dialled.close()
            failure = error
    raise NewConnectionError(connection, f"{host} cannot be reached: {failure}") from failure


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self):
        return _dial(self)


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self):
        return _dial(self)


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
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
        try:
            response = super().send(request, **given)
        except _Refused as refused:
            raise AddressNotAllowed(str(refused), request=request) from None
        response.raw = _Limited(response.raw)
        return response


class _Limited:
    """The body of an answer, as it comes in, up to a size and a time."""

    def __init__(self, raw):
        self._raw = raw
        self._size = 0
        self._end = time.monotonic() + MAX_SECONDS

    def __getattr__(self, name):
        return getattr(self._raw, name)

    def stream(self, amt=2**16, decode_content=None):
        # `read1` answers with what is there and does not wait for more; urllib3 has it since 2.1.
        read = getattr(self._raw, "read1", self._raw.read)
        while True:
            piece = read(amt, decode_content=decode_content)
            if not piece:
                return
            self._size += len(piece)
            if self._size > MAX_BYTES or time.monotonic() > self._end:
                raise ResponseTooLarge("the answer is too large or too slow")
            yield piece
