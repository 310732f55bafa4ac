"""The Django admin: every registered page opens for a Super Admin; engine rows are read-only."""

import datetime as dt

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import User
from energysys.testing import make_event, make_plant
from incidents.models import PlantEvent
from simulation import engine
from simulation.models import SimulationRun
from transparency.models import HourlyConsumption, HourlyPrice

OURS = ("accounts", "assets", "incidents", "transparency", "simulation")
MODELS = [model for model in admin.site._registry if model.__module__.split(".")[0] in OURS]
READ_ONLY = [HourlyConsumption, HourlyPrice, SimulationRun]


@pytest.fixture
def super_client(client, world):
    engine.simulate_day(timezone.now().date())
    make_event(world.plant)
    client.force_login(world.people["super_admin"])
    return client


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_list_opens_and_is_searched(super_client, model):
    assert super_client.get(page(model, "changelist")).status_code == 200
    assert super_client.get(page(model, "changelist"), {"q": "x"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_names_in_the_admin_are_translated(model):
    shown = {*admin.site._registry[model].list_display} & {f.name for f in model._meta.fields}
    same_in_both = {"ptf", "smf"}

    untranslated = {
        name
        for name in shown - same_in_both
        if not isinstance(model._meta.get_field(name).verbose_name, Promise)
    }

    assert untranslated == set()
    assert isinstance(model._meta.verbose_name, Promise)
    assert isinstance(model._meta.verbose_name_plural, Promise)


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_what_the_engine_writes_is_read_only(super_client, model):
    row = model.objects.first()

    assert super_client.get(page(model, "add")).status_code == 403
    assert super_client.get(page(model, "change", row.pk)).status_code == 200
    assert super_client.post(page(model, "change", row.pk), {}).status_code == 403
    assert super_client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def event_form(plant, mw):
    start = timezone.localtime()
    return {
        "plant": plant.pk,
        "event_type": "failure",
        "reason": "trip",
        "description": "",
        "affected_mw": mw,
        "starts_at_0": start.date().isoformat(),
        "starts_at_1": start.strftime("%H:%M:%S"),
        "ends_at_0": "",
        "ends_at_1": "",
    }


def test_an_event_reported_in_the_admin_keeps_the_rules(super_client, world):
    plant = make_plant(world.organization, 5)

    refused = super_client.post(page(PlantEvent, "add"), event_form(plant, 101))
    taken = super_client.post(page(PlantEvent, "add"), event_form(plant, 100))

    assert refused.status_code == 200
    assert "affected_mw" in refused.context["adminform"].form.errors
    assert taken.status_code == 302
    event = PlantEvent.objects.get(plant=plant)
    assert event.reported_by == world.people["super_admin"]
    assert abs(event.starts_at - timezone.now()) < dt.timedelta(minutes=5)


def test_a_person_made_in_the_admin_has_the_password(super_client, world):
    form = {
        "username": "efes_admin",
        "full_name": "",
        "email": "",
        "role": "admin",
        "organization": world.other_organization.pk,
        "is_active": "on",
        "new_password": "kirmizi-balik-42",
    }

    refused = super_client.post(page(User, "add"), form | {"new_password": ""})
    made = super_client.post(page(User, "add"), form)

    assert refused.status_code == 200
    assert made.status_code == 302
    person = User.objects.get(username="efes_admin")
    assert person.check_password("kirmizi-balik-42")
    change = form | {"new_password": "", "full_name": "Efes"}
    assert super_client.post(page(User, "change", person.pk), change).status_code == 302
    person.refresh_from_db()
    assert person.check_password("kirmizi-balik-42")
