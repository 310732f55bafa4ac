"""Bulk import and export by `manage.py`."""

import pytest
from django.core.management import CommandError, call_command

from energysys.tests.files import csv_of, event_row
from incidents.models import PlantEvent


def test_the_commands_write_and_read_the_same_file(world, tmp_path, capsys):
    file = tmp_path / "plants.xlsx"
    call_command("bulk_export", "plants", str(file), by="super")
    call_command("bulk_import", "plants", str(file), by="super")
    assert "2 unchanged" in capsys.readouterr().out

    bad = tmp_path / "bad.csv"
    bad.write_bytes(csv_of(event_row(world.plant, reason="")))
    with pytest.raises(CommandError, match="row 2, reason"):
        call_command("bulk_import", "events", str(bad), by="nova")
    assert not PlantEvent.objects.exists()


@pytest.mark.parametrize(
    ("kind", "file", "by"),
    [
        ("plants", "plants.csv", "nova"),
        ("events", "events.csv", "nora"),
        ("plants", "plants.csv", "nobody"),
        ("plants", "plants.ods", "super"),
        ("plants", "no/such/folder.csv", "super"),
    ],
)
def test_the_export_command_refuses(world, tmp_path, kind, file, by):
    with pytest.raises(CommandError):
        call_command("bulk_export", kind, str(tmp_path / file), by=by)
