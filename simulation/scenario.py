"""Scenarios: JSON files that say which shocks hit the simulated market, and when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import DataError, connection, transaction

NONE = "none"
LONGEST_BYTES = 64 * 1024


class RefusedScenarioError(Exception):
    """The file was refused and the scenario is what it was; `reasons` names every mistake."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def choose_scenario(file: str) -> None:
    """Simulate by the scenario of a file from now on, or by none; raise `RefusedScenarioError`.

    It is stored in the database, so commands, tasks and SQL simulate the same market. What a good
    scenario is `sim_scenario_mistakes_v1` says.
    """
    scenario = "{}" if file == NONE else read_json(Path(file))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT mistake FROM sim_scenario_mistakes_v1(%s)", [scenario])
            mistakes = [mistake for (mistake,) in cursor.fetchall()]
            if mistakes:
                raise RefusedScenarioError(mistakes)
            cursor.execute("SELECT sim_set_scenario_v1(%s)", [scenario])
    except DataError as error:
        # A number with too many digits, or a text with half a character.
        raise RefusedScenarioError(
            [f"it cannot be stored: {str(error).splitlines()[0]}"]
        ) from error


def read_json(path: Path) -> str:
    """The text of a JSON file in which no key stands twice."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_BYTES + 1)
        if len(content) > LONGEST_BYTES:
            raise RefusedScenarioError([f"it is longer than {LONGEST_BYTES:,} bytes"])
        text = content.decode("utf-8-sig")
        json.loads(text, object_pairs_hook=refuse_twins, parse_constant=refuse_constant)
    except OSError as error:
        raise RefusedScenarioError([f"it cannot be read: {error.strerror}"]) from error
    except (ValueError, RecursionError) as error:
        raise RefusedScenarioError([f"it is not JSON: {error}"]) from error
    return text


def refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for key, value in pairs:
        if key in known:
            raise ValueError(f"the key {json.dumps(key)} stands twice in one object")
        known[key] = value
    return known


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
