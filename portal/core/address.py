"""Who sent a request, when proxies stand between."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request


@lru_cache(maxsize=8)
def _parse(networks: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network, strict=False) for network in networks)


def _is_trusted(address: str, networks: tuple[str, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _parse(networks))


def client_address(request: Request, trusted: tuple[str, ...]) -> str:
    """The nearest address that is not a trusted proxy: X-Forwarded-For is read from its end, and only behind a proxy.

    trusted: addresses or networks of our own proxies. With none set no header is believed.
    """
    address = request.client.host if request.client else "unknown"
    if not trusted or not _is_trusted(address, trusted):
        return address
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_trusted(hop, trusted):
            return hop[:64]
    return address
