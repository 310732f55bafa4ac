"""The feed as a reader that others wrote understands it.

uv run --group peers pytest -m peers
"""

import pytest

from energysys.testing import api_client, make_event
from incidents.services import dismiss_event

pytestmark = pytest.mark.peers
URL = "/api/v1/feeds/events/"


def read(person):
    import feedparser

    answer = api_client(person).get(URL)
    return feedparser.parse(
        answer.content, response_headers={"content-type": answer["Content-Type"]}
    )


def test_a_reader_finds_nothing_wrong(world):
    event = make_event(world.plant, reason='<script>&"\x0b', description="Türbin ]]> </entry>")

    feed = read(world.people["analyst"])

    assert feed.bozo == 0, feed.get("bozo_exception")
    assert (feed.version, feed.encoding) == ("atom10", "utf-8")
    assert feed.feed.id.startswith("urn:energysys:feed:")
    assert feed.feed.title
    assert feed.feed.updated_parsed
    assert {link.rel: link.href for link in feed.feed.links} == {
        "alternate": "http://testserver/events/",
        "self": f"http://testserver{URL}",
    }
    (entry,) = feed.entries
    assert entry.id == f"urn:energysys:event:{event.pk}"
    assert entry.link == f"http://testserver{event.get_absolute_url()}"
    assert entry.author == world.organization.name
    assert entry.title
    assert "<script" not in entry.summary
    assert "Türbin ]]>" in entry.summary.replace("&gt;", ">")
    assert entry.updated_parsed
    assert entry.published_parsed


def test_ids_and_links_stay_while_events_change(world):
    events = [make_event(world.plant, affected_mw=5) for _number in range(3)]
    before = read(world.people["admin"])

    dismiss_event(events[0], by=world.people["admin"])

    after = read(world.people["admin"])
    assert after.feed.id == before.feed.id
    assert {(entry.id, entry.link) for entry in after.entries} == {
        (entry.id, entry.link) for entry in before.entries
    }
    assert len({entry.id for entry in after.entries}) == 3
    assert after.entries[0].id == f"urn:energysys:event:{events[0].pk}"


def test_a_feed_without_events_is_one(world):
    feed = read(world.people["outsider"])

    assert (feed.bozo, feed.entries) == (0, [])
