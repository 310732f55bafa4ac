import pytest
from django.utils import timezone

from energysys.clock import DAY, utc_date
from simulation import engine
from transparency.epias.tests.platform import Platform


@pytest.fixture
def market(world):
    """The last days up to now, and what is known ahead."""
    today = utc_date(timezone.now())
    for day, _ in engine.simulate_days(today - 4 * DAY, today):
        assert day
    return world


@pytest.fixture
def platform(market):
    """The analyst's client, with days to ask for."""
    return Platform(market)
