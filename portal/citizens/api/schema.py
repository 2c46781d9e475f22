"""How the bearer token appears in the OpenAPI document."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class CitizenTokenScheme(OpenApiAuthenticationExtension):
    target_class = "portal.citizens.api.authentication.CitizenTokenAuthentication"
    name = "citizenToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Mã truy cập nhận được từ POST /api/v1/tokens/confirm/.",
        }
