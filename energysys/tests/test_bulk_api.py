"""Bulk import and export through the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from energysys.bulk import MAX_ROWS
from energysys.sheet_reading import MAX_FILE_BYTES
from energysys.sheets import XLSX_TYPE
from energysys.testing import api_client
from energysys.tests.files import csv_of, event_row
from incidents.models import PlantEvent


@pytest.mark.parametrize(
    "content",
    [
        b"eic,name,capacity\n1,2,3\n",
        b"name\nNova\n",
        b"eic,name\n",
        b"eic,name\n" + b"1,2\n" * (MAX_ROWS + 1),
        b"",
    ],
)
def test_a_file_with_wrong_columns_or_size_is_refused_whole(world, content):
    client = api_client(world.people["super_admin"])

    answer = client.post("/api/v1/imports/organizations/", content, content_type="text/csv")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_the_api_tells_each_error_by_row_and_column_in_the_readers_language(world):
    content = csv_of(event_row(world.plant), event_row(world.plant, affected_mw="x", reason=""))
    client = api_client(world.people["admin"], accept_language="tr")

    dry = client.post("/api/v1/imports/events/?dry_run=true", content, content_type="text/csv")
    answer = client.post("/api/v1/imports/events/", content, content_type="text/csv")

    assert dry.status_code == 200
    assert dry.json()["counts"] == {"create": 1, "change": 0, "unchanged": 0, "error": 1}
    assert dry.json()["rows"][1]["errors"][0]["column"] == "reason"
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/rows/3/affected_mw",
        "/rows/3/reason",
    }
    assert "Bu alan boş bırakılmamalı." in answer.content.decode()
    assert not PlantEvent.objects.exists()


def test_the_api_takes_a_form_or_a_body_and_gives_the_file_back(world):
    client = api_client(world.people["super_admin"])
    exported = client.get("/api/v1/exports/plants/?format=xlsx")
    upload = SimpleUploadedFile("plants.xlsx", exported.content, XLSX_TYPE)

    by_form = client.post("/api/v1/imports/plants/", {"file": upload}, format="multipart")
    by_body = client.post("/api/v1/imports/plants/", exported.content, content_type=XLSX_TYPE)

    assert exported["Content-Type"] == XLSX_TYPE
    for answer in (by_form, by_body):
        assert answer.status_code == 200, answer.content
        assert answer.json()["applied"] is True
        assert answer.json()["counts"]["unchanged"] == 2


@pytest.mark.parametrize(
    ("query", "body", "content_type", "status"),
    [
        ("?dry_run=perhaps", b"eic,name\n1,2\n", "text/csv", 400),
        ("?dryrun=true", b"eic,name\n1,2\n", "text/csv", 400),
        ("", b"{}", "application/json", 415),
        ("", b"", "multipart/form-data; boundary=x", 400),
        ("", b"x" * (MAX_FILE_BYTES + 2), "text/csv", 400),
    ],
)
def test_the_api_refuses_what_is_no_import(world, query, body, content_type, status):
    answer = api_client(world.people["super_admin"]).post(
        f"/api/v1/imports/organizations/{query}", body, content_type=content_type
    )

    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
