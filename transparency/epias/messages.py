"""Market messages: the failures and maintenance of plants that the person may see."""

from __future__ import annotations

from incidents.models import EventType
from transparency.epias import registry
from transparency.epias.answers import Asked, Rows
from transparency.epias.serializers import FAILURE, MAINTENANCE

EVENT_TYPES = {FAILURE: [EventType.FAILURE], MAINTENANCE: [EventType.MAINTENANCE]}


def stamp(instant: str, minutes: str = "HH24:MI:SS") -> str:
    """SQL that writes an instant in Turkish time."""
    return (
        f"to_char({instant} AT TIME ZONE 'Europe/Istanbul', 'YYYY-MM-DD\"T\"{minutes}\"+03:00\"')"
    )


# An event takes MW of capacity, whatever the plant would have produced: so does a message. One
# that is still open is expected to last as long as plans are published.
QUERY = f"""
    WITH asked AS (
        SELECT %s::timestamptz AS from_ts, %s::timestamptz AS until_ts,
               turkish_midnight_v1(%s, 2) AS horizon
    ), message AS (
        SELECT event.*, plant.name AS plant_name, organization.name AS organization_name,
               greatest(plant.installed_capacity_mw, event.affected_mw) AS installed_mw,
               coalesce(event.ends_at, greatest(
                   asked.horizon, turkish_midnight_v1(event.starts_at, 1))) AS closes_at,
               asked.from_ts, asked.until_ts
        FROM asked
        JOIN incidents_plantevent AS event
          ON event.period && tstzrange(asked.from_ts, asked.until_ts)
        JOIN assets_powerplant AS plant ON plant.id = event.plant_id
        JOIN assets_organization AS organization ON organization.id = plant.organization_id
        WHERE event.dismissed_at IS NULL AND event.plant_id = ANY (%s)
          AND event.event_type = ANY (%s)
    )
    SELECT id, starts_at AS ts, organization_name AS "orgName", plant_name AS "powerPlantName",
           plant_name AS "uevcbName", {stamp("starts_at")} AS "caseStartDate",
           {stamp("closes_at")} AS "caseEndDate", trim_scale(installed_mw) AS "operatorPower",
           trim_scale(installed_mw - affected_mw) AS "capacityAtCaseTime", reason,
           plant_id + {registry.UNITS_FROM} AS "uevcbId", detail.rows AS "faultDetails"
    FROM message
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object(
            'hour', {stamp("hour", "HH24:00:00")},
            'remainingCapacity', trim_scale(installed_mw - affected_mw),
            'preFaultPower', trim_scale(installed_mw),
            'faultCausedPowerLoss', trim_scale(affected_mw),
            'faultCausedEnergyLoss', trim_scale(round(affected_mw * extract(epoch FROM
                least(hour + interval '1 hour', closes_at) - greatest(hour, starts_at)
            ) / 3600, 3))
        ) ORDER BY hour) AS rows
        FROM generate_series(
            date_trunc('hour', greatest(starts_at, from_ts)),
            least(closes_at, until_ts) - interval '1 microsecond', interval '1 hour'
        ) AS hour
    ) AS detail
    WHERE closes_at > from_ts"""
COLUMNS = (
    "orgName",
    "powerPlantName",
    "uevcbName",
    "caseStartDate",
    "caseEndDate",
    "operatorPower",
    "capacityAtCaseTime",
    "reason",
    "id",
    "uevcbId",
    "faultDetails",
)


def messages(asked: Asked) -> Rows:
    """Events that touch the asked days, each with its hours in those days."""
    plants = list(registry.narrowed_plants(asked).values_list("pk", flat=True))
    types = EVENT_TYPES.get(asked.wanted["mesajTipId"], EventType.values)
    parameters = [*asked.span.parameters, plants, types]
    return Rows(QUERY, parameters, COLUMNS, order="ts, id", hourly=False)
