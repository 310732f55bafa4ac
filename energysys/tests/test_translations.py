"""Every text that Python or a template marks is there in Turkish, whole and certain.

Scripts hold no text: they take theirs from `data-` attributes, which templates write.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT: Path = settings.BASE_DIR
APPS = ("accounts", "assets", "energysys", "incidents", "simulation", "transparency")
CATALOGUE = ROOT / "energysys" / "locale" / "tr" / "LC_MESSAGES" / "django.po"
MARKED = re.compile(r"\b(?:_|n?p?gettext)\(\s*(?=[uU]?[\"'])")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
# Where the arguments of each function are: context, text, plural.
ARGUMENTS = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
# The same in both languages.
UNTRANSLATED = frozenset(
    word
    for line in (
        "API CSV EIC EN EnergySys English JSON KGÜP MW MWh PTF RES",
        "SMF TL TR TRT Türkçe UEVM UTC XLSX YEKDEM",
    )
    for word in line.split(" ")
)


class Text(NamedTuple):
    context: str | None
    singular: str
    plural: str | None


def called_with(name: str, call: ast.Call) -> Iterator[Text]:
    constants = [
        argument.value if isinstance(argument, ast.Constant) else None for argument in call.args
    ]
    context, text, plural = (constants[at] if at is not None else None for at in ARGUMENTS[name])
    # What is no constant was marked where it was written.
    if isinstance(text, str):
        yield Text(context, text, plural)


def texts_of_python(source: str) -> Iterator[Text]:
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {(alias.asname or alias.name): alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = names.get(node.func.id, "").removesuffix("_lazy")
            if name in ARGUMENTS:
                yield from called_with(name, node)


def texts_of_template(source: str) -> Iterator[Text]:
    """Django turns a template into text in which only the marked calls are left."""
    calls = templatize(source)
    for found in MARKED.finditer(calls):
        for end in re.finditer(r"\)", calls[found.end() :]):
            try:
                tree = ast.parse(calls[found.start() : found.end() + end.end()], mode="eval")
            except SyntaxError:
                continue
            assert isinstance(tree.body, ast.Call)
            assert isinstance(tree.body.func, ast.Name)
            name = tree.body.func.id
            yield from called_with("gettext" if name == "_" else name, tree.body)
            break


def marked_texts() -> dict[Text, str]:
    """Every marked text and a file that holds it."""
    found: dict[Text, str] = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "tests" not in path.parts and "migrations" not in path.parts:
                found |= dict.fromkeys(texts_of_python(path.read_text()), path.name)
    for path in (ROOT / "templates").rglob("*.html"):
        found |= dict.fromkeys(texts_of_template(path.read_text()), path.name)
    return found


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE), check_for_duplicates=True)


def test_every_text_is_translated(catalogue):
    translated = {
        (entry.msgctxt, entry.msgid): entry
        for entry in catalogue
        if entry.translated() and not entry.fuzzy
    }
    marked = marked_texts()

    missing = sorted(
        f"{where}: {text.singular}"
        for text, where in marked.items()
        if not (entry := translated.get((text.context, text.singular)))
        or (text.plural and (entry.msgid_plural != text.plural or len(entry.msgstr_plural) != 2))
    )

    assert len(marked) > 300
    assert not missing, "\n".join(missing)


def test_translations_keep_what_is_filled_in(catalogue):
    different = {}
    for entry in catalogue:
        wanted = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            if text and not set(PLACEHOLDER.findall(text)) <= wanted:
                different[entry.msgid] = text
        if not entry.msgid_plural and set(PLACEHOLDER.findall(entry.msgstr)) != wanted:
            different[entry.msgid] = entry.msgstr

    assert different == {}


def test_every_word_of_a_template_is_marked():
    """Text between tags, and attributes that are read aloud or shown."""
    unmarked = {}
    for path in (ROOT / "templates").rglob("*.html"):
        source = re.sub(
            r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->",
            " ",
            path.read_text(),
            flags=re.DOTALL,
        )
        source = re.sub(
            r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}",
            " ",
            source,
            flags=re.DOTALL,
        )
        source = re.sub(r"\{% block body_attributes %\}.*?\{% endblock %\}", " ", source)
        source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
        shown = re.findall(r"\b(?:aria-label|placeholder|title|alt)=\"([^\"]*)\"", source)
        shown.append(re.sub(r"<[^>]*>|&\w+;", " ", source))
        words = set(re.findall(r"[^\W\d_]{2,}", " ".join(shown))) - UNTRANSLATED
        if words:
            unmarked[path.name] = words

    assert unmarked == {}


def test_the_check_sees_what_is_marked():
    """The extraction itself: all ways to mark a text, and only those."""
    python = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy as p
from django.utils.translation import gettext_lazy
a = _("one"); b = gettext_lazy("two" " and three"); c = ngettext("x", "xs", n)
d = p("plant", "four"); e = other("five"); f = _(variable)
"""
    template = """{% load i18n %}{% translate "six" %}{{ _("seven") }}
{% include "a" with b=_('8 (b)') %}
{% blocktranslate count n=n with m=m %}{{ m }} nine{% plural %}{{ m }} nines{% endblocktranslate %}
{% translate "ten" context "sum" %}{% translate "it's" as label %}"""

    assert set(texts_of_python(python)) == {
        (None, "one", None),
        (None, "two and three", None),
        (None, "x", "xs"),
        ("plant", "four", None),
    }
    assert set(texts_of_template(template)) == {
        (None, "six", None),
        (None, "seven", None),
        (None, "8 (b)", None),
        (None, "%(m)s nine", "%(m)s nines"),
        ("sum", "ten", None),
        (None, "it's", None),
    }
