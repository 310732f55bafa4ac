"""Energy Identification Codes: 16 characters, the third names the type, the last one checks."""

from __future__ import annotations

import string

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.eu import eic

PARTY, RESOURCE = "X", "W"
ALPHABET = string.digits + string.ascii_uppercase


def validate_organization_eic(value: str) -> None:
    validate(value, PARTY)


def validate_plant_eic(value: str) -> None:
    validate(value, RESOURCE)


def validate(value: str, eic_type: str) -> None:
    if not eic.is_valid(value) or eic.compact(value) != value:
        raise ValidationError(
            _(
                "This is not a valid EIC: 16 capital letters, digits or hyphens,"
                " the last one a check."
            ),
            code="eic",
        )
    if value[2] != eic_type:
        raise ValidationError(
            _("The third character of this EIC must be %(type)s."),
            code="eic_type",
            params={"type": eic_type},
        )


def make_eic(eic_type: str, number: int, prefix: str = "40") -> str:
    """A valid code of that type: the issuer's prefix, the type, the number in base 36.

    Numbers whose check character would be `-`, which is refused, take the next letter of a spare
    column, so every number has a code.
    """
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    for spare in string.ascii_uppercase:
        body = f"{prefix}{eic_type}{spare}{digits.rjust(11, '0')}"
        check = eic.calc_check_digit(body)
        if check != "-":
            return body + check
    raise AssertionError("one of 26 spare letters gives another check character")
