"""Whether a server's address is on this computer."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(address: str) -> bool:
    """True when the address can only be reached from this computer."""
    host = _split(address)[0]
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(address: str) -> str:
    """`127.0.0.1:8000`: host and port alone, without a password that may stand before them."""
    host, port = _split(address)
    return f"{host}:{port}" if port else host


def _split(address: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no number behind the colon, half an IPv6 address
        return "", None
    return host, port


def past_proxies(address: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables with which a program reaches a server on this computer past any proxy; none elsewhere."""
    if not is_loopback(address):
        return {}
    host = _split(address)[0]
    passed = {}
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [part.strip() for part in environ.get(name, "").split(",") if part.strip()]
        passed[name] = ",".join(hosts if host in hosts or "*" in hosts else [*hosts, host])
    return passed
