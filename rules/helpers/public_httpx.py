"""Requests of httpx to addresses that somebody else chose: only public hosts are reached.

`PublicTransport` and `AsyncPublicTransport` are for clients, and there are the same functions as in httpx. A name is resolved once,
all of its addresses are checked, and a checked one is dialled, for each redirect again. There are no proxies, since they resolve
names by themselves. What is written in capitals is yours to change.
"""

# skeptic-helper: public-httpx
import ipaddress
import socket
import time

import anyio
import httpx

# Names or addresses of your own that may be reached although they are not public: "files.internal.example".
ALLOWED_HOSTS = frozenset()
ALLOWED_PORTS = frozenset({80, 443})
MAX_BYTES = 10 * 1024 * 1024
MAX_SECONDS = 30


class AddressNotAllowed(httpx.RequestError):
    """The address leads to a host that is not public, or to a port that is not allowed."""


class ResponseTooLarge(httpx.RequestError):
    """The answer is larger, or takes longer, than is allowed."""


# Without a pool: a connection that stands may have been made for another name.
_NO_POOL = httpx.Limits(max_keepalive_connections=0)


class PublicTransport(httpx.HTTPTransport):
    def __init__(self):
        super().__init__(limits=_NO_POOL, trust_env=False)

    def handle_request(self, request):
        host, port = _asked(request)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} cannot be resolved", request=request) from error
        *others, last = _checked(request, found)
        for address in others:
            try:
                return _limited(super().handle_request(_pinned(request, address)), request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return _limited(super().handle_request(_pinned(request, last)), request)


class AsyncPublicTransport(httpx.AsyncHTTPTransport):
    def __init__(self):
        super().__init__(limits=_NO_POOL, trust_env=False)

    async def handle_async_request(self, request):
        host, port = _asked(request)
        try:
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} cannot be resolved", request=request) from error
        *others, last = _checked(request, found)
        for address in others:
            try:
                answer = await super().handle_async_request(_pinned(request, address))
                return _limited(answer, request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return _limited(await super().handle_async_request(_pinned(request, last)), request)


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

def _asked(request):
    host, port = request.url.host, request.url.port
    if port is None:
        port = 443 if request.url.scheme == "https" else 80
    if host not in ALLOWED_HOSTS and port not in ALLOWED_PORTS:
        raise AddressNotAllowed(f"port {port} is not allowed", request=request)
    return host, port


def _checked(request, found):
    addresses = list(dict.fromkeys(place[0] for *_, place in found))
    is_own = request.url.host in ALLOWED_HOSTS
    if not addresses or not (is_own or all(is_public(address) for address in addresses)):
        raise AddressNotAllowed("the address is not public", request=request)
    return addresses


def _pinned(request, address):
    """The same request to a checked address; the certificate must still be that of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers={**request.headers, "accept-encoding": "identity"},
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def _limited(response, request):
    # What is small may be very large once it is unpacked.
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ResponseTooLarge("the answer is compressed, which was not asked for", request=request)
    response.stream = _Limited(response.stream, request)
    return response


class _Limited(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer, as it comes in, up to a size and a time."""

    def __init__(self, stream, request):
        self._stream = stream
        self._request = request
        self._size = 0
        self._end = time.monotonic() + MAX_SECONDS

    def _counted(self, piece):
        self._size += len(piece)
        if self._size > MAX_BYTES or time.monotonic() > self._end:
            raise ResponseTooLarge("the answer is too large or too slow", request=self._request)
        return piece

    def __iter__(self):
        return (self._counted(piece) for piece in self._stream)

    async def __aiter__(self):
        async for piece in self._stream:
            yield self._counted(piece)

    def close(self):
        self._stream.close()

    async def aclose(self):
        await self._stream.aclose()
