"""Texts of the catalogue in the reader's language."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from procedures.content import Content, Item, said

register = template.Library()


@register.filter
def words(item: Item, name: str = "text") -> Any:
    """The text `name` of an item; Vietnamese on an English page is marked as such for screen readers."""
    language = get_language() or "vi"
    text = said(item, name, language)
    if language == "en" and text and not item.get(f"{name}_en"):
        return format_html('<span lang="vi">{}</span>', text)
    return text


@register.filter
def title(version: Any) -> Any:
    """Name of a version in the reader's language."""
    return words({"text": version.name, "text_en": version.name_en})


@register.simple_tag
def only_for(content: Content, item: Item) -> str:
    """`Thuê, mượn hoặc ở nhờ`: the choices under which an item counts, "" when it always does."""
    language = get_language() or "vi"
    chosen = [
        " / ".join(
            said(choice, "text", language)
            for question in content.get("questions", [])
            if question["key"] == key
            for choice in question["choices"]
            if choice["key"] in wanted
        )
        for key, wanted in item.get("when", {}).items()
    ]
    return "; ".join(chosen)
