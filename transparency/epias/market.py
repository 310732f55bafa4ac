"""Prices, the direction of the system and consumption: the same for everyone.

Prices in TL/MWh, energy in MWh. An hour whose value is not published has no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transparency.epias.answers import Asked, Rows
from transparency.series import TIME

HOUR = "to_char(ts AT TIME ZONE 'Europe/Istanbul', 'HH24:MI')"
# Exchange rates are not simulated: prices are told at fixed ones, TL for one.
TL_PER_USD, TL_PER_EUR = 42.5, 49.3
# How far intraday trading has moved from PTF towards SMF when it ends.
INTRADAY_SHARE = 0.3

PRICES = "FROM published_prices_v1(%s, %s, %s)"
BOTH_PRICES = f"{PRICES} WHERE ptf IS NOT NULL AND smf IS NOT NULL"
CONSUMPTION = "FROM published_consumption_v1(%s, %s, %s)"
DIRECTION = "system_direction_v1(ts, ptf, smf)"
DIRECTION_NAME = f"(ARRAY['Enerji Açığı', 'Dengede', 'Enerji Fazlası'])[{DIRECTION} + 2]"
DIRECTION_ID = f"(ARRAY[1, 0, 2])[{DIRECTION} + 2]"


def hours(
    asked: Asked,
    source: str,
    columns: dict[str, str],
    *measures: str,
    hidden: tuple[str, ...] = ("ts",),
    more: Sequence[Any] = (),
    **changes: Any,
) -> Rows:
    """Rows of published hours: the SQL of each column; `more` parameters come after the span's."""
    values = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    return Rows(
        f"SELECT {values}, ts {source}",
        [*asked.span.parameters, *more],
        [name for name in columns if name not in hidden],
        measures,
        hidden,
        **changes,
    )


def statistics(name: str, prefix: str, places: int) -> dict[str, str]:
    """Mean, least, most and sum of a measure."""
    functions = {"Avg": "avg", "Min": "min", "Max": "max", "Total": "sum"}
    return {
        f"{prefix}{kind}": f'round({function}("{name}"), {places})'
        for kind, function in functions.items()
    }


def mcp(asked: Asked) -> Rows:
    """PTF, the day-ahead price, to the end of tomorrow."""
    sums: dict[str, str] = {}
    for name, currency in (("price", ""), ("priceUsd", "Usd"), ("priceEur", "Eur")):
        sums |= statistics(name, f"price{currency}", 2)
        # Day-ahead volumes are not simulated: the forecast of the load weighs the hours.
        mean = f'sum("{name}" * load) / nullif(sum(load), 0)'
        sums[f"ptf{currency}WeightedAvg"] = f"round({mean}, 2)"
    return hours(
        asked,
        f"""FROM (SELECT * {PRICES}) AS price
            LEFT JOIN (SELECT ts, forecast_mwh {CONSUMPTION}) AS demand USING (ts)
            WHERE ptf IS NOT NULL""",
        {
            "date": TIME,
            "hour": HOUR,
            "price": "ptf",
            "priceUsd": f"round(ptf / {TL_PER_USD}, 2)",
            "priceEur": f"round(ptf / {TL_PER_EUR}, 2)",
            "load": "forecast_mwh::numeric",
        },
        *("price", "priceUsd", "priceEur"),
        hidden=("ts", "load"),
        more=asked.span.parameters,
        sums=sums,
        sums_name="statistic",
    )


def smp(asked: Asked) -> Rows:
    """SMF, the system marginal price."""
    return hours(
        asked,
        f"{PRICES} WHERE smf IS NOT NULL",
        {"date": TIME, "hour": HOUR, "systemMarginalPrice": "smf"},
        "systemMarginalPrice",
        sums={"smpArithmeticalAverage": 'round(avg("systemMarginalPrice"), 2)'},
        sums_name="statistics",
    )


def smp_dir(asked: Asked) -> Rows:
    """The direction of the system."""
    return hours(
        asked,
        BOTH_PRICES,
        {
            "date": TIME,
            "hour": HOUR,
            "systemDirection": DIRECTION_NAME,
            "smpDirectionId": DIRECTION_ID,
        },
    )


def mcp_smp_imb(asked: Asked) -> Rows:
    """PTF, SMF, imbalance prices and direction; here `time` is the whole time stamp."""
    return hours(
        asked,
        f"""{PRICES} AS price
            CROSS JOIN LATERAL imbalance_prices_v1(ts, ptf, smf) AS imbalance
            WHERE ptf IS NOT NULL AND smf IS NOT NULL""",
        {
            "date": TIME,
            "time": TIME,
            "ptf": "ptf",
            "smf": "smf",
            "positiveImbalance": "imbalance.positive",
            "negativeImbalance": "imbalance.negative",
            "systemStatus": DIRECTION_NAME,
        },
        *("ptf", "smf", "positiveImbalance", "negativeImbalance"),
    )


def wap(asked: Asked) -> Rows:
    """The weighted average price of the intraday market: part of the way from PTF to SMF."""
    price = f"round(ptf + {INTRADAY_SHARE} * (smf - ptf), 2)"
    return hours(asked, BOTH_PRICES, {"date": TIME, "hour": HOUR, "wap": price}, "wap")


def interim_mcp(asked: Asked) -> Rows:
    """PTF before objections; here there are none."""
    return hours(
        asked,
        f"{PRICES} WHERE ptf IS NOT NULL",
        {"date": TIME, "hour": HOUR, "marketTradePrice": "ptf"},
        "marketTradePrice",
    )


def rt_cons(asked: Asked) -> Rows:
    """Consumption."""
    return hours(
        asked,
        f"{CONSUMPTION} WHERE actual_mwh IS NOT NULL",
        {"date": TIME, "time": HOUR, "consumption": "actual_mwh::numeric"},
        "consumption",
        sums=statistics("consumption", "consumption", 3),
        sums_name="statistics",
    )


def load_plan(asked: Asked) -> Rows:
    """The day-ahead forecast of consumption, to the end of tomorrow."""
    return hours(
        asked,
        f"{CONSUMPTION} WHERE forecast_mwh IS NOT NULL",
        {"date": TIME, "time": HOUR, "lep": "forecast_mwh::numeric"},
        "lep",
    )


def uecm(asked: Asked) -> Rows:
    """Settled consumption: the market settles at the end of the Turkish day, as measured."""
    return hours(
        asked,
        f"{CONSUMPTION} WHERE actual_mwh IS NOT NULL AND ts < turkish_midnight_v1(%s, 0)",
        {"period": TIME, "hour": HOUR, "swv": "actual_mwh::numeric"},
        "swv",
        more=[asked.at],
    )
