"""Asks a JSON Schema validator that is not ours. The first argument names what to do, the second is
the schema's file; what was found is printed as JSON."""

import copy
import json
import pathlib
import re
import sys

import yaml
from jsonschema import Draft202012Validator


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `on`, `yes` and dates are text."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(~|null|Null|NULL|)$", "~nN\0"),
    ("bool", r"^(true|false)$", "tf"),
    ("int", r"^[-+]?(0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?$", "-+0123456789."),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def read(path):
    return yaml.load(pathlib.Path(path).read_text(encoding="utf-8"), Loader)


def check(schema):
    """The schema itself is one of 2020-12."""
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator.META_SCHEMA["$id"]


def validate(schema, *paths):
    """What the schema finds in each file."""
    validator = Draft202012Validator(schema)
    return {
        path: [f"{error.json_path}: {error.message}" for error in validator.iter_errors(read(path))]
        for path in paths
    }


#: What no key of a runbook accepts.
NONSENSE = [[[]]]
#: What some keys accept, and others don't.
DOUBTFUL = ["", "Bad Name", "a..b", "2 hours", "{{ x }}", "x", 7, -1, 1.5, True, None, {}, [], ["x"]]


def places(value, way=()):
    """The way to every part of a document."""
    yield way
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*way, name))
    if isinstance(value, list):
        for index in range(len(value)):
            yield from places(value[index], (*way, index))


def at(value, way):
    for step in way:
        value = value[step]
    return value


def mutants(schema, path, folder):
    """The runbook with one thing changed, as files; and whether the schema accepts each."""
    validator, good = Draft202012Validator(schema), read(path)
    made, seen = [], set()

    def make(what, way, structural, change):
        # One of each kind at each key: the same key stands in many places.
        kind = (what, next((step for step in reversed(way) if isinstance(step, str)), ""))
        if kind in seen:
            return
        seen.add(kind)
        bad = copy.deepcopy(good)
        change(bad)
        if bad == good:
            return
        home = pathlib.Path(folder, str(len(made)))
        home.mkdir()
        file = home / "runbook.yaml"
        file.write_text(json.dumps(bad), encoding="utf-8")
        made.append(
            {
                "file": str(file),
                "what": f"{what} at /{'/'.join(map(str, way))}",
                "structural": structural,
                "accepted": validator.is_valid(bad),
            }
        )

    for way in places(good):
        if way:
            outer, last = way[:-1], way[-1]

            def put(value):
                return lambda bad: at(bad, outer).__setitem__(last, value)

            make("nonsense", way, True, put(NONSENSE))
            for value in DOUBTFUL:
                make(json.dumps(value), way, False, put(value))
            if isinstance(last, str):
                make("nothing", way, False, lambda bad: at(bad, outer).pop(last))
        if isinstance(at(good, way), dict):
            # A name that is spelt like this is one of the author's own nowhere.
            make("a key too much", way, True, lambda bad: at(bad, way).update({"Surprise!": {}}))
    return made


function, path, *rest = sys.argv[1:]
functions = {"check": check, "validate": validate, "mutants": mutants}
schema = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
print(json.dumps(functions[function](schema, *rest)))
