"""What the description of the API shows: one row of each kind, as this API answers it."""

from __future__ import annotations

from typing import Any

ORGANIZATION, PLANT = "40XA000000000018", "40WA00000000001M"
SITE = "https://energysys.example/api/v1"

EVENT = {
    "id": 12,
    "plant": PLANT,
    "event_type": "failure",
    "reason": "turbine trip",
    "description": "Unit 2 tripped on high vibration.",
    "affected_mw": 290.0,
    "start": "2026-11-22T12:00:00+03:00",
    "end": "2026-11-22T16:20:00+03:00",
    "reported_at": "2026-11-22T12:07:31.204518+03:00",
    "dismissed_at": None,
    "state": "ended",
    "is_simulated": False,
}
KEY = {
    "id": 3,
    "name": "forecast notebook",
    "prefix": "7c2d04be",
    "read_only": True,
    "created_at": "2026-11-20T09:15:00+03:00",
    "expires_at": "2027-05-20T00:00:00+03:00",
    "last_used_at": "2026-11-22T13:04:00+03:00",
    "revoked_at": None,
}
WEBHOOK = {
    "id": 5,
    "organization": ORGANIZATION,
    "url": "https://hooks.nova.example/energysys",
    "event_kinds": ["reported", "ended"],
    "is_active": True,
    "failing_since": None,
    "disabled_at": None,
    "created_at": "2026-11-20T09:15:00+03:00",
}
TOKENS = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.Yx3m",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.q0Zk",
}

# By the name of the component.
ROWS: dict[str, dict[str, Any]] = {
    "Organization": {"eic": ORGANIZATION, "name": "Nova Enerji", "invents_outages": True},
    "Plant": {
        "eic": PLANT,
        "name": "Nova Doğal Gaz Çevrim Santrali",
        "organization": ORGANIZATION,
        "fuel_type": "natural_gas",
        "installed_capacity_mw": 870.0,
        "is_yekdem": False,
        "is_res": False,
        "status": "failure",
        "available_mw": 580.0,
    },
    "Event": EVENT,
    "User": {
        "id": 7,
        "username": "nova_analyst1",
        "full_name": "Analyst of Nova",
        "email": "analyst@nova.example",
        "role": "analyst",
        "organization": ORGANIZATION,
        "is_active": True,
        "last_login": "2026-11-22T08:59:12.400211+03:00",
    },
    "Me": {
        "username": "nova_admin",
        "full_name": "Admin of Nova",
        "email": "admin@nova.example",
        "role": "admin",
        "organization": ORGANIZATION,
    },
    "Key": KEY,
    "NewKey": KEY
    | {"last_used_at": None, "key": "esk_7c2d04be_Pq0cT9m1Zb4yVn8sRk3hLf6uJe5aGo2iCxW7dA0sB2k"},
    "Webhook": WEBHOOK,
    "NewWebhook": WEBHOOK | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    "Message": {
        "id": "msg_5f0c6d2e9a4101b7c3d85e6f7a8b9c0d",
        "webhook": 5,
        "kind": "ended",
        "event": 12,
        "version": 3,
        "created_at": "2026-11-22T16:20:04+03:00",
        "state": "delivered",
        "due_at": "2026-11-22T16:20:04+03:00",
        "attempt_count": 1,
        "attempts": [
            {
                "started_at": "2026-11-22T16:20:05+03:00",
                "duration_ms": 84,
                "status": 204,
                "detail": "",
                "answer": "",
            }
        ],
    },
    "Run": {
        "id": 41,
        "kind": "simulate",
        "day": "2026-11-22",
        "started_at": "2026-11-22T03:00:00.412000+03:00",
        "finished_at": "2026-11-22T03:00:01.077000+03:00",
        "duration_s": 0.665,
        "rows_written": 672,
        "seed": 2026,
        "scenario": "",
        "outcome": "succeeded",
        "detail": "",
    },
    "Prices": {"timestamp": "2026-11-22T13:00:00+03:00", "ptf": 2899.99, "smf": 3050.0},
    "Consumption": {
        "timestamp": "2026-11-22T13:00:00+03:00",
        "actual_mwh": 38421.7,
        "forecast_mwh": 38150.0,
    },
    "Generation": {
        "timestamp": "2026-11-22T13:00:00+03:00",
        "plant": PLANT,
        "fuel_type": "natural_gas",
        "installed_capacity_mw": 870,
        "planned_mwh": 801.25,
        "actual_mwh": 533.5,
        "settlement_mwh": None,
    },
}
SERIES = ("Prices", "Consumption", "Generation")
OTHERS: dict[str, dict[str, Any]] = {
    "Token": TOKENS | {"username": "nova_admin", "role": "admin", "organization": ORGANIZATION},
    "Refresh": TOKENS,
    "Logout": {},
    "Codes": {
        "fuel_type": [
            {
                "code": "wind",
                "tr": "Rüzgâr",
                "en": "Wind",
                "epias": "wind",
                "entsoe": "B19",
                "entsoe_name": "Wind Onshore",
            }
        ],
        "event_type": [
            {
                "code": "failure",
                "tr": "Arıza",
                "en": "Failure",
                "epias": "0",
                "entsoe": "A54",
                "entsoe_name": "Unplanned outage",
            }
        ],
        "event_state": [],
        "plant_status": [],
        "role": [],
    },
    "Report": {
        "applied": True,
        "counts": {"create": 0, "change": 1, "unchanged": 1, "error": 0},
        "rows": [
            {
                "row": 2,
                "key": "12",
                "action": "change",
                "changes": [{"column": "reason", "before": "trip", "after": "turbine trip"}],
                "errors": [],
            }
        ],
    },
}
# What one sends, where it is not the answer without what only we write.
BODIES: dict[str, dict[str, Any]] = {
    "Token": {"username": "nova_admin", "password": "kirmizi-balik-42"},
    "Refresh": {"refresh": TOKENS["refresh"]},
    "Logout": {"refresh": TOKENS["refresh"]},
    "End": {"end": "2026-11-22T16:20:00+03:00"},
    "PatchedOrganization": {"name": "Nova Enerji AŞ"},
    "PatchedPlant": {"installed_capacity_mw": 880.0},
    "PatchedEvent": {"affected_mw": 145.0},
    "PatchedUser": {"is_active": False},
    "PatchedWebhook": {"event_kinds": ["reported", "changed", "ended", "dismissed"]},
}
EXPORTS: dict[str, str] = {
    "organizations": f"eic,name\r\n{ORGANIZATION},Nova Enerji\r\n",
    "plants": "eic,name,organization,fuel_type,installed_capacity_mw,is_yekdem,is_res\r\n"
    f"{PLANT},Nova Doğal Gaz Çevrim Santrali,{ORGANIZATION},natural_gas,870,false,false\r\n",
    "users": "username,full_name,email,role,organization,is_active,password\r\n"
    f"nova_analyst1,Analyst of Nova,analyst@nova.example,analyst,{ORGANIZATION},true,\r\n",
    "events": "id,plant,event_type,reason,description,affected_mw,start,end\r\n"
    f"12,{PLANT},failure,turbine trip,,290,"
    "2026-11-22T12:00:00+03:00,2026-11-22T16:20:00+03:00\r\n",
}
FEED = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>EnergySys: Plant events</title>
<id>urn:energysys:feed:events:1</id><updated>2026-11-22T16:20:04+03:00</updated>
<link href="{SITE}/feeds/events/" rel="self"/><entry><title>Failure 290 MW, Nova</title>
<id>urn:energysys:event:12</id><updated>2026-11-22T16:20:04+03:00</updated></entry></feed>
"""


def page(row: dict[str, Any]) -> dict[str, Any]:
    return {"next": f"{SITE}/events/?cursor=WyJuIiwgIjEyIl0", "previous": None, "results": [row]}


def arrays(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a series with its columns as arrays of one hour."""
    return {name: [value] if name in COLUMNS else value for name, value in row.items()}


COLUMNS = {"timestamp", "ptf", "smf"} | {
    f"{kind}_mwh" for kind in ("actual", "forecast", "planned", "settlement")
}
