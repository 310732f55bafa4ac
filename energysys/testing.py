"""The pytest plugin of the project (`-p energysys.testing`): servers, roles, people, plants.

Tests connect as the application role, which owns nothing; the owner makes and migrates the test
database. Without DATABASE_URL and REDIS_URL both servers are embedded ones.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from energysys.embedded import make_roles, start_postgres, start_redis
from energysys.translations import compile_translations

if TYPE_CHECKING:
    from assets.models import PowerPlant
    from incidents.models import PlantEvent

PASSWORD = "correct horse battery"
ROLES = ("super_admin", "admin", "analyst", "outsider")
# What a test that commits leaves behind; parameters and migrations stay.
WRITTEN_TABLES = (
    "accounts_user, assets_organization, assets_powerplant, incidents_plantevent,"
    " incidents_eventversion, simulation_hourstate, simulation_simulationrun,"
    " transparency_hourlyconsumption, transparency_hourlygeneration, transparency_hourlyprice"
)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Have servers before the settings are read."""
    directory = Path(tempfile.mkdtemp(prefix="energysys-test-"))
    early_config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    if "DATABASE_URL" not in os.environ:
        postgres = start_postgres(directory / "postgres", durable=False)
        early_config.add_cleanup(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url(database="energysys")
    if "DATABASE_OWNER_URL" not in os.environ:
        urls = make_roles(os.environ["DATABASE_URL"])
        os.environ["DATABASE_URL"] = urls.application
        os.environ["DATABASE_OWNER_URL"] = urls.owner
    if "REDIS_URL" not in os.environ:
        redis = start_redis(directory / "redis")
        early_config.add_cleanup(redis.stop)
        os.environ["REDIS_URL"] = redis.url
    os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz")
    # Fixtures act for every organization, requests for their person's: the middleware sees to it.
    os.environ.setdefault("PGOPTIONS", "-c energysys.tenant=all")
    (directory / "static").mkdir()
    os.environ["STATIC_ROOT"] = str(directory / "static")
    os.environ["SANDBOX"] = "true"
    compile_translations()
    return (yield)


@pytest.fixture(scope="session", autouse=True)
def _plain_statics_and_quick_passwords() -> None:
    """No manifest of hashed files, and a hash that takes no time."""
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """A test that rolls back takes its changes from the database, not from the answers kept."""
    from django.core.cache import cache

    cache.clear()


class TwoRoles:
    """Replaces pytest-django's set-up of the database, which knows only one role."""

    @pytest.fixture(scope="session")
    @classmethod
    def django_db_setup(
        cls, django_test_environment: None, django_db_blocker: Any
    ) -> Iterator[None]:
        from django.db import connections

        owner, application = connections["owner"], connections["default"]
        name = owner.settings_dict["NAME"]
        with django_db_blocker.unblock():
            owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            application.creation.set_as_test_mirror(owner.settings_dict)
        yield
        with django_db_blocker.unblock():
            application.close()
            owner.creation.destroy_test_db(name, verbosity=0)


def pytest_configure(config: pytest.Config) -> None:
    # Of two fixtures with one name the one registered last counts.
    config.pluginmanager.register(TwoRoles(), "energysys-two-roles")


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which the test really commits, emptied afterwards."""
    from django.db import connections

    with django_db_blocker.unblock():
        try:
            yield
        finally:
            connections["default"].close()
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"TRUNCATE {WRITTEN_TABLES} CASCADE")
            connections["owner"].close()


def make_world() -> SimpleNamespace:
    """Two organizations, a plant each, and four people: one small story."""
    from accounts.access import Role
    from accounts.models import User
    from assets.models import Organization

    # Nothing happens in the story but what a test lets happen.
    nova, bora = (
        Organization.objects.create(name=name, eic=organization_eic(number), invents_outages=False)
        for number, name in enumerate(("Nova Enerji", "Bora Elektrik"), start=1)
    )
    people = {
        "super_admin": User.objects.create_superuser("super", PASSWORD),
        "admin": User.objects.create_user("nova", PASSWORD, role=Role.ADMIN, organization=nova),
        "analyst": User.objects.create_user("nora", PASSWORD, organization=nova),
        "outsider": User.objects.create_user("bora", PASSWORD, role=Role.ADMIN, organization=bora),
    }
    return SimpleNamespace(
        organization=nova,
        other_organization=bora,
        plant=make_plant(nova, 1),
        other_plant=make_plant(bora, 2),
        people=people,
    )


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    return make_world()


def api_client(user: Any, **headers: str) -> Any:
    """A client of the API with a token of `user`."""
    from rest_framework.test import APIClient

    from accounts.tokens import start_family

    token = start_family(user).access_token
    return APIClient(headers={"authorization": f"Bearer {token}", **headers})


def organization_eic(number: int) -> str:
    from assets.eic import PARTY, make_eic

    return make_eic(PARTY, number)


def plant_eic(number: int) -> str:
    from assets.eic import RESOURCE, make_eic

    return make_eic(RESOURCE, number)


def make_plant(organization: Any, number: int, **changes: Any) -> PowerPlant:
    """A plant of 100 MW, unless changed of a fuel that generates in every hour of every day."""
    from assets.models import FuelType, PowerPlant

    fields: dict[str, Any] = {
        "name": f"Plant {number}",
        "eic": plant_eic(number),
        "organization": organization,
        "fuel_type": FuelType.LIGNITE,
        "installed_capacity_mw": Decimal(100),
    }
    return PowerPlant.objects.create(**fields | changes)


def make_event(plant: PowerPlant, **changes: Any) -> PlantEvent:
    """A failure of 40 MW that began an hour ago and is open-ended, unless changed."""
    from django.utils import timezone

    from incidents.models import EventType, PlantEvent

    fields: dict[str, Any] = {
        "plant": plant,
        "event_type": EventType.FAILURE,
        "reason": "turbine trip",
        "affected_mw": Decimal(40),
        "starts_at": timezone.now() - dt.timedelta(hours=1),
    }
    return PlantEvent.objects.create(**fields | changes)


def each_cell(table: Iterable[tuple[Any, ...]]) -> list[Any]:
    """The cells of a table of (page, method, answers by role): one test each."""
    return [
        pytest.param(page, method, role, status, id=f"{method}-{page}-{role}")
        for page, method, *answers in table
        for role, status in zip(ROLES, answers, strict=True)
    ]
