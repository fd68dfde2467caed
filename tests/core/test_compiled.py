"""Templates compiled for speed print what Jinja itself would print."""

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from portal.core.compiled import LeanEnvironment, plain, shown
from portal.core.i18n import lazy

TEMPLATES = {
    "base": "<{% block a %}{{ x }}{% endblock %}|{% block b %}b{{ f(x, y=1) }}{% endblock %}>{% include 'part' %}",
    "child": "{% extends 'base' %}{% import 'macros' as m %}{% block a %}{{ super() }}{{ m.twice(x) }}"
    "{% set s %}{{ x }}!{% endset %}{{ s }}{{ s ~ x }}{% for i in [1, none, 2.5, x] %}{{ loop.index }}{{ i }}"
    "{{ f(i) }}{% endfor %}{% endblock %}",
    "macros": "{% macro twice(v) %}{{ v }}{{ v|e }}{% endmacro %}",
    "part": "{{ x|upper }}{{ '<i>'|safe }}\nyield from nowhere",
}


def _render(kind, x):
    jinja = kind(loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    jinja.globals.update(plain(f=lambda value, y=0: Markup("<b>{}</b>{}").format(value, y)))
    return jinja.get_template("child").render(x=x)


@pytest.mark.parametrize("x", ["<script>&'\"", Markup("<u>already</u>"), 7, True, "民声", lazy("<满意>")])
def test_the_output_is_that_of_jinja(x):
    assert _render(LeanEnvironment, x) == _render(Environment, x)


@pytest.mark.parametrize("value", ["<&'\">", Markup("<b>"), 3, 2.5, None, False, lazy("<i>"), ["<b>"]])
def test_a_value_is_shown_as_markupsafe_would(value):
    assert shown(value) == str(escape(value))


STEADY = {
    "page": "{{ say('<a>') }}{{ say('%%') }}{{ m.box(say('<b>'), size=2) }}{{ m.box(x) }}{{ say(x) }}"
    "{% call m.around(say('<c>')) %}{{ m.box(say('d')) }}{{ x }}{% endcall %}{% if say('') %}never{% endif %}"
    "{% set word = say('<e>') %}{{ word }}{{ word ~ '<f>' }}{{ m.box(say('<g>') ~ x) }}",
    "m": "{% macro box(v, size=1) %}<i class={{ size }}>{{ v }}</i>{% endmacro %}"
    "{% macro around(v) %}<p>{{ v }}{{ caller() }}</p>{% endmacro %}",
}


def _steady_page(steady, calls):
    def say(text):
        calls.append(text)
        return Markup(text).replace("%%", "%")

    jinja = LeanEnvironment(loader=DictLoader(STEADY), autoescape=True, undefined=StrictUndefined, steady=steady)
    jinja.globals.update(plain(say=say))
    jinja.globals["m"] = jinja.get_template("m").module
    return jinja.get_template("page")


def test_what_is_steady_is_said_once_and_the_page_stays_the_same():
    calls, calls_each_time = [], []
    steady, plainly = _steady_page({"say", "m"}, calls), _steady_page((), calls_each_time)
    for x in ("<x>", Markup("<u>y</u>")):
        assert steady.render(x=x) == plainly.render(x=x)
    assert calls.count("<a>") == 1
    assert calls_each_time.count("<a>") == 2
    assert "<x>" in calls  # what is not constant is asked for each time
