"""What every API of the project shares: problems, pages, filters, CSV, checked serializers."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, models
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_filters.rest_framework import DjangoFilterBackend
from psycopg.errors import DeadlockDetected
from rest_framework import exceptions, renderers, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from energysys.paging import KeysetPage
from energysys.requests import request_id

PROBLEM = "application/problem+json"
# A NUL or half a character in a text, a number out of range, JSON nested without end.
UNREADABLE = (DataError, UnicodeEncodeError, RecursionError)


# What a status means, for people; machines go by `type`.
TITLES = {
    400: _lazy("Bad request"),
    401: _lazy("Not logged in"),
    403: _lazy("Not allowed"),
    404: _lazy("Not found"),
    405: _lazy("Method not allowed"),
    406: _lazy("Format not available"),
    409: _lazy("Conflict"),
    412: _lazy("Changed meanwhile"),
    413: _lazy("Too large"),
    415: _lazy("Format not understood"),
    422: _lazy("Key used for another request"),
    428: _lazy("Condition missing"),
    429: _lazy("Too many requests"),
    500: _lazy("Internal error"),
    503: _lazy("Not available"),
}


class Conflict(exceptions.APIException):
    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class PreconditionFailed(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "stale"
    default_detail = _lazy("Somebody has changed this meanwhile. Read it again.")


class PreconditionRequired(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "condition_missing"
    default_detail = _lazy("Send the ETag of what you change as If-Match.")


def problem(
    request: HttpRequest | Request, status: int, code: str, detail: str, errors: Any = None
) -> dict[str, Any]:
    """An RFC 9457 problem document; `type` is stable, `errors` points at fields."""
    document: dict[str, Any] = {
        "type": f"urn:energysys:problem:{code.replace('_', '-')}",
        "title": str(TITLES.get(status, HTTPStatus(status).phrase)),
        "status": status,
        "detail": detail,
        "request_id": request_id(getattr(request, "_request", request)),
    }
    return document | ({"errors": errors} if errors else {})


def problem_json(request: HttpRequest, status: int, code: str, detail: str) -> JsonResponse:
    document = problem(request, status, code, detail)
    dumps = {"ensure_ascii": False}
    return JsonResponse(document, status=status, content_type=PROBLEM, json_dumps_params=dumps)


def problem_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal as a problem document."""
    error = as_api_exception(exception)
    if error is None:
        return None
    set_rollback()
    errors = None
    detail = str(error.detail) if not isinstance(error.detail, list | dict) else ""
    if isinstance(error, exceptions.ValidationError):
        errors = list(pointed(error.detail))
        detail = errors[0]["detail"] if len(errors) == 1 else _("The input has errors.")
    elif isinstance(error, exceptions.ParseError) and " parse error - " in detail:
        reason = detail.partition(" parse error - ")[2]
        detail = _("The body cannot be read: %(reason)s") % {"reason": reason}
    code: Any = "validation" if errors else error.get_codes()
    if isinstance(error.detail, dict) and not errors:
        # So the token library tells what is wrong.
        detail = str(error.detail.get("detail", error.default_detail))
        code = error.detail.get("code", error.default_code)
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    document = problem(context["request"], error.status_code, str(code), detail, errors)
    response = Response(document, error.status_code, headers=headers, content_type=PROBLEM)
    # Whatever was asked for, a problem is told in JSON.
    context["request"].accepted_renderer = renderers.JSONRenderer()
    context["request"].accepted_media_type = renderers.JSONRenderer.media_type
    return response


def as_api_exception(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, Http404):
        return exceptions.NotFound()
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exception, DjangoValidationError):
        return as_serializer_error(exception)
    if isinstance(exception, UNREADABLE):
        return exceptions.ParseError(_("The request holds something that cannot be stored."))
    if lost_race(exception):
        return Conflict(_("Somebody has just changed what this builds on. Read it again."))
    return None


def lost_race(exception: Exception) -> bool:
    """Whether the database refused a write because of another one.

    The rules were checked before, so somebody else has just changed what they stand on, or waits
    for us as we wait for them.
    """
    is_deadlock = isinstance(exception.__cause__, DeadlockDetected)
    return isinstance(exception, IntegrityError) or is_deadlock


def as_serializer_error(
    error: DjangoValidationError, names: Mapping[str, str] | None = None
) -> exceptions.ValidationError:
    """The same refusal in the API's words: `names` maps model fields to those of the API."""
    names = {NON_FIELD_ERRORS: api_settings.NON_FIELD_ERRORS_KEY, **(names or {})}
    told = serializers.as_serializer_error(error)
    return exceptions.ValidationError(
        {names.get(name, name): messages for name, messages in told.items()}
    )


def pointed(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Each message of a nested error with the JSON pointer (RFC 6901) of its field."""
    if isinstance(detail, Mapping):
        for name, value in detail.items():
            token = str(name).replace("~", "~0").replace("/", "~1")
            inner = pointer if name == api_settings.NON_FIELD_ERRORS_KEY else f"{pointer}/{token}"
            yield from pointed(value, inner)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from pointed(value, f"{pointer}/{index}" if is_nested(value) else pointer)
    else:
        # A message may repeat half a character of the input, which no answer can hold.
        text = str(detail).encode(errors="replace").decode()
        yield {
            "pointer": pointer,
            "detail": text,
            "code": getattr(detail, "code", None) or "invalid",
        }


def is_nested(detail: Any) -> bool:
    return isinstance(detail, Mapping | list)


def refuse_unknown_parameters(request: Request, known: set[str]) -> None:
    """A misspelt filter must not answer with everything."""
    unknown = sorted(set(request.query_params) - known - {api_settings.URL_FORMAT_OVERRIDE})
    if unknown:
        raise exceptions.ValidationError({name: [_("Unknown parameter.")] for name in unknown})


class StrictFilterBackend(DjangoFilterBackend):
    """Filters as the view's filterset says, and refuses what it does not know."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        known = set(getattr(view, "parameters", ()))
        if view.action == "list":
            known.add(KeysetPage.cursor_query_param)
            if filterset_class := self.get_filterset_class(view, queryset):
                known |= set(filterset_class(request=request).form.fields)
        refuse_unknown_parameters(request, known)
        return super().filter_queryset(request, queryset, view)


class PlainDecimalField(serializers.DecimalField):
    """A decimal number; Python's own `1_0` for 10 is a slip of the keyboard here."""

    def to_internal_value(self, value: Any) -> Any:
        if "_" in str(value):
            self.fail("invalid")
        return super().to_internal_value(value)


class CleanModelSerializer(serializers.ModelSerializer[Any]):
    """Run the model's own rules, constraints included, before a row is written.

    The context may have a `check` that takes their place, for rows that are checked together.
    """

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DecimalField: PlainDecimalField,
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        model: type[models.Model] = self.Meta.model
        candidate = copy.copy(self.instance) if self.instance else model()
        for name, value in attrs.items():
            setattr(candidate, name, value)
        try:
            self.context.get("check", model.full_clean)(candidate)
        except DjangoValidationError as error:
            raise as_serializer_error(error, names_of(self)) from error
        return attrs


def names_of(serializer: Any) -> dict[str, str]:
    """The model field behind each field of the serializer, the other way round."""
    return {field.source: name for name, field in serializer.fields.items()}


class MarketTimeField(serializers.DateTimeField):
    """A time with its offset, in and out; Turkish time on the way out."""

    default_error_messages = {"naive": _lazy("A time needs its offset, such as +03:00 or Z.")}

    def enforce_timezone(self, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)
