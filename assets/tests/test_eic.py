import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from assets.eic import PARTY, RESOURCE, make_eic, validate
from assets.models import Organization
from energysys.testing import organization_eic

REFUSED = [
    "40X000000000001",  # one short
    "40X-TEIAS-----M",
    "40x000000000001O",
    "40X00000000000 1",
    "23X--130302DLGW-",  # a check character is never a hyphen
    "",
]


@pytest.mark.parametrize("number", [0, 1, 7, 36, 12345, 10**9])
@pytest.mark.parametrize("eic_type", [PARTY, RESOURCE])
def test_made_codes_are_valid_for_python_and_database(db, eic_type, number):
    code = make_eic(eic_type, number)

    validate(code, eic_type)

    assert database_says(code, eic_type)


@pytest.mark.parametrize("code", REFUSED)
def test_python_and_database_refuse_the_same(db, code):
    with pytest.raises(ValidationError):
        validate(code, PARTY)

    assert not database_says(code, PARTY)


def test_every_wrong_check_character_is_refused_by_both(db):
    code = make_eic(PARTY, 99)
    for wrong in set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") - {code[-1]}:
        with pytest.raises(ValidationError):
            validate(code[:-1] + wrong, PARTY)
        assert not database_says(code[:-1] + wrong, PARTY)


def test_a_plants_code_does_not_name_an_organization(db):
    code = make_eic(RESOURCE, 5)

    with pytest.raises(ValidationError):
        validate(code, PARTY)
    assert not database_says(code, PARTY)


def test_the_database_refuses_what_skips_python(db):
    with pytest.raises(IntegrityError, match="organization_eic_is_valid"):
        Organization.objects.create(name="Nova", eic=organization_eic(1)[:-1] + "!")


def database_says(code: str, eic_type: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT eic_is_valid(%s, %s)", [code, eic_type])
        return bool(cursor.fetchone()[0])
