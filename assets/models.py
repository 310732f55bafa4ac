"""Organizations and their power plants."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, FilteredRelation, Func, Q, Sum, Value
from django.db.models.functions import Coalesce, Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedQuerySet
from assets.eic import validate_organization_eic, validate_plant_eic
from energysys.search import folded_column


class FuelType(models.TextChoices):
    NATURAL_GAS = "natural_gas", _("Natural gas")
    HYDRO_DAM = "hydro_dam", _("Hydro, dam")
    HYDRO_RIVER = "hydro_river", _("Hydro, river")
    WIND = "wind", _("Wind")
    SOLAR = "solar", _("Solar")
    LIGNITE = "lignite", _("Lignite")
    HARD_COAL = "hard_coal", _("Hard coal")
    IMPORTED_COAL = "imported_coal", _("Imported coal")
    GEOTHERMAL = "geothermal", _("Geothermal")
    BIOMASS = "biomass", _("Biomass")


RENEWABLE_FUELS = (
    FuelType.HYDRO_DAM,
    FuelType.HYDRO_RIVER,
    FuelType.WIND,
    FuelType.SOLAR,
    FuelType.GEOTHERMAL,
    FuelType.BIOMASS,
)


class Status(models.TextChoices):
    """What a plant does at an instant; failure outranks maintenance outranks active."""

    ACTIVE = "active", _("Active")
    MAINTENANCE = "maintenance", _("Maintenance")
    FAILURE = "failure", _("Failure")


class EicIsValid(Func):
    """The database's own check of an EIC's form, type and check character."""

    function = "eic_is_valid"
    output_field = models.BooleanField()
    conditional = True


class OrganizationQuerySet(ScopedQuerySet["Organization"]):
    organization_path = "pk"


class Organization(models.Model):
    """A market participant, named to the outside by an EIC of type X."""

    name = models.CharField(_("name"), max_length=200)
    eic = models.CharField(
        _("EIC"), max_length=16, unique=True, validators=[validate_organization_eic]
    )
    invents_outages = models.BooleanField(
        _("invented outages"),
        default=True,
        help_text=_("The simulation lets plants of this organization fail by themselves."),
    )
    folded = folded_column("name", "eic")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="organization_name_is_unique",
                violation_error_message=_("An organization with this name already exists."),
            ),
            models.CheckConstraint(
                condition=EicIsValid(F("eic"), Value("X")),
                name="organization_eic_is_valid",
                violation_error_message=_("This is not a valid EIC of type X."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assets:organization", args=[self.eic])


class PowerPlantQuerySet(ScopedQuerySet["PowerPlant"]):
    def with_availability(self, at: dt.datetime) -> PowerPlantQuerySet:
        """Annotate `failure_mw`, `maintenance_mw`, `available_mw` and `status` as of `at`.

        Events are reached by the name of their reverse relation, so that the arrow between the
        apps keeps pointing down.
        """
        running = FilteredRelation(
            "events", condition=Q(events__dismissed_at=None, events__period__contains=at)
        )

        def lost_mw(event_type: str) -> Coalesce:
            total = Sum("running__affected_mw", filter=Q(running__event_type=event_type))
            return Coalesce(total, Decimal(0), output_field=models.DecimalField())

        plants: Any = self  # The plugin would declare again what PowerPlant declares.
        return (
            plants.annotate(running=running)
            .annotate(failure_mw=lost_mw("failure"), maintenance_mw=lost_mw("maintenance"))
            .annotate(
                available_mw=F("installed_capacity_mw") - F("failure_mw") - F("maintenance_mw"),
                status=models.Case(
                    models.When(failure_mw__gt=0, then=Value(Status.FAILURE)),
                    models.When(maintenance_mw__gt=0, then=Value(Status.MAINTENANCE)),
                    default=Value(Status.ACTIVE),
                    output_field=models.CharField(choices=Status),
                ),
            )
        )


class PowerPlant(models.Model):
    """A generating plant, named to the outside by an EIC of type W; capacity in MW."""

    name = models.CharField(_("name"), max_length=200)
    eic = models.CharField(_("EIC"), max_length=16, unique=True, validators=[validate_plant_eic])
    folded = folded_column("name", "eic")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="plants", verbose_name=_("organization")
    )
    fuel_type = models.CharField(_("fuel"), max_length=13, choices=FuelType)
    installed_capacity_mw = models.DecimalField(
        _("installed capacity, MW"),
        max_digits=9,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    is_yekdem = models.BooleanField(_("YEKDEM (support scheme)"), default=False)
    is_res = models.BooleanField(_("renewable (RES)"), default=False)

    if TYPE_CHECKING:  # `with_availability()` adds these.
        failure_mw: Decimal
        maintenance_mw: Decimal
        available_mw: Decimal
        status: str

    objects = PowerPlantQuerySet.as_manager()

    class Meta:
        verbose_name = _("power plant")
        verbose_name_plural = _("power plants")
        constraints = [
            models.CheckConstraint(
                condition=EicIsValid(F("eic"), Value("W")),
                name="plant_eic_is_valid",
                violation_error_message=_("This is not a valid EIC of type W."),
            ),
            models.CheckConstraint(
                condition=Q(installed_capacity_mw__gt=0),
                name="plant_capacity_is_positive",
                violation_error_message=_("The installed capacity is more than 0 MW."),
            ),
            models.CheckConstraint(
                condition=Q(fuel_type__in=FuelType.values), name="plant_fuel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_res=False) | Q(fuel_type__in=RENEWABLE_FUELS),
                name="plant_is_renewable_only_with_such_a_fuel",
                violation_error_message=_("A plant with this fuel is not renewable."),
            ),
            models.CheckConstraint(
                condition=Q(is_yekdem=False) | Q(is_res=True),
                name="plant_in_yekdem_is_renewable",
                violation_error_message=_("YEKDEM supports renewable plants only."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assets:plant", args=[self.eic])

    def clean(self) -> None:
        # The database refuses it; here the person learns which field, and how much is too little.
        if self.is_res and self.fuel_type not in RENEWABLE_FUELS:
            raise ValidationError({"is_res": _("A plant with this fuel is not renewable.")})
        if self.is_yekdem and not self.is_res:
            raise ValidationError({"is_yekdem": _("YEKDEM supports renewable plants only.")})
        if self.pk is None or self.installed_capacity_mw is None:
            return
        busy = Func(
            F("pk"),
            Func(Now(), Value(None), function="tstzrange"),
            Value(None),
            function="incidents_busy_mw_v2",
            output_field=models.DecimalField(),
        )
        busy_mw = PowerPlant.objects.filter(pk=self.pk).values_list(busy, flat=True).first()
        if busy_mw and self.installed_capacity_mw < busy_mw:
            message = _("Running and coming events take %(mw)s MW of this plant.")
            raise ValidationError(
                {
                    "installed_capacity_mw": ValidationError(
                        message, code="busy", params={"mw": f"{busy_mw.normalize():f}"}
                    )
                }
            )
