"""The global search: plants, organizations, events and, for a Super Admin, people."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from assets.models import Organization, PowerPlant
from energysys.search import Fold, has_words, spaced, starting_first
from energysys.templatetags.market import moment, mw
from incidents.models import PlantEvent

LONGEST_TEXT = 100


class Hit(NamedTuple):
    """A thing that was found: where it is, what it is called, and what tells it from others."""

    address: str
    title: str
    detail: str


class Group(NamedTuple):
    """What was found of one kind; `more` leads to the list with the rest, if there is one."""

    title: str
    icon: str
    hits: list[Hit]
    more: str


def search(user: User, text: str, limit: int) -> list[Group]:
    """What of the person's own matches the text, at most `limit` of each kind."""
    text = text.strip()[:LONGEST_TEXT]
    if not text:
        return []
    groups = [plants(user, text), organizations(user, text), events(user, text)]
    if user.is_super_admin:
        groups.append(people(user, text))
    found = []
    for title, icon, page, rows, hit in groups:
        hits = [hit(row) for row in rows[: limit + 1]]
        more = reverse(page, query={"q": text}) if len(hits) > limit else ""
        if hits:
            found.append(Group(title, icon, hits[:limit], more))
    return found


def plants(user: User, text: str) -> Any:
    rows = PowerPlant.objects.visible_to(user).filter(has_words(text))
    rows = rows.select_related("organization").order_by(starting_first(text), "name", "pk")

    def hit(plant: PowerPlant) -> Hit:
        kind = f"{plant.get_fuel_type_display()}, {mw(plant.installed_capacity_mw)} MW"
        return Hit(plant.get_absolute_url(), plant.name, f"{kind} · {plant.eic}")

    return _("Plants"), "factory", "assets:plants", rows, hit


def organizations(user: User, text: str) -> Any:
    rows = Organization.objects.visible_to(user).filter(has_words(text))
    rows = rows.order_by(starting_first(text), "name", "pk")

    def hit(organization: Organization) -> Hit:
        return Hit(organization.get_absolute_url(), organization.name, organization.eic)

    return _("Organizations"), "building", "assets:organizations", rows, hit


def events(user: User, text: str) -> Any:
    """By words of the reason or the plant, or by the event's number; the newest first."""
    wanted = has_words(text, "folded", "plant__folded")
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 10:
        wanted |= Q(pk=int(number))
    rows = PlantEvent.objects.visible_to(user).filter(wanted)
    rows = rows.select_related("plant").order_by("-starts_at", "-pk")

    def hit(event: PlantEvent) -> Hit:
        kind = f"{event.get_event_type_display()} #{event.pk}"
        detail = f"{kind} · {mw(event.affected_mw)} MW · {moment(event.starts_at)}"
        return Hit(event.get_absolute_url(), f"{event.plant.name}: {event.reason}", detail)

    return _("Events"), "triangle-alert", "incidents:events", rows, hit


def people(user: User, text: str) -> Any:
    rows = User.objects.visible_to(user).select_related("organization")
    rows = rows.alias(folded=Fold(spaced("username", "full_name", "email")))
    rows = rows.filter(has_words(text)).order_by(starting_first(text), "username")

    def hit(person: User) -> Hit:
        belongs = f" · {person.organization}" if person.organization else ""
        detail = f"{person.get_role_display()}{belongs}"
        return Hit(person.get_absolute_url(), person.username, detail)

    return _("Users"), "users", "accounts:users", rows, hit
