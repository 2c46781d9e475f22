"""Bearer tokens of citizens' apps."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.citizens.actions.tokens import find_token
from portal.citizens.models import CitizenToken, Contact

KEYWORD = b"bearer"


class CitizenTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` makes `request.auth` a CitizenToken and `request.user` its Contact.

    Without the header both are None; a citizen is no user of Django's, so nothing reads permissions here.
    """

    def authenticate(self, request: Request) -> tuple[Contact, CitizenToken] | None:
        """401 `token_invalid` for a token that is unknown, expired or revoked."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != KEYWORD:
            return None
        token = find_token(parts[1].decode("ascii", "replace")) if len(parts) == 2 else None
        if token is None:
            message = _("Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi.")
            raise AuthenticationFailed(message, "token_invalid")
        return token.contact, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasCitizenToken(BasePermission):
    """Only with a live token."""

    message = _("Cần mã truy cập của ứng dụng.")
    code = "token_required"

    def has_permission(self, request: Request, view: object) -> bool:
        return isinstance(request.auth, CitizenToken)
