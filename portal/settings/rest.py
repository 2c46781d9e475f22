"""REST API: problem+json errors, cursor pages, OpenAPI (docs/adr/0008-api.md)."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.citizens.api.authentication.CitizenTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "portal.common.api.pagination.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "portal.common.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "portal.common.api.problems.problem_response",
    "PAGE_SIZE": 30,
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_VERSIONING_CLASS": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cổng dịch vụ công của công an: API",
    "DESCRIPTION": "Đặt lịch làm căn cước và tra cứu. Lỗi trả về theo RFC 9457 (application/problem+json).",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
}
