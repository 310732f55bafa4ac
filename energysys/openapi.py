"""What every operation of the API has in common, added to the schema that the views give."""

from __future__ import annotations

from typing import Any

PROBLEM = "application/problem+json"
METHODS = ("get", "post", "put", "patch", "delete")
WRITES = ("post", "put", "patch")
# Their answers show a secret once, so none is kept to be repeated.
WITH_SECRETS = ("/api/v1/api-keys/", "/api/v1/webhooks/")

# Status, name of the component, type of the commonest problem, what it says.
ANSWERS = {
    "400": ("BadRequest", "validation", "The body or a parameter is wrong; `errors` points at it."),
    "401": ("NotLoggedIn", "not-authenticated", "No token or key, or one that has ended."),
    "403": ("NotAllowed", "permission-denied", "Too low a role, or a key that may only read."),
    "404": ("NotFound", "not-found", "Not there, or not for this person."),
    "405": ("MethodNotAllowed", "method-not-allowed", "This address does not take the method."),
    "406": ("NotAcceptable", "not-acceptable", "None of the formats in `Accept` is offered."),
    "409": ("Conflict", "ended", "The wish came too late."),
    "412": ("Stale", "stale", "Somebody has changed the row since its ETag was read."),
    "415": (
        "UnsupportedMediaType",
        "unsupported-media-type",
        "The body has another format.",
    ),
    "422": ("KeyReused", "key-reused", "The Idempotency-Key was used for another request."),
    "428": ("ConditionMissing", "condition-missing", "`If-Match` is missing."),
    "429": ("TooManyRequests", "throttled", "Ask again after `Retry-After` seconds."),
    "500": ("ServerError", "server-error", "Our fault; nothing was changed."),
    "503": (
        "Unavailable",
        "unavailable",
        "The database is away; see `Retry-After`.",
    ),
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that reading the row gave.",
    "schema": {"type": "string"},
    "example": '"5f0c6d2e9a4101b7c3d85e6f7a8b9c0d"',
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes the request safe to repeat for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag that the client has; 304 as long as it is still good.",
    "schema": {"type": "string"},
}


def refusals(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    """The statuses, beyond success, with which an operation may answer."""
    statuses = ["400", "405", "406", "429", "500", "503"]
    if operation.get("security") or path.startswith("/api/v1/token/"):
        statuses.append("401")
    if operation.get("security"):
        statuses += ["403", "404"]
    if method in WRITES:
        statuses += ["409", "415"]
    if method == "post":
        statuses.append("422")
    if method in ("put", "patch"):
        statuses += ["412", "428"]
    return sorted(statuses)


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's hook: refusals, conditions and keys of every operation."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["responses"] = {
        name: problem_answer(status, code, told) for status, (name, code, told) in ANSWERS.items()
    }
    for path, item in result["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                complete_operation(path, method, operation)
    return result


def complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation.setdefault("responses", {})
    for status in refusals(path, method, operation):
        answers.setdefault(status, {"$ref": f"#/components/responses/{ANSWERS[status][0]}"})
    for answer in answers.values():
        if "$ref" not in answer:
            answer["description"] = answer.get("description") or "Done."
    parameters = operation.setdefault("parameters", [])
    if method in ("put", "patch"):
        parameters.append(IF_MATCH)
    if method == "post" and operation.get("security") and not path.startswith(WITH_SECRETS):
        parameters.append(IDEMPOTENCY_KEY)
    if method == "get" and operation.get("security"):
        parameters.append(IF_NONE_MATCH)
        answers.setdefault("304", {"description": "The client has it already."})


def problem_answer(status: str, code: str, told: str) -> dict[str, Any]:
    example = {
        "type": f"urn:energysys:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": int(status),
        "detail": told,
        "request_id": "5f0c6d2e9a41",
    }
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    answer: dict[str, Any] = {"description": told, "content": {PROBLEM: content}}
    if status in ("429", "503"):
        seconds = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
        answer["headers"] = {"Retry-After": seconds}
    return answer
