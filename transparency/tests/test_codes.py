"""The vocabularies are those of the models, each with its counterparts."""

import re

import pytest

from energysys.testing import api_client
from transparency.codes import EVENT_STATES, EVENT_TYPES, FUELS, VOCABULARIES

MAPPED = {"fuel_type": FUELS, "event_type": EVENT_TYPES, "event_state": EVENT_STATES}


@pytest.fixture
def codes(world):
    answer = api_client(world.people["analyst"]).get("/api/v1/codes/")
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_is_that_of_its_model_in_both_languages(codes, name):
    choices, _words = VOCABULARIES[name]

    assert [row["code"] for row in codes[name]] == choices.values
    assert all(row["tr"] and row["en"] for row in codes[name])
    assert {row["tr"] for row in codes[name]} != {row["en"] for row in codes[name]}


@pytest.mark.parametrize("name", MAPPED)
def test_no_code_is_without_its_counterpart(codes, name):
    assert set(MAPPED[name]) == {row["code"] for row in codes[name]}
    assert all(re.fullmatch(r"[AB]\d\d", row["entsoe"]) for row in codes[name])


def test_outages_are_those_of_entsoe(codes):
    assert {row["code"]: row["entsoe"] for row in codes["event_type"]} == {
        "failure": "A54",
        "maintenance": "A53",
    }
