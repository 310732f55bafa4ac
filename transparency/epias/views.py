"""One view for all services: what is asked, whose rows, the answer or the refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from axes.helpers import get_client_ip_address
from axes.utils import reset
from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, negotiation, parsers, renderers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError

from accounts.access import signed_in
from accounts.models import User
from transparency.epias import errors, faults
from transparency.epias.answers import Asked, Rows, json_answer, page_of
from transparency.epias.serializers import Asking
from transparency.epias.tickets import TicketAuthentication, make_ticket


class AnyJson(parsers.JSONParser):
    """JSON, whatever the sender calls it."""

    media_type = "*/*"


class AnyForm(parsers.FormParser):
    media_type = "*/*"


class OnlyJson(negotiation.BaseContentNegotiation):
    """Clients name no media type, or `text/plain` for a ticket: there is nothing to choose."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class Facade(APIView):
    """Independent of what the REST API has set for its views."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (TicketAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)
    throttle_classes = ()
    parser_classes: Sequence[type[parsers.BaseParser]] = (AnyJson,)
    renderer_classes = (renderers.JSONRenderer,)
    content_negotiation_class = OnlyJson
    http_method_names = ["get", "post"]
    # It has its own description elsewhere and is no part of the API's.
    schema = None

    def get_authenticate_header(self, request: Request) -> str:
        # With a challenge a refusal is a 401; without, DRF makes it a 403.
        return 'TGT realm="EnergySys"'

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return errors.refusal


class Tickets(Facade):
    """Name and password, in a form or in the address, for a ticket."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (AnyForm,)

    def post(self, request: Request) -> HttpResponse:
        faults.meet(faults.wanted_fault(request))
        given = request.data if "username" in request.data else request.query_params
        username, password = given.get("username"), given.get("password")
        if not username or not password:
            raise exceptions.ParseError(_("Give username and password."))
        refused = exceptions.AuthenticationFailed(
            _("The user name or the password is wrong."), errors.LOGIN_FAILED
        )
        # Given this request and not the one within, the lock after many failures is a 401 too.
        user = authenticate(request, username=username, password=password)
        if not isinstance(user, User):
            raise refused
        try:
            ticket = make_ticket(user)
        except TokenError as error:
            raise refused from error
        # The signal that does both would open a session.
        update_last_login(User, user)
        reset(ip=get_client_ip_address(request), username=username)
        place = request.build_absolute_uri(f"{request.path}/{ticket}")
        headers = {"Location": place, "Cache-Control": "no-store"}
        return HttpResponse(ticket, "text/plain", 201, headers=headers)


class Service(Facade):
    """A service of the platform: rows as they are published to the person."""

    form: type[Asking] = Asking
    bare = False

    def service(self, asked: Asked) -> Rows | list[Any] | dict[str, Any]:
        """What is told; `as_view(service=…)` puts a function in its place."""
        raise NotImplementedError

    def post(self, request: Request) -> HttpResponseBase:
        return self.answer(request, request.data)

    def answer(self, request: Request, given: Any) -> HttpResponseBase:
        fault = faults.wanted_fault(request)
        faults.meet(fault)
        form = self.form(data=given)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        found = self.service(Asked(signed_in(request), wanted, timezone.now()))
        if not isinstance(found, Rows) or not found.hourly:
            faults.refuse_without_hours(fault)
        if isinstance(found, Rows):
            return HttpResponse(json_answer(found, wanted["page"], fault), "application/json")
        if isinstance(found, list) and not self.bare:
            return Response(page_of(found, wanted["page"]))
        return Response(found)


class Listing(Service):
    """A list that nothing is asked for: clients send `{}` with a GET."""

    http_method_names = ["get"]

    def get(self, request: Request) -> HttpResponseBase:
        return self.answer(request, {})


class Nowhere(Facade):
    """The platform has services that EnergySys has no data for."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound(_("There is no such service here."))
