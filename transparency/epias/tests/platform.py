"""How a client of the platform calls, and every service with a body that it accepts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.utils import timezone

from energysys.clock import DAY, turkish_date
from transparency.epias.registry import UNITS_FROM
from transparency.epias.tickets import make_ticket

ELECTRICITY = "/electricity-service/v1"
GENERATION = f"{ELECTRICITY}/generation/data"
CONSUMPTION = f"{ELECTRICITY}/consumption/data"
MARKETS = f"{ELECTRICITY}/markets"
RENEWABLES = f"{ELECTRICITY}/renewables/data"
REPORT = "/reporting-service/v1/data/ptf-smf-sdf"

# The client's name of each service, its address, and the keys of its body.
SERVICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "mcp": (f"{MARKETS}/dam/data/mcp", ("startDate", "endDate")),
    "interim-mcp": (f"{MARKETS}/dam/data/interim-mcp", ("startDate",)),
    "smp": (f"{MARKETS}/bpm/data/system-marginal-price", ("startDate", "endDate")),
    "smp-dir": (f"{MARKETS}/bpm/data/system-direction", ("startDate", "endDate")),
    "mcp-smp-imb": (REPORT, ("startDate", "endDate")),
    "wap": (f"{MARKETS}/idm/data/weighted-average-price", ("startDate", "endDate")),
    "rt-cons": (f"{CONSUMPTION}/realtime-consumption", ("startDate", "endDate")),
    "load-plan": (f"{CONSUMPTION}/load-estimation-plan", ("startDate", "endDate")),
    "uecm": (f"{CONSUMPTION}/uecm", ("startDate", "endDate")),
    "rt-gen": (f"{GENERATION}/realtime-generation", ("startDate", "endDate")),
    "uevm": (f"{GENERATION}/injection-quantity", ("startDate", "endDate")),
    "kgup": (f"{GENERATION}/dpp", ("startDate", "endDate", "region")),
    "kgup-v1": (f"{GENERATION}/dpp-first-version", ("startDate", "endDate", "region")),
    "kudup": (f"{GENERATION}/sbfgp", ("startDate", "endDate", "region")),
    "eak": (f"{GENERATION}/aic", ("startDate", "endDate", "region")),
    "dpp-bulk": (f"{GENERATION}/dpp-bulk", ("date", "region", "uevcbIds")),
    "rt-gen-bulk": (f"{GENERATION}/realtime-generation-bulk", ("date", "powerPlantIds")),
    "pp-list": (f"{GENERATION}/powerplant-list", ()),
    "pp-list-for-date-range": (
        f"{GENERATION}/powerplant-list-for-date-range",
        ("startDate", "endDate"),
    ),
    "uevm-pp-list": (f"{GENERATION}/injection-quantity-powerplant-list", ()),
    "gen-org": (f"{GENERATION}/organization-list", ("startDate", "endDate")),
    "dam-clearing-org-list": (
        f"{MARKETS}/dam/data/clearing-quantity-organization-list",
        ("period",),
    ),
    "imb-org-list": (
        f"{MARKETS}/imbalance/data/dsg-organization-list",
        ("startDate", "endDate"),
    ),
    "gen-uevcb": (f"{GENERATION}/uevcb-list", ("startDate", "organizationId")),
    "uevcb-list-bulk": (f"{GENERATION}/uevcb-list-bulk", ("startDate", "organizationIds")),
    "region-list": (f"{GENERATION}/region-list", ()),
    "market-participants": (f"{MARKETS}/general-data/data/market-participants", ("nothing",)),
    "eic-x-org-list": (f"{ELECTRICITY}/transmission/data/organization-list", ("period",)),
    "date-init": (f"{ELECTRICITY}/main/date-init", ()),
    "mms": (f"{MARKETS}/data/market-message-system", ("startDate", "endDate", "regionId")),
    "mms-pp-list": (f"{MARKETS}/data/power-plant-list-by-organization-id", ("startDate",)),
    "mms-uevcb-list": (
        f"{MARKETS}/data/uevcb-list-by-power-plant-id",
        ("startDate", "powerPlantId"),
    ),
    "mms-message-type-list": (f"{MARKETS}/data/umm-message-type-list", ()),
    "mms-region-list": (f"{MARKETS}/data/umm-region-list", ()),
    "ren-pp-list": (f"{RENEWABLES}/licensed-powerplant-list", ("period",)),
    "ren-capacity": (f"{RENEWABLES}/new-installed-capacity", ("period",)),
}
READ_BY_GET = {name for name, (_, keys) in SERVICES.items() if not keys}


def stamp(day: dt.date) -> str:
    return f"{day}T00:00:00+03:00"


def past_day() -> dt.date:
    """The last day of which everything is published at any time of today."""
    return turkish_date(timezone.now()) - 2 * DAY


def body_of(name: str, world: Any) -> dict[str, Any]:
    """What the service needs, about the story's first plant on a past day."""
    day = stamp(past_day())
    values = {
        "startDate": day,
        "endDate": day,
        "date": day,
        "period": day,
        "region": "TR1",
        "regionId": "1",
        "organizationId": world.organization.pk,
        "organizationIds": [str(world.organization.pk)],
        "powerPlantId": world.plant.pk,
        "powerPlantIds": [str(world.plant.pk)],
        "uevcbIds": [str(UNITS_FROM + world.plant.pk)],
        "nothing": None,
    }
    return {key: values[key] for key in SERVICES[name][1]}


class Platform:
    """A client with a ticket of `user`."""

    def __init__(self, world: Any, role: str = "analyst") -> None:
        self.world = world
        self.ticket = make_ticket(world.people[role])
        self.client = Client()

    def ask(self, name: str, headers: dict[str, str] | None = None, **changes: Any) -> Any:
        """The response to a good body of the service with some keys changed."""
        headers = {"TGT": self.ticket, **(headers or {})}
        if name in READ_BY_GET:
            return self.client.get(SERVICES[name][0], headers=headers)
        body = body_of(name, self.world) | changes
        return self.client.post(SERVICES[name][0], body, "application/json", headers=headers)

    def read(self, name: str, **changes: Any) -> Any:
        answer = self.ask(name, **changes)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def items(self, name: str, **changes: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.read(name, **changes)["items"]
        return items
