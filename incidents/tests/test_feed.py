"""The Atom feed: valid, stable, cut to its reader, and not sent twice."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from energysys.testing import api_client, each_cell, make_event
from incidents.feeds.models import FeedAddress
from incidents.services import dismiss_event

URL = "/api/v1/feeds/events/"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
PAGES = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("incidents:feed_address", "get", 200, 200, 200, 200),
    ("incidents:feed_address", "post", 200, 200, 200, 200),
    ("incidents:feed_revoke", "post", 302, 302, 302, 302),
    ("incidents:feed_revoke", "get", 405, 405, 405, 405),
    ("incidents:feed", "get", 404, 404, 404, 404),
]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(PAGES))
def test_feed_page_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page)).status_code == status


def read(answer):
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content)


def texts(node, path):
    return [found.text for found in node.findall(path, ATOM)]


def test_the_feed_has_what_rfc_4287_asks_for(world):
    event = make_event(world.plant, reason='<b>&"\x0b', description="</entry>")

    event.refresh_from_db()

    answer = api_client(world.people["analyst"]).get(URL)

    feed = read(answer)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for required in ("a:id", "a:title", "a:updated"):
        assert len(texts(feed, required)) == 1
    assert [link.get("href") for link in feed.findall("a:link[@rel='self']", ATOM)] == [
        f"http://testserver{URL}"
    ]
    (entry,) = feed.findall("a:entry", ATOM)
    for required in ("a:id", "a:title", "a:updated"):
        assert all(texts(entry, required))
        assert len(texts(entry, required)) == 1
    assert texts(entry, "a:id") == [f"urn:energysys:event:{event.pk}"]
    assert parse_datetime(texts(entry, "a:updated")[0]) == event.changed_at
    assert texts(entry, "a:author/a:name") == [world.organization.name]
    assert entry.find("a:category", ATOM).get("term") == "failure"
    assert "&lt;b&gt;" in texts(entry, "a:summary")[0]
    link = entry.find("a:link[@rel='alternate']", ATOM).get("href")
    assert link == f"http://testserver{event.get_absolute_url()}"


def test_an_entry_keeps_its_id_when_the_event_changes_and_comes_first(world):
    first, second = (make_event(world.plant, affected_mw=Decimal(5)) for _number in range(2))
    client = api_client(world.people["admin"])
    before = texts(read(client.get(URL)), "a:entry/a:id")

    dismiss_event(first, by=world.people["admin"])

    after = texts(read(client.get(URL)), "a:entry/a:id")
    assert before == [f"urn:energysys:event:{event.pk}" for event in (second, first)]
    assert after == before[::-1]


def test_the_feed_is_cut_to_its_reader(world):
    make_event(world.plant, reason="ours")
    make_event(world.other_plant, reason="of another")

    ours = api_client(world.people["analyst"]).get(URL).content.decode()

    assert "ours" in ours
    assert "of another" not in ours
    assert len(texts(read(api_client(world.people["super_admin"]).get(URL)), "a:entry/a:id")) == 2


def test_a_reader_that_has_the_feed_gets_304_until_it_changes(world):
    make_event(world.plant, affected_mw=5)
    client = api_client(world.people["analyst"])
    etag = client.get(URL)["ETag"]

    assert client.get(URL, headers={"if-none-match": etag}).status_code == 304
    make_event(world.plant, affected_mw=5)
    assert client.get(URL, headers={"if-none-match": etag}).status_code == 200


def test_an_empty_feed_is_valid_and_stays_the_same(world):
    client = api_client(world.people["analyst"])
    answer = client.get(URL)

    assert texts(read(answer), "a:updated")
    assert client.get(URL, headers={"if-none-match": answer["ETag"]}).status_code == 304


def personal_address(client, person):
    client.force_login(person)
    address = client.post(reverse("incidents:feed_address")).context["url"]
    client.logout()
    return address


def test_a_personal_address_needs_no_login_and_shows_no_more_than_its_person_sees(client, world):
    make_event(world.plant, reason="ours")
    make_event(world.other_plant, reason="of another")

    answer = client.get(personal_address(client, world.people["analyst"]))

    assert "ours" in answer.content.decode()
    assert "of another" not in answer.content.decode()
    assert "private" in answer["Cache-Control"]


def test_the_key_of_an_address_opens_nothing_else_and_is_not_stored(client, world):
    address = personal_address(client, world.people["analyst"])
    (key,) = parse_qs(urlsplit(address).query)["key"]

    assert key not in FeedAddress.objects.get().digest
    assert client.get(reverse("incidents:events"), {"key": key}).status_code == 302
    assert client.get("/api/v1/events/", {"key": key}).status_code == 401


def test_an_address_ends_with_a_new_one_its_revocation_and_its_person(client, world):
    person = world.people["analyst"]
    first = personal_address(client, person)
    second = personal_address(client, person)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200

    type(person).objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(second).status_code == 404
    type(person).objects.filter(pk=person.pk).update(is_active=True)
    client.force_login(person)
    client.post(reverse("incidents:feed_revoke"))
    assert client.get(second).status_code == 404


@pytest.mark.parametrize("key", ["", "x", "\ud800", "İ" * 5000])
def test_a_wrong_key_finds_nothing(client, world, key):
    url = reverse("incidents:feed")

    assert client.get(url, {"key": key.encode(errors="replace")}).status_code == 404


def test_the_feed_takes_few_queries(client, world, django_assert_max_num_queries):
    for _number in range(5):
        make_event(world.plant, affected_mw=1, starts_at=timezone.now())
    address = personal_address(client, world.people["analyst"])

    with django_assert_max_num_queries(8):
        client.get(address)
