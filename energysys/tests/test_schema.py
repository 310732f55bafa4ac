"""The OpenAPI description: whole, and every refusal of every operation in it."""

import pytest
import yaml

from energysys.openapi import METHODS, refusals


@pytest.fixture
def schema(client, db):
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    return yaml.safe_load(answer.content)


def operations(schema):
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def test_it_is_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1")
    assert len(list(operations(schema))) > 30


def test_every_operation_names_its_refusals_and_has_a_name_of_its_own(schema):
    names = [operation["operationId"] for _path, _method, operation in operations(schema)]

    for path, method, operation in operations(schema):
        assert set(refusals(path, method, operation)) <= set(operation["responses"]), path
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(schema):
    def references(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    for reference in set(references(schema)):
        node = schema
        for name in reference.removeprefix("#/").split("/"):
            node = node[name]


def test_changing_wants_a_condition(schema):
    for _path, method, operation in operations(schema):
        if method in ("put", "patch"):
            assert "If-Match" in {each["name"] for each in operation["parameters"]}


def test_the_page_of_the_reference_has_no_inline_style_or_script(client, db):
    page = client.get("/api/v1/docs/").content.decode()

    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 3
