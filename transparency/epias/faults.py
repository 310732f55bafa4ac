"""What clients meet in production, on demand: the header `X-EnergySys-Fault`, in the sandbox only.

`unavailable` answers 503, `slow` answers late. The others change the rows of 12:00 of an hourly
service: `missing-hour` leaves them out, `duplicate-hour` tells them twice, and `late-correction`
tells them as they were before they were corrected, 5 % too low.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request

from transparency.epias.errors import Unavailable

HEADER = "X-EnergySys-Fault"
UNAVAILABLE, SLOW = "unavailable", "slow"
MISSING, DUPLICATE, CORRECTED = "missing-hour", "duplicate-hour", "late-correction"
OF_HOURS = (MISSING, DUPLICATE, CORRECTED)
FAULTS = (UNAVAILABLE, SLOW, *OF_HOURS)
SLOW_S = 5.0


def wanted_fault(request: Request) -> str | None:
    """The fault that is asked for; 400 outside the sandbox, and for one that is not known."""
    fault = request.headers.get(HEADER)
    if fault is None:
        return None
    if not settings.SANDBOX:
        raise exceptions.ParseError(
            _("%(header)s is for the sandbox; this is not one.") % {"header": HEADER}
        )
    if fault not in FAULTS:
        raise exceptions.ParseError(
            _("%(header)s is one of: %(faults)s.") % {"header": HEADER, "faults": ", ".join(FAULTS)}
        )
    return fault


def meet(fault: str | None) -> None:
    """Fail, or wait, as asked."""
    if fault == UNAVAILABLE:
        raise Unavailable(_("The service is not available. Try again in a moment."))
    if fault == SLOW:
        time.sleep(SLOW_S)


def refuse_without_hours(fault: str | None) -> None:
    if fault in OF_HOURS:
        raise exceptions.ParseError(
            _("%(fault)s is a fault of hourly services; this one has no hours.") % {"fault": fault}
        )
