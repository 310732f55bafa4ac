"""Our words beside those of EPİAŞ and ENTSO-E, for who joins the three.

EPİAŞ: the column of the real-time generation, and the name and number of market message types.
ENTSO-E: PsrType B.., BusinessType A53 and A54, DocStatus A.. of its transparency platform's code
list. Where a market has no such notion the list is empty.
"""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.http.response import HttpResponseBase
from django.utils import translation
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Role
from accounts.conditional import tagged
from assets.models import FuelType, Status
from energysys.api import refuse_unknown_parameters
from incidents.models import EventState, EventType

# By our code: EPİAŞ's word, then ENTSO-E's code and its name.
Words = dict[str, tuple[str | None, str | None, str | None]]

FUELS: Words = {
    FuelType.NATURAL_GAS: ("naturalGas", "B04", "Fossil Gas"),
    FuelType.HYDRO_DAM: ("dammedHydro", "B12", "Hydro Water Reservoir"),
    FuelType.HYDRO_RIVER: ("river", "B11", "Hydro Run-of-river and poundage"),
    FuelType.WIND: ("wind", "B19", "Wind Onshore"),
    FuelType.SOLAR: ("sun", "B16", "Solar"),
    FuelType.LIGNITE: ("lignite", "B02", "Fossil Brown coal/Lignite"),
    FuelType.HARD_COAL: ("blackCoal", "B05", "Fossil Hard coal"),
    FuelType.IMPORTED_COAL: ("importCoal", "B05", "Fossil Hard coal"),
    FuelType.GEOTHERMAL: ("geothermal", "B09", "Geothermal"),
    FuelType.BIOMASS: ("biomass", "B01", "Biomass"),
}
EVENT_TYPES: Words = {
    EventType.FAILURE: ("0", "A54", "Unplanned outage"),
    EventType.MAINTENANCE: ("2", "A53", "Planned maintenance"),
}
EVENT_STATES: Words = {
    EventState.PLANNED: (None, "A05", "Active"),
    EventState.RUNNING: (None, "A05", "Active"),
    EventState.ENDED: (None, "A05", "Active"),
    EventState.DISMISSED: (None, "A13", "Withdrawn"),
}
VOCABULARIES: dict[str, tuple[type[TextChoices], Words]] = {
    "fuel_type": (FuelType, FUELS),
    "event_type": (EventType, EVENT_TYPES),
    "event_state": (EventState, EVENT_STATES),
    "plant_status": (Status, {}),
    "role": (Role, {}),
}


def vocabulary(choices: type[TextChoices], words: Words) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "tr": said("tr", choices, code),
            "en": said("en", choices, code),
            **dict(
                zip(
                    ("epias", "entsoe", "entsoe_name"),
                    words.get(code, (None, None, None)),
                    strict=True,
                )
            ),
        }
        for code in choices.values
    ]


def said(language: str, choices: type[TextChoices], code: str) -> str:
    with translation.override(language):
        return str(choices(code).label)


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="The value in this API.")
    tr = serializers.CharField(help_text="In Turkish.")
    en = serializers.CharField(help_text="In English.")
    epias = serializers.CharField(allow_null=True, help_text="EPİAŞ's column or type.")
    entsoe = serializers.CharField(allow_null=True, help_text="ENTSO-E's code.")
    entsoe_name = serializers.CharField(allow_null=True, help_text="ENTSO-E's name of it.")


class CodesSerializer(serializers.Serializer[Any]):
    fuel_type = CodeSerializer(many=True)
    event_type = CodeSerializer(many=True)
    event_state = CodeSerializer(many=True)
    plant_status = CodeSerializer(many=True)
    role = CodeSerializer(many=True)


class Codes(APIView):
    """Every code of the API in Turkish and English, and in EPİAŞ's and ENTSO-E's words."""

    permission_classes = (permissions.IsAuthenticated,)
    serializer_class = CodesSerializer

    def get(self, request: Request) -> HttpResponseBase:
        refuse_unknown_parameters(request, set())
        told = {name: vocabulary(*words) for name, words in VOCABULARIES.items()}
        return tagged(request, Response(told))
