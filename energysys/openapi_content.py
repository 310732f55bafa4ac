"""The bodies of the API in its description: their media types, shapes and examples."""

from __future__ import annotations

from typing import Any

from energysys import examples
from energysys.renderers import CsvRenderer, XlsxRenderer

JSON, CSV, XLSX = "application/json", CsvRenderer.media_type, XlsxRenderer.media_type
SHEET_SCHEMA = {"type": "string", "contentMediaType": XLSX}
ATOM = "application/atom+xml"
REFERENCE = "#/components/schemas/"


def add_arrays(schemas: dict[str, Any]) -> None:
    """What a series looks like with `shape=arrays`, beside its rows."""
    for name in examples.SERIES:
        row = schemas[f"{name}Row"]
        schemas[f"{name}Arrays"] = {
            "type": "object",
            "description": "One object a plant, or one for the country: hour by hour.",
            "required": row["required"],
            "properties": {
                key: {"type": "array", "items": schema} if key in examples.COLUMNS else schema
                for key, schema in row["properties"].items()
            },
        }
        shapes = [{"$ref": f"{REFERENCE}{name}{shape}"} for shape in ("Row", "Arrays")]
        schemas[name]["properties"]["results"] = {"type": "array", "items": {"anyOf": shapes}}


def show_bodies(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """An example of what one sends."""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        name = component_of(content)
        if name:
            content["example"] = examples.BODIES.get(name) or writable(name, schemas[name])
        elif media == CSV:
            content["example"] = examples.EXPORTS[operation["operationId"].split("_")[1]]


def writable(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    fields = schema["properties"]
    sent = {key: value for key, value in examples.ROWS[name].items() if not is_ours(fields[key])}
    return sent | ({"password": "kirmizi-balik-42"} if "password" in fields else {})


def is_ours(schema: dict[str, Any]) -> bool:
    return bool(schema.get("readOnly"))


def show_content(path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Of each success the media types, each with its own schema and an example."""
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        if status >= "300" or not content:
            continue
        if ATOM in content:
            content[ATOM]["example"] = examples.FEED
            continue
        named = component_of(content.get(JSON, {}))
        if named:
            content[JSON] |= json_examples(named)
        if CSV in content:
            content[CSV] = {"schema": {"type": "string"}, "example": csv_example(path, named)}
        if XLSX in content:
            content[XLSX] = {"schema": SHEET_SCHEMA}


def component_of(content: dict[str, Any]) -> str:
    return str(content.get("schema", {}).get("$ref", "")).removeprefix(REFERENCE)


def json_examples(name: str) -> dict[str, Any]:
    if name in examples.SERIES:
        row = examples.ROWS[name]
        shapes = {"rows": row, "arrays": examples.arrays(row)}
        return {"examples": {shape: {"value": whole(each)} for shape, each in shapes.items()}}
    return {"example": example_of(name)}


def whole(row: dict[str, Any]) -> dict[str, Any]:
    return {"next": None, "previous": None, "results": [row]}


def example_of(name: str) -> dict[str, Any]:
    if name.startswith("Paginated"):
        return examples.page(examples.ROWS[name.removeprefix("Paginated").removesuffix("List")])
    return examples.ROWS.get(name) or examples.OTHERS[name]


def csv_example(path: str, name: str) -> str:
    """As the API writes it."""
    if not name:
        return examples.EXPORTS[path.rstrip("/").rpartition("/")[2]]
    row = whole(examples.ROWS[name]) if name in examples.SERIES else example_of(name)
    return CsvRenderer().render(row).decode()
