"""Prices, directions and consumption: the content rules of the platform."""

import pytest
from django.utils import timezone

from energysys.clock import DAY, HOUR, ISTANBUL, turkish_date, turkish_midnight
from transparency.epias.market import TL_PER_EUR, TL_PER_USD
from transparency.epias.tests.platform import Platform, past_day, stamp
from transparency.tests.test_pages import publish

HOURLY = {
    "mcp": ("date", "hour", "price", "priceUsd", "priceEur"),
    "interim-mcp": ("date", "hour", "marketTradePrice"),
    "smp": ("date", "hour", "systemMarginalPrice"),
    "smp-dir": ("date", "hour", "systemDirection", "smpDirectionId"),
    "mcp-smp-imb": (
        *("date", "time", "ptf", "smf", "positiveImbalance", "negativeImbalance"),
        "systemStatus",
    ),
    "wap": ("date", "hour", "wap"),
    "rt-cons": ("date", "time", "consumption"),
    "load-plan": ("date", "time", "lep"),
    "uecm": ("period", "hour", "swv"),
}
FORECAST = ("mcp", "interim-mcp", "load-plan")


def hours_of(day, count=24):
    first = turkish_midnight(day).astimezone(ISTANBUL)
    return [(first + n * HOUR).isoformat() for n in range(count)]


def test_a_past_day_has_24_rows_in_every_service(platform):
    for name, columns in HOURLY.items():
        answer = platform.read(name)
        rows = answer["items"]

        assert [row[columns[0]] for row in rows] == hours_of(past_day()), name
        assert [tuple(row) for row in rows] == [columns] * 24, name
        assert answer["page"]["total"] == answer["page"]["size"] == 24, name
        label = [row[columns[1]] for row in rows]
        if name == "mcp-smp-imb":
            assert label == hours_of(past_day())
        else:
            assert label == [f"{n:02}:00" for n in range(24)], name
        numbers = [value for row in rows for value in row.values() if not isinstance(value, str)]
        assert all(type(value) in (int, float) for value in numbers), name


def test_services_agree_with_each_other(platform):
    report = platform.items("mcp-smp-imb")
    prices, marginal, directions = (platform.items(name) for name in ("mcp", "smp", "smp-dir"))
    intraday = platform.items("wap")

    assert [row["ptf"] for row in report] == [row["price"] for row in prices]
    assert [row["smf"] for row in report] == [row["systemMarginalPrice"] for row in marginal]
    assert [row["systemStatus"] for row in report] == [row["systemDirection"] for row in directions]
    for row, other in zip(report, intraday, strict=True):
        low, high = sorted((row["ptf"], row["smf"]))
        assert row["positiveImbalance"] <= low <= other["wap"] <= high <= row["negativeImbalance"]
    assert [row["swv"] for row in platform.items("uecm")] == [
        row["consumption"] for row in platform.items("rt-cons")
    ]


def test_prices_in_other_currencies_are_at_the_fixed_rates(platform):
    for row in platform.items("mcp"):
        assert row["priceUsd"] == pytest.approx(row["price"] / TL_PER_USD, abs=0.005)
        assert row["priceEur"] == pytest.approx(row["price"] / TL_PER_EUR, abs=0.005)


def test_directions_vary_over_a_week_and_each_has_one_id(platform):
    rows = platform.items("smp-dir", startDate=stamp(past_day() - DAY))

    pairs = {(row["systemDirection"], row["smpDirectionId"]) for row in rows}
    assert pairs <= {("Enerji Açığı", 1), ("Enerji Fazlası", 2), ("Dengede", 0)}
    assert len(pairs) > 1


def test_sums_are_those_of_the_rows(platform):
    answer = platform.read("mcp")
    prices = [row["price"] for row in answer["items"]]
    weights = [row["lep"] for row in platform.items("load-plan")]
    weighted = sum(p * w for p, w in zip(prices, weights, strict=True)) / sum(weights)

    statistic = answer["statistic"]
    assert statistic["priceAvg"] == pytest.approx(sum(prices) / 24, abs=0.005)
    assert (statistic["priceMin"], statistic["priceMax"]) == (min(prices), max(prices))
    assert statistic["priceTotal"] == pytest.approx(sum(prices), abs=0.005)
    assert statistic["ptfWeightedAvg"] == pytest.approx(weighted, abs=0.005)
    assert len(statistic) == 15
    marginal = platform.read("smp")
    assert marginal["statistics"]["smpArithmeticalAverage"] == pytest.approx(
        sum(row["systemMarginalPrice"] for row in marginal["items"]) / 24, abs=0.005
    )
    consumption = platform.read("rt-cons")
    assert consumption["statistics"]["consumptionTotal"] == pytest.approx(
        sum(row["consumption"] for row in consumption["items"]), abs=0.001
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("T00:00:00+03:00", "T00:00:00+03:00"),
        ("T00:00:00+03:00", "T23:00:00+03:00"),
        ("T13:37:11.5+03:00", "T01:00:00+03:00"),
        ("T00:00:00Z", "T20:59:59Z"),
        ("T12:00:00-05:00", "T12:00:00+09:00"),
    ],
)
def test_both_ends_are_whole_turkish_days(platform, start, end):
    day = past_day()

    rows = platform.items("mcp", startDate=f"{day}{start}", endDate=f"{day}{end}")

    assert [row["date"] for row in rows] == hours_of(day)


def test_another_offset_may_name_the_next_turkish_day(platform):
    day = past_day()

    rows = platform.items("mcp", startDate=f"{day}T21:00:00Z", endDate=f"{day}T22:00:00-02:00")

    assert [row["date"] for row in rows] == hours_of(day + DAY)


@pytest.mark.parametrize("name", HOURLY)
def test_a_range_is_its_days_put_together(platform, name):
    days = [past_day() - DAY, past_day()]
    together = platform.items(name, startDate=stamp(days[0]), endDate=stamp(days[1]))

    assert together == [
        row
        for day in days
        for row in platform.items(name, startDate=stamp(day), endDate=stamp(day))
    ]


def test_an_hour_has_a_row_when_all_its_values_are_published(platform):
    today = turkish_date(timezone.now())
    coming = {"startDate": stamp(today), "endDate": stamp(today + 5 * DAY)}
    now = timezone.now()

    seen = {name: len(platform.items(name, **coming)) for name in HOURLY}

    assert {name: seen[name] for name in FORECAST} == dict.fromkeys(FORECAST, 48)
    passed = (now - turkish_midnight(today)) // HOUR
    assert seen["rt-cons"] in range(max(passed - 3, 0), max(passed - 1, 1))
    for name in ("smp", "smp-dir", "mcp-smp-imb", "wap"):
        assert seen[name] in range(max(passed - 5, 0), max(passed - 3, 1)), name
    assert seen["uecm"] == 0


def test_an_hour_with_only_one_of_its_prices_has_no_row_of_both(world):
    hour = turkish_midnight(past_day())
    publish(hour, ptf=100)
    publish(hour + HOUR, smf=90)
    publish(hour + 2 * HOUR, ptf=100, smf=90)
    platform = Platform(world)

    assert [row["date"][11:13] for row in platform.items("mcp")] == ["00", "02"]
    assert [row["date"][11:13] for row in platform.items("smp")] == ["01", "02"]
    for name in ("smp-dir", "mcp-smp-imb", "wap"):
        assert [row["date"][11:13] for row in platform.items(name)] == ["02"]


def test_interim_prices_take_one_day_or_a_range(platform):
    day = past_day()

    assert len(platform.items("interim-mcp")) == 24
    assert len(platform.items("interim-mcp", startDate=stamp(day - DAY), endDate=stamp(day))) == 48


def test_pages_are_cut_when_asked_for_only(platform):
    days = {"startDate": stamp(past_day() - DAY)}
    everything = platform.items("mcp", **days)

    answer = platform.read("mcp", page={"number": 2, "size": 20}, **days)

    assert answer["items"] == everything[20:40]
    assert answer["page"] == {
        "number": 2,
        "size": 20,
        "total": 48,
        "sort": {"field": "date", "direction": "ASC"},
    }
    assert answer["statistic"] == platform.read("mcp", **days)["statistic"]
    assert platform.items("mcp", page={"number": 4, "size": 20}, **days) == []


def test_pages_may_be_sorted(platform):
    sort = {"field": "price", "direction": "DESC"}

    answer = platform.read("mcp", page={"number": 1, "size": 5, "sort": sort})

    prices = sorted((row["price"] for row in platform.items("mcp")), reverse=True)
    assert [row["price"] for row in answer["items"]] == prices[:5]
    assert answer["page"]["sort"] == sort
