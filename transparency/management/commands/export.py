"""`manage.py export {consumption,prices,generation,outages} --from D --to D [FILE]`"""

import datetime as dt
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assets.models import PowerPlant
from energysys.clock import DAY, calendar_day, utc_midnight
from transparency import series, texts


class Command(BaseCommand):
    help = "Write the hours of UTC days, both ends included, as the API's CSV, unpublished too."

    def add_arguments(self, parser: CommandParser) -> None:
        # Else FILE is understood only when it stands right beside the series.
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        parser.add_argument("series", choices=["consumption", "prices", "generation", "outages"])
        parser.add_argument("--from", dest="first", required=True, type=calendar_day)
        parser.add_argument("--to", dest="last", required=True, type=calendar_day)
        parser.add_argument("file", nargs="?", type=Path, help="default: standard output")

    def handle(self, *, first: dt.date, last: dt.date, file: Path | None, **options: Any) -> None:
        if last < first:
            raise CommandError("--to lies before --from.")
        span = series.Span(utc_midnight(first), utc_midnight(last + DAY), series.EVERYTHING)
        with ExitStack() as stack:
            try:
                out = stack.enter_context(file.open("wb")) if file else sys.stdout.buffer
            except OSError as error:
                raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
            for block in texts.stream_csv(self.rows(options["series"], span)):
                out.write(block)

    def rows(self, name: str, span: series.Span) -> texts.Series:
        if name == "prices":
            return texts.price_series(span)
        if name == "consumption":
            return texts.consumption_series(span)
        if name == "outages":
            return texts.outage_series(span)
        everyone = list(PowerPlant.objects.values_list("pk", flat=True))
        return texts.generation_series(span, everyone)
