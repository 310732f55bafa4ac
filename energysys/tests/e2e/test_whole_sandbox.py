"""The real sandbox from an empty folder: killed while it simulates, started again, used."""

import signal
import time

import pytest

from energysys.tests.e2e.sandbox import Sandbox, free_port


@pytest.fixture
def start(tmp_path):
    folder = tmp_path / "sandbox"
    running = []

    def begin():
        running.append(Sandbox(folder, free_port()))
        return running[-1]

    yield begin
    for sandbox in running:
        if sandbox.child.poll() is None:
            sandbox.end(signal.SIGTERM)


def test_a_killed_simulation_is_completed_by_the_next_start(start):
    killed = start()
    killed.wait_for("Made the demo")
    killed.end(signal.SIGKILL)
    began = time.monotonic()
    while killed.processes():
        assert time.monotonic() - began < 15, killed.processes()
        time.sleep(0.1)

    sandbox = start()
    sandbox.wait_for("Ready: http://127.0.0.1:")

    assert sandbox.call("/health/ready") == (200, {"status": "ok"})
    token = sandbox.log_in("super_admin")
    runs = sandbox.call("/api/v1/simulation-runs/?outcome=succeeded", token)[1]["results"]
    assert len({run["day"] for run in runs if run["kind"] == "simulate"}) == 8
    plants = sandbox.call("/api/v1/plants/", token)[1]["results"]
    assert len(plants) >= 24
    assert len({plant["fuel_type"] for plant in plants}) == 10
    assert len(sandbox.call("/api/v1/organizations/", token)[1]["results"]) >= 4
    for username in ("nova_admin", "nova_analyst1", "bora_admin", "bora_analyst1"):
        assert sandbox.log_in(username)
    nova = sandbox.call("/api/v1/plants/", sandbox.log_in("nova_admin"))[1]["results"]
    largest = max(nova, key=lambda plant: plant["installed_capacity_mw"])
    assert largest["status"] == "active"
    assert largest["available_mw"] == largest["installed_capacity_mw"] >= 50
    assert sandbox.end(signal.SIGTERM) == 0
    assert not sandbox.processes()
