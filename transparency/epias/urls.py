"""The platform's addresses; no slash at the end, since a redirect would lose the body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, re_path

from transparency.epias import generation, market, messages, registry
from transparency.epias import serializers as forms
from transparency.epias.middleware import ROOTS
from transparency.epias.serializers import Asking
from transparency.epias.views import Listing, Nowhere, Service, Tickets

ELECTRICITY = "electricity-service/v1"
GENERATION = f"{ELECTRICITY}/generation/data"
CONSUMPTION = f"{ELECTRICITY}/consumption/data"
MARKETS = f"{ELECTRICITY}/markets"
RENEWABLES = f"{ELECTRICITY}/renewables/data"
TRANSMISSION = f"{ELECTRICITY}/transmission/data"


def post(
    route: str, service: Callable[..., Any], form: type[Asking], bare: bool = False
) -> URLPattern:
    return path(route, Service.as_view(service=service, form=form, bare=bare))


def get(route: str, service: Callable[..., Any]) -> URLPattern:
    return path(route, Listing.as_view(service=service))


urlpatterns = [
    path("cas/v1/tickets", Tickets.as_view()),
    # Prices
    post(f"{MARKETS}/dam/data/mcp", market.mcp, forms.Days),
    post(f"{MARKETS}/dam/data/interim-mcp", market.interim_mcp, forms.DayOn),
    post(f"{MARKETS}/bpm/data/system-marginal-price", market.smp, forms.RegionDays),
    post(f"{MARKETS}/bpm/data/system-direction", market.smp_dir, forms.RegionDays),
    post(f"{MARKETS}/idm/data/weighted-average-price", market.wap, forms.Days),
    post("reporting-service/v1/data/ptf-smf-sdf", market.mcp_smp_imb, forms.Days),
    # Consumption
    post(f"{CONSUMPTION}/realtime-consumption", market.rt_cons, forms.Days),
    post(f"{CONSUMPTION}/load-estimation-plan", market.load_plan, forms.Days),
    post(f"{CONSUMPTION}/uecm", market.uecm, forms.RegionDays),
    # Generation and plans
    post(f"{GENERATION}/realtime-generation", generation.rt_gen, forms.RealtimeGeneration),
    post(f"{GENERATION}/injection-quantity", generation.uevm, forms.InjectionQuantity),
    post(f"{GENERATION}/dpp", generation.kgup, forms.Plan),
    post(f"{GENERATION}/dpp-first-version", generation.kgup, forms.Plan),
    post(f"{GENERATION}/sbfgp", generation.kudup, forms.Plan),
    post(f"{GENERATION}/aic", generation.eak, forms.Plan),
    post(f"{GENERATION}/dpp-bulk", generation.dpp_bulk, forms.PlanBulk),
    post(f"{GENERATION}/realtime-generation-bulk", generation.rt_gen_bulk, forms.GenerationBulk),
    # Organizations, plants and units
    get(f"{GENERATION}/powerplant-list", registry.plants),
    post(f"{GENERATION}/powerplant-list-for-date-range", registry.plants, forms.Days),
    get(f"{GENERATION}/injection-quantity-powerplant-list", registry.plants),
    post(f"{GENERATION}/organization-list", registry.generating_organizations, forms.Days),
    post(
        f"{MARKETS}/dam/data/clearing-quantity-organization-list",
        registry.organizations,
        forms.Period,
    ),
    post(f"{MARKETS}/imbalance/data/dsg-organization-list", registry.organizations, forms.Days),
    post(f"{GENERATION}/uevcb-list", registry.units, forms.UnitsOfOrganization),
    post(
        f"{GENERATION}/uevcb-list-bulk", registry.units_of_organizations, forms.UnitsOfOrganizations
    ),
    get(f"{GENERATION}/region-list", registry.regions),
    post(
        f"{MARKETS}/general-data/data/market-participants",
        registry.market_participants,
        forms.Participants,
    ),
    post(f"{TRANSMISSION}/organization-list", registry.organization_codes, forms.Period),
    get(f"{ELECTRICITY}/main/date-init", registry.date_init),
    # Market messages
    post(f"{MARKETS}/data/market-message-system", messages.messages, forms.Messages),
    post(
        f"{MARKETS}/data/power-plant-list-by-organization-id",
        registry.plants,
        forms.PlantsOfOrganization,
    ),
    post(f"{MARKETS}/data/uevcb-list-by-power-plant-id", registry.units, forms.UnitsOfPlant),
    get(f"{MARKETS}/data/umm-message-type-list", registry.message_types),
    get(f"{MARKETS}/data/umm-region-list", registry.regions),
    # The support scheme
    post(f"{RENEWABLES}/licensed-powerplant-list", registry.yekdem_plants, forms.Period, bare=True),
    post(f"{RENEWABLES}/new-installed-capacity", registry.yekdem_capacity, forms.Period),
    *(re_path(f"^{root[1:]}", Nowhere.as_view()) for root in ROOTS),
]
