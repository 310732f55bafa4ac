"""Importing published hours: all of the file or none of it."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from simulation import engine
from transparency.models import HourlyConsumption, HourlyPrice

HEAD = "timestamp,actual_consumption,demand_forecast,ptf,smf\n"
GOOD = HEAD + "".join(
    f"2025-01-01T{hour:02}:00+03:00,{32000 + hour}.5,{32500 + hour},{2000 + hour}.99,0\n"
    for hour in range(24)
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "market.csv"


def stored():
    return HourlyPrice.objects.count(), HourlyConsumption.objects.count()


def test_a_good_file_is_stored_and_marked(db, file, capsys):
    file.write_text(GOOD)

    call_command("import_market", str(file))

    price = HourlyPrice.objects.order_by("ts")[1]
    load = HourlyConsumption.objects.order_by("ts")[1]
    assert stored() == (24, 24)
    assert price.ts == dt.datetime(2024, 12, 31, 22, tzinfo=dt.UTC)
    assert (float(price.ptf), float(price.smf), price.imported) == (2001.99, 0, True)
    assert (load.actual_mwh, load.forecast_mwh, load.imported) == (32001.5, 32501, True)
    assert "24 hours" in capsys.readouterr().out


def test_importing_again_corrects(db, file):
    file.write_text(GOOD)
    call_command("import_market", str(file))
    file.write_text(GOOD.replace("2001.99", "1999.00"))

    call_command("import_market", str(file))

    assert stored() == (24, 24)
    assert HourlyPrice.objects.filter(ptf=1999).count() == 1


def test_imported_hours_replace_simulated_ones(db, file):
    engine.simulate_day(dt.date(2025, 1, 1))
    file.write_text(GOOD)

    call_command("import_market", str(file))

    assert HourlyPrice.objects.filter(imported=True).count() == 24


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2025-01-02T00:00,1,1,1,1", "line 26: timestamp: '2025-01-02T00:00' has no offset"),
        ("2025-01-02T00:30+03:00,1,1,1,1", "line 26: timestamp: '2025-01-02T00:30+03:00' is not"),
        ("yesterday,1,1,1,1", "line 26: timestamp: 'yesterday' is not"),
        ("2025-01-02T00:00+03:00,1,1,x,1", "line 26: ptf: 'x' is not a number"),
        ("2025-01-02T00:00+03:00,1,1,NaN,1", "line 26: ptf: 'NaN' is not a number"),
        ("2025-01-02T00:00+03:00,1,1,-1,1", "line 26: ptf: -1 is not between"),
        ("2025-01-02T00:00+03:00,1,1,1e9,1", "line 26: ptf: 1e9 is not between"),
        ("2025-01-02T00:00+03:00,1,1,1", "line 26: smf: None is not a number"),
        ("2025-01-02T00:00+05:30,1,1,1,1", "line 26: timestamp: '2025-01-02T00:00+05:30' is not"),
        ("1999-01-02T00:00+03:00,1,1,1,1", "line 26: timestamp: '1999-01-02T00:00+03:00' is not"),
        ("2025-01-02T00:00+03:00,1_000,1,1,1", "line 26: actual_consumption: '1_000' is not"),
        ("2025-01-02T00:00+03:00,1,1,1,1,9", "line 26: there are more values than columns"),
        ("2025-01-02T00:00+03:00,,1,1,1", "line 26: actual_consumption: '' is not a number"),
        ("2024-12-31T21:00Z,1,1,1,1", "line 26: the hour 2024-12-31T21:00Z stands there twice"),
    ],
)
def test_one_bad_row_refuses_the_file_and_is_named(db, file, line, reason):
    file.write_text(GOOD + line + "\n")

    with pytest.raises(CommandError) as refusal:
        call_command("import_market", str(file))

    assert reason in str(refusal.value)
    assert stored() == (0, 0)


def test_every_bad_row_is_named(db, file):
    file.write_text(GOOD.replace("T03:00", "T03:15").replace("2007.99", "?"))

    with pytest.raises(CommandError) as refusal:
        call_command("import_market", str(file))

    assert "line 5:" in str(refusal.value)
    assert "line 9:" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no column timestamp"),
        (HEAD.encode(), "no rows"),
        (b"timestamp,ptf\n", "no column smf"),
        (b"\xff\xfe\x00", "market.csv"),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_sentence(db, file, content, reason):
    file.write_bytes(content)

    with pytest.raises(CommandError, match=reason):
        call_command("import_market", str(file))


def test_a_missing_file_is_named(db, file):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_market", str(file))
