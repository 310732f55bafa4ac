"""What every operation of the API has in common, added to the schema that the views give."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from energysys.api import PROBLEM, TITLES
from energysys.openapi_content import add_arrays, show_bodies, show_content

METHODS = ("get", "post", "put", "patch", "delete")
WRITES = ("post", "put", "patch")
# Their answers show a secret once, so none is kept to be repeated.
WITH_SECRETS = ("/api/v1/api-keys/", "/api/v1/webhooks/")
# Written anew for each reader, so nothing is gained by asking whether they have changed.
WITHOUT_TAG = ("/api/v1/exports/",)

# Status, name of the component, what it says, and a detail for each type of problem.
ANSWERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "400": (
        "BadRequest",
        "The body or a parameter is wrong; `errors` points at it.",
        {
            "validation": "The end lies after the start.",
            "parse-error": "The body cannot be read: Expecting value: line 1 column 1 (char 0)",
            "bad-request": "The request could not be understood.",
        },
    ),
    "401": (
        "NotLoggedIn",
        "No token or key, or one that has ended.",
        {
            "not-authenticated": "Authentication credentials were not provided.",
            "token-not-valid": "This token was revoked. Log in again.",
            "key-not-valid": "This API key is unknown, revoked or expired.",
            "no-active-account": "No active account found with the given credentials",
        },
    ),
    "403": (
        "NotAllowed",
        "Too low a role, or a key that may only read.",
        {
            "permission-denied": "You do not have permission to perform this action.",
            "key-is-read-only": "This API key may only read.",
        },
    ),
    "404": ("NotFound", "Not there, or not for this person.", {"not-found": "Not found."}),
    "405": (
        "MethodNotAllowed",
        "This address does not take the method.",
        {"method-not-allowed": 'Method "DELETE" not allowed.'},
    ),
    "406": (
        "NotAcceptable",
        "None of the formats in `Accept` is offered.",
        {"not-acceptable": "Could not satisfy the request Accept header."},
    ),
    "409": (
        "Conflict",
        "The wish came too late.",
        {
            "ended": "The event has ended already.",
            "not-started": "The event has not started yet.",
            "dismissed": "The event was dismissed.",
            "in-progress": "The first request with this key still runs.",
            "conflict": "Somebody has just changed what this builds on. Read it again.",
        },
    ),
    "412": (
        "Stale",
        "Somebody has changed the row since its ETag was read.",
        {"stale": "Somebody has changed this meanwhile. Read it again."},
    ),
    "413": (
        "TooLarge",
        "The body is larger than 2560 KiB.",
        {"content-too-large": "The request is too large: at most 2560 KiB are taken."},
    ),
    "415": (
        "UnsupportedMediaType",
        "The body has another format.",
        {"unsupported-media-type": 'Unsupported media type "text/plain" in request.'},
    ),
    "422": (
        "KeyReused",
        "The Idempotency-Key was used for another request.",
        {"key-reused": "This key was used for another request."},
    ),
    "428": (
        "ConditionMissing",
        "`If-Match` is missing.",
        {"condition-missing": "Send the ETag of what you change as If-Match."},
    ),
    "429": (
        "TooManyRequests",
        "Ask again after `Retry-After` seconds.",
        {"throttled": "Request was throttled. Expected available in 17 seconds."},
    ),
    "500": (
        "ServerError",
        "Our fault; nothing was changed.",
        {"server-error": "Something failed on our side. Nothing was changed."},
    ),
    "503": (
        "Unavailable",
        "The database is away; see `Retry-After`.",
        {"unavailable": "The database does not answer. Nothing was changed."},
    ),
}
TEXT = {"type": "string"}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457. `type` and `code` are the same in every language.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "request_id": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {
                    "pointer": TEXT | {"description": "RFC 6901; empty for the whole."},
                    "detail": TEXT,
                    "code": TEXT,
                },
            },
        },
    },
}
TAG = '"5f0c6d2e9a4101b7c3d85e6f7a8b9c0d"'
PARAMETERS: dict[str, dict[str, Any]] = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag that reading the row gave; `*` for whatever is there.",
        "schema": TEXT,
        "example": TAG,
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Of your choice. Makes the request safe to repeat for a day: it is done "
        "once and answered alike.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag that the client has; 304 as long as it is still good.",
        "schema": TEXT,
        "example": TAG,
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "`tr` or `en`: the language of sentences. Turkish without it.",
        "schema": TEXT,
        "example": "en",
    },
}
HEADERS: dict[str, tuple[dict[str, Any], str, Any]] = {
    "X-Request-ID": (TEXT, "Name it when you ask for help.", "5f0c6d2e9a41"),
    "RateLimit-Policy": (TEXT, "Requests (q) in a window of w seconds.", '"person";q=1200;w=60'),
    "RateLimit": (TEXT, "Requests left (r), and seconds until more.", '"person";r=1187;t=42'),
    "Retry-After": ({"type": "integer"}, "Seconds to wait.", 17),
    "ETag": (TEXT, "The version; for `If-None-Match` and, of a row, `If-Match`.", TAG),
    "Link": (
        TEXT,
        'The pages before and after, as `rel="prev"` and `rel="next"`.',
        '<https://energysys.example/api/v1/events/?cursor=WyJuIiwgIjEyIl0>; rel="next"',
    ),
    "Location": (TEXT, "Where the new row is.", "/api/v1/events/12/"),
    "Idempotency-Replayed": (TEXT, "`true` if this was done by an earlier request.", "true"),
    "WWW-Authenticate": (TEXT, "How to log in.", 'Bearer realm="api"'),
    "Allow": (TEXT, "The methods that the address takes.", "GET, POST, HEAD, OPTIONS"),
}
ALWAYS = ("X-Request-ID", "RateLimit-Policy", "RateLimit")
OF_REFUSALS = {"401": "WWW-Authenticate", "405": "Allow", "429": "Retry-After"}
OF_REFUSALS |= {"503": "Retry-After"}
# One and many of what a list holds, and what the tag is about.
TAGS: dict[str, tuple[str, str, str]] = {
    "token": ("", "", "Log in, stay logged in, log out."),
    "me": ("", "", "The person whose token this is."),
    "organizations": ("an organization", "organizations", "Named by their EIC."),
    "plants": ("a plant", "plants", "Named by their EIC, with what they can offer now."),
    "users": ("a person", "people", "A Super Admin's all, an Admin's organization's."),
    "api-keys": ("an API key", "one's API keys", "Machines send them as `X-API-Key`."),
    "events": ("a plant event", "plant events", "Failures and maintenance."),
    "generation": ("", "", "Planned, actual and settled energy of plants by hour."),
    "prices": ("", "", "PTF and SMF by hour."),
    "consumption": ("", "", "The country's consumption and its forecast by hour."),
    "codes": ("", "", "All values in our, EPİAŞ's and ENTSO-E's words."),
    "simulation-runs": ("a run", "runs of the engine", "For Super Admins."),
    "imports": ("", "", "Many rows from a file: all or none."),
    "exports": ("", "", "The rows that one may change, as an import takes them."),
    "webhooks": ("a webhook", "webhooks", "Addresses that are told of plant events."),
    "webhook-messages": ("a message", "messages of webhooks", "What was delivered, and when."),
    "feeds": ("", "", "Plant events for feed readers."),
}
VERBS = {
    "list": "List {many}",
    "create": "Create {one}",
    "retrieve": "Read {one}",
    "update": "Replace {one}",
    "partial_update": "Change {one}",
    "destroy": "Remove {one}",
}


def refusals(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    """The statuses, beyond success, with which an operation may answer."""
    statuses = ["400", "405", "406", "429", "500", "503"]
    if operation.get("security") or path.startswith("/api/v1/token/"):
        statuses.append("401")
    if operation.get("security"):
        statuses += ["403", "404"]
    if method in WRITES:
        statuses += ["409", "413", "415"]
    if method == "post":
        statuses.append("422")
    if method in ("put", "patch"):
        statuses += ["412", "428"]
    return sorted(statuses)


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's hook: what is the same for every operation, and what it looks like."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    add_arrays(schemas)
    components["parameters"] = PARAMETERS
    components["headers"] = {
        name: {"description": told, "schema": schema, "example": example}
        for name, (schema, told, example) in HEADERS.items()
    }
    with translation.override("en"):
        components["responses"] = {
            name: problem_answer(status, told, details)
            for status, (name, told, details) in ANSWERS.items()
        }
    result["servers"] = [{"url": "/", "description": "The host that serves this description."}]
    result["tags"] = [{"name": name, "description": told} for name, (*_, told) in TAGS.items()]
    for path, item in result["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                complete_operation(path, method, operation)
                show_bodies(operation, schemas)
                show_content(path, operation, schemas)
    return result


def complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    operation["summary"] = operation.get("summary") or summary_of(operation)
    operation.setdefault("security", [])
    parameters = operation.setdefault("parameters", [])
    answers = operation.setdefault("responses", {})
    success = next(status for status in answers if status < "300")
    headers = list(ALWAYS)
    if method in ("put", "patch"):
        parameters.append(parameter("IfMatch"))
        headers.append("ETag")
    if method == "post" and operation["security"] and not path.startswith(WITH_SECRETS):
        parameters.append(parameter("IdempotencyKey"))
        headers.append("Idempotency-Replayed")
    if method == "get" and operation["security"] and not path.startswith(WITHOUT_TAG):
        parameters.append(parameter("IfNoneMatch"))
        headers.append("ETag")
        answers["304"] = {"description": "The client has it already.", "headers": shown(headers)}
    if operation["operationId"].endswith("_list"):
        headers.append("Link")
    if success == "201":
        headers += ["Location", "ETag"]
    parameters.append(parameter("AcceptLanguage"))
    answers[success]["headers"] = shown(headers)
    answers[success]["description"] = answers[success].get("description") or "Done."
    for status in refusals(path, method, operation):
        answers.setdefault(status, {"$ref": f"#/components/responses/{ANSWERS[status][0]}"})


def summary_of(operation: dict[str, Any]) -> str:
    """`List plants` of the usual five; else the first sentence of the description."""
    tag = operation["tags"][0]
    one, many, _told = TAGS[tag]
    name = operation["operationId"].removeprefix(f"{tag.replace('-', '_')}_")
    if one and name in VERBS:
        return VERBS[name].format(one=one, many=many)
    return str(operation["description"]).split(". ")[0].split(": ")[0].rstrip(".")


def parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def shown(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def problem_answer(status: str, told: str, details: dict[str, str]) -> dict[str, Any]:
    headers = [*ALWAYS, *([OF_REFUSALS[status]] if status in OF_REFUSALS else [])]
    examples = {code: {"value": problem(status, code, said)} for code, said in details.items()}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    return {"description": told, "headers": shown(headers), "content": {PROBLEM: content}}


def problem(status: str, code: str, detail: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": f"urn:energysys:problem:{code}",
        "title": str(TITLES[int(status)]),
        "status": int(status),
        "detail": detail,
        "request_id": "5f0c6d2e9a41",
    }
    errors = [{"pointer": "/end", "detail": detail, "code": "invalid"}]
    return document | ({"errors": errors} if code == "validation" else {})
