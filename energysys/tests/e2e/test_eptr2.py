"""The third-party client `eptr2`, unchanged, against the whole product.

Only its two built-in host names are led to the sandbox, at the level of the socket pool.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from energysys.clock import ISTANBUL
from energysys.tests.e2e.sandbox import PASSWORD

pytestmark = [pytest.mark.eptr2, pytest.mark.filterwarnings("default")]

HOSTS = ("https://giris.epias.com.tr", "https://seffaflik.epias.com.tr")
PEOPLE = ("super_admin", "nova_admin", "nova_analyst1", "bora_admin")
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "epias.md"
TODAY = dt.datetime.now(ISTANBUL).date()


def days_ago(number):
    return (TODAY - dt.timedelta(days=number)).isoformat()


DAY = days_ago(2)
DAYS = {"start_date": days_ago(4), "end_date": DAY}
HOURLY = (
    *("mcp", "interim-mcp", "smp", "smp-dir", "mcp-smp-imb", "wap", "rt-cons", "load-plan"),
    *("uecm", "rt-gen", "uevm", "kgup", "kgup-v1", "kudup", "eak"),
)


@pytest.fixture
def requests(sandbox, monkeypatch, tmp_path):
    """Leads the client to the sandbox from an empty folder; collects (address, status)."""
    import urllib3

    send, seen = urllib3.PoolManager.urlopen, []

    def redirected(pool, method, url, redirect=True, **more):
        for host in HOSTS:
            url = url.replace(host, sandbox.base)
        assert url.startswith(sandbox.base), url
        answer = send(pool, method, url, redirect=False, **more)
        seen.append((url.removeprefix(sandbox.base), answer.status))
        return answer

    monkeypatch.setattr(urllib3.PoolManager, "urlopen", redirected)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.chdir(tmp_path)
    return seen


@pytest.fixture
def connect(requests):
    from eptr2 import EPTR2

    def connect(username="nova_analyst1", password=PASSWORD, **options):
        return EPTR2(username=username, password=password, use_dotenv=False, **options)

    return connect


@pytest.fixture
def eptr(connect):
    return connect()


@pytest.fixture
def ids(eptr):
    """An organization of the analyst, and the plant and unit of its first plant."""
    organization = int(eptr.call("gen-org", **DAYS)["organizationId"].iloc[0])
    plant = int(eptr.call("mms-pp-list", start_date=DAY, org_id=organization)["id"].iloc[0])
    unit = int(eptr.call("mms-uevcb-list", start_date=DAY, pp_id=plant)["id"].iloc[0])
    return {"org_id": organization, "pp_id": plant, "uevcb_id": unit}


def refused(action, status):
    with pytest.raises(Exception, match=rf"status code: {status}") as refusal:
        action()
    text = str(refusal.value)
    return json.loads(text[text.index("{") :])["errors"][0]


@pytest.mark.parametrize("username", PEOPLE)
def test_every_call_gives_a_frame(connect, username):
    eptr = connect(username)
    day = {"start_date": DAY, "end_date": DAY}
    plants, organizations = eptr.call("pp-list"), eptr.call("gen-org", **day)
    organization = int(organizations["organizationId"].iloc[0])
    units = eptr.call("uevcb-list-bulk", start_date=DAY, org_ids=[organization])

    lengths = {name: len(eptr.call(name, **DAYS)) for name in HOURLY}
    assert lengths == dict.fromkeys(HOURLY, 72)
    assert len(organizations) == (4 if username == "super_admin" else 1)
    assert len(eptr.call("uevm-pp-list")) == len(plants) > len(organizations)
    assert len(eptr.call("pp-list-for-date-range", **day)) == len(plants)
    assert len(eptr.call("mms-pp-list", start_date=DAY, org_id=organization)) == len(units)
    assert len(eptr.call("gen-uevcb", start_date=DAY, org_id=organization)) == len(units)
    assert len(eptr.call("dpp-bulk", date=DAY, uevcb_ids=list(units["id"]))) == 24 * len(units)
    assert len(eptr.call("rt-gen-bulk", date=DAY, pp_ids=list(plants["id"]))) == 24 * len(plants)
    for name in ("region-list", "mms-region-list"):
        assert list(eptr.call(name)["regionShortName"]) == ["TR1"]
    assert list(eptr.call("mms-message-type-list")["id"]) == [0, 2]
    assert len(eptr.call("market-participants")) == len(organizations)
    assert len(eptr.call("eic-x-org-list", period=DAY)) == len(organizations)
    assert not eptr.call("ren-pp-list", period=DAY).empty
    assert eptr.call("ren-capacity", period=DAY)["total"].sum() > 0
    assert eptr.call("date-init")["today"][:10] == TODAY.isoformat()
    messages = eptr.call("mms", start_date=days_ago(30), end_date=days_ago(0))
    assert set(messages["orgName"]) <= set(organizations["organizationName"])


def test_composites_of_the_market(eptr):
    from eptr2 import composite

    costs = composite.get_hourly_price_and_cost_data(eptr=eptr, **DAYS)
    consumption = composite.get_hourly_consumption_and_forecast_data(eptr=eptr, **DAYS)
    reference = composite.get_reference_imbalance_costs(eptr=eptr, **DAYS)

    for frame in (costs, consumption, reference):
        assert len(frame) == 72
        assert not frame.isna().any().any()
    assert (costs["kupst_cost"] > 0).all()
    assert (reference["ref_imb_cost"] > 0).all()
    assert list(consumption["contract"])[-1] == f"PH{DAY[2:].replace('-', '')}23"


def test_imbalance_prices_are_those_that_the_client_computes(eptr):
    from eptr2.util.costs import calculate_unit_imbalance_price_by_contract
    from eptr2.util.time import iso_to_contract

    report = eptr.call("mcp-smp-imb", **DAYS)

    for row in report.to_dict("records"):
        computed = calculate_unit_imbalance_price_by_contract(
            contract=iso_to_contract(row["date"]), mcp=row["ptf"], smp=row["smf"]
        )
        # The client rounds binary numbers, we round decimal ones.
        assert row["positiveImbalance"] == pytest.approx(computed["pos_imb_price"], abs=0.011)
        assert row["negativeImbalance"] == pytest.approx(computed["neg_imb_price"], abs=0.011)


def test_composites_of_generation(eptr, ids):
    from eptr2 import composite

    one = {"org_id": ids["org_id"], "uevcb_id": ids["uevcb_id"]}
    plant = {"rt_pp_id": ids["pp_id"], "uevm_pp_id": ids["pp_id"]}
    frames = [
        composite.get_hourly_production_data(eptr=eptr, **DAYS),
        composite.get_hourly_production_data(eptr=eptr, **plant, **DAYS),
        composite.get_hourly_production_plan_data(eptr=eptr, **DAYS),
        composite.get_hourly_production_plan_data(eptr=eptr, **one, **DAYS),
        composite.wrapper_hourly_production_plan_and_realized(eptr=eptr, **one, **plant, **DAYS),
    ]

    for frame in frames:
        assert len(frame) == 72
        assert not frame.isna().any().any()
    plants = list(eptr.call("pp-list")["id"])
    units = list(eptr.call("gen-uevcb", org_id=ids["org_id"], start_date=DAY)["id"])
    planned = composite.get_kgup_bulk_range(eptr=eptr, uevcb_ids=units, **DAYS)
    realised = composite.get_rt_gen_bulk_range(eptr=eptr, pp_ids=plants, **DAYS)
    legacy = composite.get_dpp_bulk_range(eptr=eptr, pp_ids=plants, **DAYS)
    assert len(planned) == len(realised) == 72 * len(plants)
    assert legacy.equals(realised)


@pytest.mark.parametrize("forecast", ["kgup", "kgup_v1", "kudup"])
@pytest.mark.parametrize("actual", ["rt", "uevm"])
def test_costs_of_a_plant(eptr, ids, forecast, actual):
    from eptr2 import composite

    costs = composite.gather_and_calculate_plant_costs(
        eptr=eptr, plant_type="wind", forecast_source=forecast, actual_source=actual, **ids, **DAYS
    )

    assert len(costs) == 72
    assert not costs.isna().any().any()


def test_costs_of_a_portfolio(requests, ids, monkeypatch):
    """It makes clients of its own, from the environment and the ticket on disk."""
    import pandas
    from eptr2 import composite

    monkeypatch.setenv("EPTR_USERNAME", "nova_analyst1")
    monkeypatch.setenv("EPTR_PASSWORD", PASSWORD)
    plant = {"plant_name": "A", "source": "wind", "rt_id": ids["pp_id"], "uevm_id": ids["pp_id"]}
    portfolio = pandas.DataFrame([plant | {key: ids[key] for key in ("org_id", "uevcb_id")}])

    costs = composite.calculate_portfolio_costs(id_df=portfolio, use_uevm=True, **DAYS)

    assert len(costs["contract_summary"]) == 72
    assert len([path for path, _ in requests if path.startswith("/cas/")]) == 1


def test_composites_of_lists_and_messages(eptr, ids):
    from eptr2 import composite

    units = composite.get_generation_org_and_uevcb_wrapper(period=DAY, eptr=eptr)
    everything = composite.get_all_important_ids(DAY, eptr=eptr)
    messages = composite.get_mms_detail(
        days_ago(30), days_ago(0), eptr=eptr, include_summary=True, org_id=ids["org_id"]
    )

    assert set(units["org_id"]) == {ids["org_id"]}
    assert units["uevcb_id"].is_unique
    assert len(everything["dam_clearing_org_list"]) == len(everything["imb_org_list"]) == 1
    assert composite.get_aggregators_data_for_period(DAY, eptr=eptr).empty
    detail, summary = messages["detail"], messages["summary"]
    assert (detail["faultCausedEnergyLoss"] <= detail["faultCausedPowerLoss"] + 1e-9).all()
    assert summary["faultCausedEnergyLoss"].sum() == pytest.approx(
        detail["faultCausedEnergyLoss"].sum()
    )


def test_tickets_are_recycled_from_disk(connect, requests, tmp_path):
    first, second = connect(), connect()
    other = connect("nova_admin")

    assert second.tgt == first.tgt != other.tgt
    assert [status for path, status in requests if path == "/cas/v1/tickets"] == [201, 201]
    kept = json.loads((tmp_path / ".eptr2-tgt").read_text())
    assert kept["tgt"] == other.tgt
    for client in (first, second, other):
        assert len(client.call("mcp", start_date=DAY, end_date=DAY)) == 24


def test_a_forced_renewal_leaves_the_earlier_ticket_valid(connect):
    first = connect()
    renewed = connect(force_renew_tgt=True)

    assert renewed.tgt != first.tgt
    assert len(first.call("mcp", start_date=DAY, end_date=DAY)) == 24


def test_long_ranges(eptr):
    years = {"start_date": days_ago(3 * 365), "end_date": DAY}
    quarter = {"start_date": days_ago(85), "end_date": DAY}

    for name in ("mcp", "mcp-smp-imb", "rt-cons", "kgup"):
        rows = eptr.call(name, **years)
        assert len(rows) >= 24 * 5
        assert rows["date"].is_monotonic_increasing
        assert rows["date"].is_unique
    for name in ("rt-gen", "uevm"):
        assert len(eptr.call(name, **quarter)) >= 24 * 5
        error = refused(lambda name=name: eptr.call(name, **years), 400)
        assert error["errorCode"] == "(BUS)SEF1117"


def test_refusals(connect, eptr, ids):
    day = {"start_date": DAY, "end_date": DAY}
    foreign = int(connect("bora_admin").call("pp-list")["id"].iloc[0])
    stranger = connect(tgt_d={"tgt": "TGT-0-none-cas", "tgt_exp": 4e9, "tgt_exp_0": 4e9})

    assert refused(lambda: connect("nova_admin", "wrong"), 401)["errorCode"] == "AUTH001"
    assert refused(lambda: stranger.call("mcp", **day), 401)["errorCode"] == "AUTH009"
    for plant in (foreign, 987654):
        error = refused(lambda plant=plant: eptr.call("rt-gen", pp_id=plant, **day), 400)
        assert error["errorCode"] == "(BUS)SEF1122"
    backwards = {"start_date": DAY, "end_date": days_ago(3)}
    assert refused(lambda: eptr.call("mcp", **backwards), 400)["errorCode"] == "(VAL)INVALID"
    assert refused(lambda: eptr.call("dam-clearing", **day), 404)["errorMessage"]


def test_the_guide_does_what_it_says(requests, sandbox):
    """Its dates are those of its day; here they are the last complete ones."""
    text = GUIDE.read_text(encoding="utf-8")
    # The later first: three days ago may be the date that is written for the day after.
    for written, day in (("2026-11-23", DAY), ("2026-11-22", days_ago(3))):
        text = text.replace(written, day)
    snippets = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    code = "\n".join(snippets).replace("http://127.0.0.1:8000", sandbox.base)

    exec(compile(code, str(GUIDE), "exec"), {})

    assert len(snippets) == 3
    assert {status for _, status in requests} == {200, 201}
