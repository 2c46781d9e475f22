"""The wall between imaginary and real phones."""

import functools
from urllib.parse import urlsplit

from django.conf import settings

from portal.common.phones import is_test_phone
from portal.notifications.channels.errors import ChannelError

_DEFAULT_PORTS = {"http": 80, "https": 443}


@functools.cache
def _place(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    return (parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme))


def is_local_provider(base_url: str) -> bool:
    """True when `base_url` is the local provider's host and port."""
    local = settings.LOCAL_PROVIDER_URL
    return bool(local) and _place(base_url) == _place(local)


def check_gate(*, phone: str, base_url: str) -> None:
    """ChannelError when an imaginary phone would leave the house or a real one would enter the imitation."""
    local = is_local_provider(base_url)
    if is_test_phone(phone) and not local:
        raise ChannelError("test_phone_real_provider")
    if local and not is_test_phone(phone):
        raise ChannelError("real_phone_local_provider")
