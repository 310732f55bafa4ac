"""The heat map of prices: what a cell says, in which colour, and that it can be read."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from transparency.tests.test_pages import day_of, publish


@pytest.fixture
def yesterday():
    return turkish_midnight(turkish_date(timezone.now())) - DAY


def heat_of(client, **query):
    address = reverse("transparency:prices", query={"start": day_of(-1), **query})
    return client.get(address).context["heat"]


def test_the_difference_diverges_from_zero(client, world, yesterday):
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = "en"
    for n, gap in enumerate([1000, 10, 0, -10, -1000, 600]):
        publish(yesterday + n * HOUR, ptf=2000, smf=2000 + gap)

    heat = heat_of(client, heat="gap")

    assert [tuple(cell) for cell in heat.days()[0].cells[:7]] == [
        ("+1,000", "up4"),
        ("+10", "up1"),
        ("0", "q0"),
        ("−10", "down1"),
        ("−1,000", "down4"),
        ("+600", "up3"),
        ("missing", "missing"),
    ]
    assert heat.ends == ("−1,000", "+1,000")
    assert heat.scale == [*(f"down{n}" for n in (4, 3, 2, 1)), "q0", "up1", "up2", "up3", "up4"]


def test_a_difference_waits_for_smf(client, world):
    client.force_login(world.people["analyst"])
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    publish(now, ptf=2000, smf=2100)

    days = heat_of(client, heat="gap", end=day_of(0)).days()

    (running,) = [cell for day in days for cell in day.cells if cell.css.endswith(" now")]
    assert running.css == "pending now"


def test_a_link_reopens_the_chosen_value(client, world, yesterday):
    client.force_login(world.people["analyst"])
    publish(yesterday, ptf=2000, smf=2250)

    page = client.get(
        reverse("transparency:prices", query={"start": day_of(-1), "heat": "gap"})
    ).content.decode()

    assert '<td class="up4">+250</td>' in page
    # Every other link and the form itself keep the choice.
    assert 'name="heat" value="gap"' in page
    assert re.search(r'id="preset-2" href="[^"]*heat=gap', page)
    assert re.search(r'id="heat-3" href="[^"]*heat=gap[^"]*" hx-get="[^"]*" aria-current', page)


def test_prices_are_coloured_by_their_share_of_the_cap(client, world, yesterday):
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = "en"
    publish(yesterday, ptf=0, smf=1700)
    cap = heat_of(client).screen.caps[-1].try_per_mwh
    publish(yesterday + HOUR, ptf=cap, smf=cap / 2)

    ptf = heat_of(client).days()[0].cells
    smf = heat_of(client, heat="smf").days()[0].cells

    assert (ptf[0], ptf[1].css) == (("0", "q0"), "q8 cap")
    assert smf[1].css == "q4"


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_numbers_are_readable_on_every_step(theme):
    css = (settings.BASE_DIR / "static" / "charts.css").read_text()
    tokens = re.findall(r"--((?:heat|gap)-[\w-]+): light-dark\((#\w+), (#\w+)\)", css)
    colours = {name: pair[theme] for name, *pair in tokens}
    # The numbers are of the low colour, where no rule gives them another one.
    high = re.search(r"\.heat :is\(([^)]*)\) \{ color: var\(--heat-high\)", css)
    assert high
    others = {"q5": "heat-middle"} | dict.fromkeys(
        high[1].replace(".", "").split(", "),
        "heat-high",
    )
    steps = re.findall(r"\.((?:q|up|down)\d) \{ background: var\(--([\w-]+)\)", css)

    assert len(steps) == 9 + 4 + 4
    for css_class, token in steps:
        ink = colours[others.get(css_class, "heat-low")]
        assert contrast(colours[token], ink) >= 4.5, css_class
