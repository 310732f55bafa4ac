"""Files for tests of bulk import, and what an import of them did."""

import csv
import io

from accounts.imports import USERS
from accounts.models import User
from assets.imports import ORGANIZATIONS, PLANTS
from assets.models import Organization, PowerPlant
from energysys.imports import bulk_import
from energysys.sheet_reading import read_sheet
from energysys.testing import plant_eic
from incidents.imports import EVENTS
from incidents.models import EventVersion, PlantEvent

TABLES = {table.kind: table for table in (ORGANIZATIONS, PLANTS, USERS, EVENTS)}
START = "2026-11-22T16:00:00+03:00"
END = "2026-11-23T16:00:00+03:00"


def csv_of(*rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def run(table, content, by, dry_run=False, seen=None):
    return bulk_import(table, read_sheet(content), by, dry_run=dry_run, seen=seen)


def event_row(plant, **changes):
    return {
        "id": "",
        "plant": plant.eic,
        "event_type": "failure",
        "reason": "turbine trip",
        "description": "",
        "affected_mw": "30",
        "start": START,
        "end": END,
    } | changes


def plant_row(world, number, **changes):
    return {
        "eic": plant_eic(number),
        "name": f"Plant {number}",
        "organization": world.organization.eic,
        "fuel_type": "wind",
        "installed_capacity_mw": "12,5",
        "is_yekdem": "evet",
        "is_res": "DOĞRU",
    } | changes


def errors_of(report):
    return [(row.row, error.column, error.code) for row, error in report.errors]


def state():
    """Everything that an import could write."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Organization, PowerPlant, User, PlantEvent, EventVersion)
    ]
