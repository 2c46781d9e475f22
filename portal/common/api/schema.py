"""How the API describes itself (DEFAULT_SCHEMA_CLASS)."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from portal.common.api.problems import MEDIA_TYPE, Problem

CREATES = "POST"
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
    "description": "Gửi lại cùng khóa và cùng nội dung thì nhận lại câu trả lời cũ, việc không làm hai lần.",
}


class PortalSchema(AutoSchema):
    """Adds the `default` response (a Problem) to every operation, the Idempotency-Key where one is read."""

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if "default" not in bodies:
            bodies["default"] = self._get_response_for_code(Problem, "default", [MEDIA_TYPE], direction)
            bodies["default"]["description"] = "Từ chối (RFC 9457); xem code và errors."
        return bodies

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters = super()._get_parameters()
        required = getattr(self.view, "idempotency_required", None)  # set by every view that reads the header
        if self.method == CREATES and required is not None:
            parameters.append(IDEMPOTENCY_KEY | {"required": required})
        return parameters
