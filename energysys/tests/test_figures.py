"""How figures are written."""

from decimal import Decimal

from django.utils.translation import override

from energysys.templatetags.market import mw, mw_sum


def test_a_plant_keeps_the_decimals_it_was_given_and_a_fleet_has_one_at_most():
    with override("tr"):
        assert mw(Decimal("142.125")) == "142,125"
        assert mw_sum(Decimal("3620.844")) == "3.620,8"
        assert mw_sum(Decimal("663.000")) == "663"
        assert mw_sum(None) == ""
