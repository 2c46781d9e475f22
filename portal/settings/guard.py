"""What production refuses to start with."""

from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe(settings: dict) -> None:
    """Raise ImproperlyConfigured naming every unsafe setting; nothing is checked outside production."""
    if settings["PORTAL_MODE"] != "production":
        return
    faults = [
        (settings["DEBUG"], "PORTAL_DEBUG is on"),
        (settings["TEST_KEYS_IN_USE"], "a default (test) key is in use"),
        (len(settings["SECRET_KEY"]) < 40, "the secret django_key is shorter than 40 characters"),
        (not settings["SECURE_COOKIES"], "SECURE_COOKIES is off: cookies would travel over http"),
        (not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"], "ALLOWED_HOSTS is empty or *"),
        (not settings["PUBLIC_URL"].startswith("https://"), "PUBLIC_URL is not https"),
        (settings["TEST_PHONES_ALLOWED"], "TEST_PHONES_ALLOWED is on"),
    ]
    found = [text for wrong, text in faults if wrong]
    if found:
        raise ImproperlyConfigured("The portal does not start like this: " + "; ".join(found) + ".")
