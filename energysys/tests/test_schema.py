"""The OpenAPI description: whole, and every refusal of every operation in it."""

import pytest
import yaml
from jsonschema import Draft202012Validator

from energysys.examples import COLUMNS
from energysys.openapi import ANSWERS, METHODS, refusals


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


def validator(schema, part):
    """Of a part of the description, whose references lead into the whole."""
    return Draft202012Validator(part | {"components": schema["components"]})


def shown(content):
    """The examples of a body: one, or several by name."""
    several = [each["value"] for each in content.get("examples", {}).values()]
    return several + ([content["example"]] if "example" in content else [])


def bodies(operation):
    """Each body that is sent, and each that succeeds, with what it leaves out."""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield media, content, "readOnly"
    for status, answer in operation["responses"].items():
        if status < "300":
            for media, content in answer.get("content", {}).items():
                yield media, content, "writeOnly"


def part_of(schema, content, left_out):
    """The schema of a body; `required` holds for what is only read, or only written, one way."""
    part = content["schema"]
    if "$ref" not in part:
        return part
    part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    fields = part["properties"]
    required = [name for name in part.get("required", []) if not fields[name].get(left_out)]
    return part | {"required": required}


def test_every_body_has_an_example_that_fits_it(schema):
    for path, method, operation in operations(schema):
        for media, content, left_out in bodies(operation):
            # A workbook cannot be shown, and a form with a file is shown as CSV.
            if media.startswith("application/vnd") or ("imports" in path and "form" in media):
                continue
            examples = shown(content)

            assert examples, (path, method, media)
            for example in examples:
                validator(schema, part_of(schema, content, left_out)).validate(example)


def test_an_example_shows_every_field(schema):
    for path, _method, operation in operations(schema):
        for media, content in operation["responses"].get("200", {}).get("content", {}).items():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            if media != "application/json" or name == "Report":
                continue
            for example in shown(content):
                rows = example.get("results", [example])
                row_name = name.removeprefix("Paginated").removesuffix("List")
                fields = schema["components"]["schemas"].get(
                    f"{row_name}Row", schema["components"]["schemas"][row_name]
                )["properties"]
                wanted = {key for key, field in fields.items() if not field.get("writeOnly")}
                assert set(rows[0]) == wanted, path


def test_every_refusal_is_shown_as_a_problem(schema):
    parts = schema["components"]["responses"]

    for status, (name, _told, details) in ANSWERS.items():
        examples = parts[name]["content"]["application/problem+json"]["examples"]
        assert set(examples) == set(details)
        for code, example in examples.items():
            validator(schema, {"$ref": "#/components/schemas/Problem"}).validate(example["value"])
            assert example["value"]["status"] == int(status)
            assert example["value"]["type"].endswith(code)


def names(schema, operation):
    """The parameters of an operation, those it shares among them."""
    shared = schema["components"]["parameters"]
    for each in operation["parameters"]:
        yield shared[each["$ref"].rpartition("/")[2]]["name"] if "$ref" in each else each["name"]


def test_what_writes_and_reads_have_in_common_is_described(schema):
    for path, method, operation in operations(schema):
        taken = set(names(schema, operation))
        success = next(answer for status, answer in operation["responses"].items() if status < "3")
        headers = set(success["headers"])
        is_secret = path.startswith(("/api/v1/api-keys/", "/api/v1/webhooks/"))

        assert {"X-Request-ID", "RateLimit", "RateLimit-Policy"} <= headers
        assert ("If-Match" in taken) == (method in ("put", "patch"))
        if method == "post" and operation["security"]:
            assert ("Idempotency-Key" in taken) == (not is_secret), path
        if method == "get" and operation["security"] and "exports" not in path:
            assert "ETag" in headers
            assert "If-None-Match" in taken
            assert "304" in operation["responses"]


def test_series_and_events_tell_their_own_parameters(schema):
    paths = schema["paths"]

    for name in ("generation", "prices", "consumption"):
        operation = paths[f"/api/v1/{name}/"]["get"]
        assert {"start", "end", "shape", "format"} <= set(names(schema, operation))
        row, arrays = (
            schema["components"]["schemas"][f"{name.capitalize()}{shape}"]["properties"]
            for shape in ("Row", "Arrays")
        )
        assert set(row) == set(arrays)
        assert {key for key in arrays if arrays[key].get("type") == "array"} == set(row) & COLUMNS
    for path in ("/api/v1/events/", "/api/v1/events/{id}/"):
        assert "as_of" in set(names(schema, paths[path]["get"]))


def test_the_page_of_the_reference_has_no_inline_style_or_script(client, db):
    page = client.get("/api/v1/docs/").content.decode()

    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 3
