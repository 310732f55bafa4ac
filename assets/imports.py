"""Organizations and plants in files, named by their EIC."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import bulk_api
from assets.api import OrganizationSerializer, PlantSerializer
from assets.models import Organization, PowerPlant
from energysys.bulk import BulkTable

ORGANIZATIONS = BulkTable(
    kind="organizations",
    title=_("Organizations"),
    rows=Organization.objects.all(),
    serializer=OrganizationSerializer,
    key="eic",
    columns=("eic", "name"),
)
PLANTS = BulkTable(
    kind="plants",
    title=_("Plants"),
    rows=PowerPlant.objects.select_related("organization"),
    serializer=PlantSerializer,
    key="eic",
    columns=(
        "eic",
        "name",
        "organization",
        "fuel_type",
        "installed_capacity_mw",
        "is_yekdem",
        "is_res",
    ),
    check_alone=PowerPlant.clean,
)

urlpatterns = [*bulk_api.routes(ORGANIZATIONS), *bulk_api.routes(PLANTS)]
