"""Changing what one has read, doing once what was sent twice, and how often one may ask."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import IdempotentAnswer
from assets.models import Organization
from energysys import limits
from energysys.clock import DAY
from energysys.testing import api_client, make_event, make_world, organization_eic
from incidents.models import PlantEvent, Webhook

ORGANIZATIONS = "/api/v1/organizations/"


def rows(world):
    return {
        "organizations": f"{ORGANIZATIONS}{world.organization.eic}/",
        "plants": f"/api/v1/plants/{world.plant.eic}/",
        "users": f"/api/v1/users/{world.people['analyst'].pk}/",
        "events": f"/api/v1/events/{make_event(world.plant).pk}/",
    }


CHANGE = {
    "organizations": {"name": "N"},
    "plants": {"name": "N"},
    "users": {"full_name": "N"},
    "events": {"reason": "N"},
}


@pytest.mark.parametrize("kind", CHANGE)
def test_a_change_says_what_it_changes(world, kind):
    client = api_client(world.people["super_admin"])
    url = rows(world)[kind]

    blind = client.patch(url, CHANGE[kind])
    tag = client.get(url)["ETag"]
    seeing = client.patch(url, CHANGE[kind], headers={"if-match": tag})
    late = client.patch(url, CHANGE[kind], headers={"if-match": tag})

    assert (blind.status_code, seeing.status_code, late.status_code) == (428, 200, 412)
    assert blind.json()["type"] == "urn:energysys:problem:condition-missing"
    assert late.json()["type"] == "urn:energysys:problem:stale"
    assert client.get(url)["ETag"] == seeing["ETag"] != tag
    again = client.patch(url, CHANGE[kind], headers={"if-match": seeing["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("tag", ['"x"', 'W/"x"', "x", ""])
def test_a_foreign_tag_is_stale(world, tag):
    answer = api_client(world.people["super_admin"]).patch(
        rows(world)["plants"], {"name": "N"}, headers={"if-match": tag}
    )

    assert answer.status_code == 412
    world.plant.refresh_from_db()
    assert world.plant.name == "Plant 1"


def test_a_verb_needs_no_condition_and_a_stranger_learns_nothing_of_one(world):
    url = rows(world)["events"]

    assert api_client(world.people["outsider"]).patch(url, {}).status_code == 404
    assert api_client(world.people["analyst"]).patch(url, {}).status_code == 403
    assert api_client(world.people["admin"]).post(f"{url}end/").status_code == 200


LISTS = ["simulation-runs", "webhooks", "webhook-messages", "api-keys", "me", "codes"]


@pytest.mark.parametrize("kind", [*CHANGE, *LISTS])
def test_lists_and_rows_answer_304(world, kind):
    client = api_client(world.people["super_admin"])
    paths = [f"/api/v1/{kind}/"] + ([rows(world)[kind]] if kind in CHANGE else [])
    for path in paths:
        first = client.get(path)

        again = client.get(path, headers={"if-none-match": first["ETag"]})

        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_login_shows_in_the_list_of_people(world):
    client = api_client(world.people["super_admin"])
    tag = client.get("/api/v1/users/")["ETag"]

    client.post("/api/v1/token/", {"username": "nora", "password": "correct horse battery"})

    assert client.get("/api/v1/users/", headers={"if-none-match": tag}).status_code == 200


def test_a_new_row_says_where_it_is(world):
    client = api_client(world.people["super_admin"])

    answer = client.post(ORGANIZATIONS, {"name": "Toros", "eic": organization_eic(77)})

    assert answer["Location"] == f"{ORGANIZATIONS}{organization_eic(77)}/"
    assert client.get(answer["Location"])["ETag"] == answer["ETag"]


def report(client, world, key, **change):
    body = {
        "plant": world.plant.eic,
        "event_type": "failure",
        "reason": "trip",
        "affected_mw": 10,
        "start": "2026-11-22T00:00:00+03:00",
    }
    return client.post("/api/v1/events/", body | change, headers={"idempotency-key": key})


@pytest.mark.parametrize("key", ['"8e03978e-40d5"', "8e03978e-40d5", "x" * 255])
def test_what_was_sent_twice_is_done_once(world, key):
    client = api_client(world.people["admin"])

    first, second = report(client, world, key), report(client, world, key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Idempotency-Replayed"] == "true"
    assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])
    assert PlantEvent.objects.count() == 1


def test_a_key_is_for_one_request_and_one_person(world):
    client = api_client(world.people["admin"])
    report(client, world, "k")

    other = report(client, world, "k", affected_mw=11)

    assert other.status_code == 422
    assert other.json()["type"] == "urn:energysys:problem:key-reused"
    assert report(api_client(world.people["super_admin"]), world, "k").status_code == 201
    assert PlantEvent.objects.count() == 2


def test_a_refusal_leaves_the_key_free(world):
    client = api_client(world.people["admin"])

    assert report(client, world, "k", affected_mw=-1).status_code == 400
    assert report(client, world, "k").status_code == 201


def test_a_key_is_forgotten_after_a_day(world):
    client = api_client(world.people["admin"])
    report(client, world, "k")
    IdempotentAnswer.objects.update(answered_at=timezone.now() - DAY)

    assert report(client, world, "k", affected_mw=11).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, '"', "ğ"])
def test_a_malformed_key_is_refused(world, key):
    answer = report(api_client(world.people["admin"]), world, key)

    assert answer.status_code == 400
    assert not PlantEvent.objects.exists()


def test_ending_twice_with_one_key_answers_alike(world):
    event = make_event(world.plant)
    client = api_client(world.people["admin"])
    url = f"/api/v1/events/{event.pk}/end/"

    first = client.post(url, {}, headers={"idempotency-key": "k"})
    second = client.post(url, {}, headers={"idempotency-key": "k"})

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()


def at_once(*acts):
    """Run all in threads of their own, beginning together; what each returned."""
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_at_once_one_is_done(committed):
    world = make_world()
    clients = [api_client(world.people["super_admin"]) for _ in range(4)]
    body = {"name": "Toros", "eic": organization_eic(77)}

    def send(client):
        return client.post(ORGANIZATIONS, body, headers={"idempotency-key": "k"})

    answers = at_once(*(partial(send, client) for client in clients))

    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    assert 201 in statuses
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert Organization.objects.filter(name="Toros").count() == 1


def test_what_died_half_way_is_done_when_it_is_sent_again(committed, monkeypatch):
    """The process, or its connection, ends after the row is written and before the commit."""
    world = make_world()
    client = api_client(world.people["admin"])
    client.raise_request_exception = False
    seen = []

    def die(*args, **kwargs):
        seen.append(PlantEvent.objects.count())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr("accounts.idempotency.JSONRenderer", die)
        broken = report(client, world, "k")
    connection.close()

    assert (seen, broken.status_code) == ([1], 503)
    assert not PlantEvent.objects.exists()
    again, repeated = report(client, world, "k"), report(client, world, "k")
    assert (again.status_code, again.has_header("Idempotency-Replayed")) == (201, False)
    assert (repeated.status_code, repeated["Idempotency-Replayed"]) == (201, "true")
    assert PlantEvent.objects.count() == 1


@pytest.mark.parametrize("kind", CHANGE)
def test_of_two_changes_at_once_one_is_stale(committed, kind):
    world = make_world()
    url = rows(world)[kind]
    clients = [api_client(world.people["super_admin"]) for _ in range(2)]
    tag = clients[0].get(url)["ETag"]
    name = next(iter(CHANGE[kind]))

    def change(client, value):
        return client.patch(url, {name: value}, headers={"if-match": tag})

    answers = at_once(partial(change, clients[0], "first"), partial(change, clients[1], "second"))

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = next(answer for answer in answers if answer.status_code == 200)
    now = clients[0].get(url)
    assert (now["ETag"], now.json()[name]) == (winner["ETag"], winner.json()[name])


def test_a_person_may_ask_so_often_and_is_told(world, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    limits.client().flushdb()
    client = api_client(world.people["analyst"])

    answers = [client.get("/api/v1/me/") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[0]["RateLimit-Policy"] == '"person";q=3;w=60'
    assert answers[0]["RateLimit"].startswith('"person";r=2;t=')
    assert 1 <= int(answers[3]["Retry-After"]) <= 61
    assert answers[3].json()["type"] == "urn:energysys:problem:throttled"
    assert api_client(world.people["admin"]).get("/api/v1/me/").status_code == 200


def test_without_redis_nobody_is_counted_nor_kept_waiting(world, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits.client.cache_clear()
    monkeypatch.setattr(limits.Pause, "until", 0.0)
    try:
        answer = api_client(world.people["analyst"]).get("/api/v1/me/")
    finally:
        limits.client.cache_clear()

    assert answer.status_code == 200
    assert not answer.has_header("RateLimit")


def test_events_as_they_were_known(world):
    event = make_event(world.plant, reason="first")
    event.refresh_from_db()
    then = timezone.now()
    PlantEvent.objects.filter(pk=event.pk).update(reason="second", ends_at=then)
    later = make_event(world.plant, reason="later", affected_mw=1)
    client = api_client(world.people["analyst"])
    as_of = {"as_of": then.isoformat()}

    known = client.get("/api/v1/events/", as_of).json()["results"]
    now = client.get("/api/v1/events/").json()["results"]

    assert [(row["id"], row["reason"], row["state"]) for row in known] == [
        (event.pk, "first", "running")
    ]
    assert {row["reason"] for row in now} == {"second", "later"}
    assert client.get(f"/api/v1/events/{event.pk}/", as_of).json() == known[0]
    assert client.get(f"/api/v1/events/{later.pk}/", as_of).status_code == 404
    assert set(known[0]) == set(now[0])
    for query, count in (
        ({"state": "running"}, 1),
        ({"state": "ended"}, 0),
        ({"plant": world.plant.eic}, 1),
        ({"event_type": "maintenance"}, 0),
        ({"start": then.isoformat()}, 1),
    ):
        assert len(client.get("/api/v1/events/", as_of | query).json()["results"]) == count, query
    outsider = api_client(world.people["outsider"])
    assert outsider.get("/api/v1/events/", as_of).json()["results"] == []


@pytest.mark.parametrize("at", ["x", "2026-11-22", "2026-11-22T00:00:00", "2090-01-01T00:00:00Z"])
def test_as_of_is_a_past_time_with_an_offset(world, at):
    answer = api_client(world.people["analyst"]).get("/api/v1/events/", {"as_of": at})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/as_of"


def test_an_answer_without_content_is_replayed(world):
    webhook = Webhook.objects.create(organization=world.organization, url="https://1.1.1.1/")
    make_event(world.plant, affected_mw=10)
    url = f"/api/v1/webhook-messages/{webhook.messages.get()}/resend/"
    client = api_client(world.people["admin"])

    answers = [client.post(url, headers={"idempotency-key": "k"}) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[1]["Idempotency-Replayed"] == "true"


def test_a_file_that_was_sent_twice_is_imported_once(world):
    client = api_client(world.people["admin"])
    rows = "plant,event_type,reason,affected_mw,start\n"
    rows += f"{world.plant.eic},failure,trip,10,2026-11-22T00:00:00+03:00\n"
    send = {"content_type": "text/csv", "headers": {"idempotency-key": "k"}}

    first, second = (client.post("/api/v1/imports/events/", rows, **send) for _time in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert PlantEvent.objects.count() == 1
