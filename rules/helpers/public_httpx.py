"""Requests of httpx to addresses that somebody else chose: only public hosts are reached.

`PublicTransport` and `AsyncPublicTransport` are for clients, and there are the same functions as in httpx. A name is resolved once,
all of its addresses are checked, and a checked one is dialled, for each redirect again. There are no proxies, since they resolve
names by themselves, and no compressed answers, since little may become very much. What is written in capitals is yours to change.
"""

# skeptic-helper: public-httpx
import ipaddress
import socket
import time
from contextvars import ContextVar

import anyio
import httpcore
import httpx

# Names or addresses of your own that may be reached although they are not public: "files.internal.example".
ALLOWED_HOSTS = frozenset()
ALLOWED_PORTS = frozenset({80, 443})
# Of one answer, and for all of a call: its redirects, and the reading of what it answers.
MAX_BYTES = 10 * 1024 * 1024
MAX_SECONDS = 30


class AddressNotAllowed(httpx.RequestError):
    """The address leads to a host that is not public, or to a port that is not allowed."""


class PublicTransport(httpx.HTTPTransport):
    def __init__(self):
        # In the place of the pool that httpx makes.
        self._pool = httpcore.ConnectionPool(network_backend=_Backend(), **_options())

    def handle_request(self, request):
        response = super().handle_request(_prepared(request))
        if _is_compressed(request, response):
            response.close()
            raise httpx.DecodingError("the answer is compressed", request=request)
        return response


class AsyncPublicTransport(httpx.AsyncHTTPTransport):
    def __init__(self):
        self._pool = httpcore.AsyncConnectionPool(network_backend=_AsyncBackend(), **_options())

    async def handle_async_request(self, request):
        response = await super().handle_async_request(_prepared(request))
        if _is_compressed(request, response):
            await response.aclose()
            raise httpx.DecodingError("the answer is compressed", request=request)
        return response


def request(method, url, **given):
    with httpx.Client(transport=PublicTransport()) as client:
        return client.request(method, url, **given)


def get(url, **given):
    return request("GET", url, **given)


def options(url, **given):
    return request("OPTIONS", url, **given)


def head(url, **given):
    return request("HEAD", url, **given)


def post(url, **given):
    return request("POST", url, **given)


def put(url, **given):
    return request("PUT", url, **given)


def patch(url, **given):
    return request("PATCH", url, **given)


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


def _options():
    # No connection is kept: each has the time of the call that it was made for.
    return {
        "ssl_context": httpx.create_ssl_context(trust_env=False),
        "max_connections": 100,
        "max_keepalive_connections": 0,
    }


# The end of the call that is being made.
_end = ContextVar("_end")


def _prepared(request):
    request.headers["Accept-Encoding"] = "identity"
    # Redirects are requests of their own that take the extensions along.
    first, end = request.extensions.get("public_call", (request, 0))
    if first is request:
        end = time.monotonic() + MAX_SECONDS
        request.extensions["public_call"] = (request, end)
    _end.set(end)
    return request


def _is_compressed(request, response):
    encoding = response.headers.get("Content-Encoding", "identity")
    return encoding != "identity" and request.method != "HEAD"


def _checked(host, port, found):
    addresses = list(dict.fromkeys(place[0] for *_, place in found))
    if host not in ALLOWED_HOSTS:
        if port not in ALLOWED_PORTS:
            raise AddressNotAllowed(f"port {port} is not allowed")
        if not all(is_public(address) for address in addresses):
            raise AddressNotAllowed("the address is not public")
    return addresses


class _Backend(httpcore.NetworkBackend):
    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error
        limits = _Limits(_end.get())
        failure = None
        for address in _checked(host, port, found):
            try:
                left = limits.left(timeout)
                return _Stream(httpcore.SyncBackend().connect_tcp(address, port, left), limits)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise httpcore.ConnectError(f"{host} cannot be reached: {failure}") from failure


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        try:
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error
        limits = _Limits(_end.get())
        failure = None
        for address in _checked(host, port, found):
            try:
                left = limits.left(timeout)
                dialled = await httpcore.AnyIOBackend().connect_tcp(address, port, left)
                return _AsyncStream(dialled, limits)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise httpcore.ConnectError(f"{host} cannot be reached: {failure}") from failure


class _Limits:
    """What comes in over one connection, the head of the answer as well, up to a size and a time."""

    def __init__(self, end):
        self._end = end
        self._size = 0

    def left(self, timeout):
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer takes too long")
        return left if timeout is None else min(left, timeout)

    def counted(self, data):
        self._size += len(data)
        if self._size > MAX_BYTES:
            raise httpcore.ReadError("the answer is too large")
        return data


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream, limits):
        self._stream = stream
        self._limits = limits

    def read(self, max_bytes, timeout=None):
        return self._limits.counted(self._stream.read(max_bytes, self._limits.left(timeout)))

    def write(self, buffer, timeout=None):
        for at in range(0, len(buffer), 2**16):
            self._stream.write(buffer[at : at + 2**16], self._limits.left(timeout))

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        left = self._limits.left(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._limits)

    def get_extra_info(self, info):
        return self._stream.get_extra_info(info)

    def close(self):
        self._stream.close()


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream, limits):
        self._stream = stream
        self._limits = limits

    async def read(self, max_bytes, timeout=None):
        return self._limits.counted(await self._stream.read(max_bytes, self._limits.left(timeout)))

    async def write(self, buffer, timeout=None):
        for at in range(0, len(buffer), 2**16):
            await self._stream.write(buffer[at : at + 2**16], self._limits.left(timeout))

    async def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        left = self._limits.left(timeout)
        tls = await self._stream.start_tls(ssl_context, server_hostname, left)
        return _AsyncStream(tls, self._limits)

    def get_extra_info(self, info):
        return self._stream.get_extra_info(info)

    async def aclose(self):
        await self._stream.aclose()
