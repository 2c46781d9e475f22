"""Where a request came from, for soft budgets only: never stored, never the sole reason to refuse."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address the last trusted proxy saw; REMOTE_ADDR without proxies (headers can be forged)."""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(chain) >= trusted:
        return chain[-trusted]
    return request.META.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 - an unknown caller, not a bind address


def address_prefix(address: str) -> str:
    """The /24 of an IPv4 or the /48 of an IPv6 address: what one line or one mobile gateway shares."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
