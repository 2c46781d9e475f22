"""Walks the URLconf of the whole portal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from portal.access import AUDIENCES, OFFICERS_NAMESPACE


@dataclass(frozen=True)
class Address:
    """`name` with its namespaces ("appointments:book"), "" when it has none; names of its arguments."""

    name: str
    arguments: tuple[str, ...]

    @property
    def is_officers(self) -> bool:
        return self.name.startswith(f"{OFFICERS_NAMESPACE}:")


def walk(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Address]:
    """Every URL, those without a name too."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from walk(pattern, inner)
        elif isinstance(pattern, URLPattern):
            arguments = tuple(pattern.pattern.regex.groupindex)
            yield Address(prefix + pattern.name if pattern.name else "", arguments)


def unnamed_outside(namespace: str) -> int:
    """URLs without a name that stand outside the officers' site, whose own pages may lack one."""
    resolvers = [one for one in get_resolver().url_patterns if getattr(one, "namespace", "") != namespace]
    count = 0
    for one in resolvers:
        found = walk(one) if isinstance(one, URLResolver) else [Address(one.name or "", ())]
        count += sum(not address.name for address in found)
    return count


def named(audience: str) -> list[str]:
    """URL names of one audience."""
    return sorted(name for name, who in AUDIENCES.items() if who == audience)


def arguments_of(name: str) -> list[str]:
    """Argument names of a URL."""
    return [key for address in walk() if address.name == name for key in address.arguments]


def path_of(name: str, values: dict[str, Any]) -> str:
    """The path of a URL, its arguments filled from `values`."""
    try:
        return reverse(name, kwargs={key: values[key] for key in arguments_of(name)})
    except NoReverseMatch as error:
        raise AssertionError(
            f"{name}: give tests/contracts/test_access.py a value for its arguments"
        ) from error
