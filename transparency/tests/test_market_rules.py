"""Directions and imbalance prices, against worked figures of the regulation."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

IN_2026 = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
IMBALANCES = [
    # PTF, SMF, direction, positive and negative price
    (IN_2026, "3000", "3200", -1, "2910.00", "3392.00"),
    (IN_2026, "3000", "2500", 1, "2350.00", "3090.00"),
    (IN_2026, "3000", "3000", 0, "2910.00", "3090.00"),
    (IN_2026, "4500", "4500", -1, "4365.00", "5008.50"),
    (IN_2026, "4500", "4000", 1, "3760.00", "4866.75"),
    (IN_2026, "0", "0", 1, "-106.00", "154.50"),
    (IN_2026, "149.99", "149.99", 0, "-103.00", "154.50"),
    (IN_2026, "150", "150", 0, "145.50", "154.50"),
    (IN_2026, "100", "200", -1, "-103.00", "212.00"),
    (dt.datetime(2026, 4, 3, 20, tzinfo=dt.UTC), "3400", "3400", -1, "3298.00", "3784.20"),
    (dt.datetime(2026, 4, 3, 21, tzinfo=dt.UTC), "3400", "3400", 0, "3298.00", "3502.00"),
    (dt.datetime(2025, 12, 31, 20, tzinfo=dt.UTC), "3000", "3200", -1, "2910.00", "3296.00"),
    (dt.datetime(2025, 12, 31, 21, tzinfo=dt.UTC), "3000", "3200", -1, "2910.00", "3392.00"),
    (dt.datetime(2025, 6, 1, tzinfo=dt.UTC), "100", "90", 1, "87.30", "103.00"),
]


@pytest.mark.parametrize(("at", "ptf", "smf", "direction", "positive", "negative"), IMBALANCES)
def test_imbalances_cost_what_the_regulation_says(db, at, ptf, smf, direction, positive, negative):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT system_direction_v1(%(at)s, %(ptf)s, %(smf)s), positive, negative
               FROM imbalance_prices_v1(%(at)s, %(ptf)s, %(smf)s)""",
            {"at": at, "ptf": Decimal(ptf), "smf": Decimal(smf)},
        )
        found = cursor.fetchone()

    assert found == (direction, Decimal(positive), Decimal(negative))
