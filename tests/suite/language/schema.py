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
#: Words that other keys take, and that change which keys may stand beside them.
MEANT = ["text", "integer", "enum", "list", "pod", "quantity", "boolean", "duration", "host", "control", "nodes"]
#: Keys that stand in some maps, and beside some keys.
KEYS = {
    "use": "health",
    "with": {"least": "3"},
    "within": "20s",
    "label": "a label",
    "retry": 1,
    "for-each": "inputs.ports",
    "pattern": "[a-z]+",
    "values": ["a", "b"],
    "of": "text",
    "minimum": "1",
    "secret": True,
    "default": ["a"],
    "script": "true",
    "argv": ["true"],
    "proves": "table",
    "suggests": "log",
    "memory": {},
}


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


def mutants(schema, folder, *paths):
    """Runbooks with one thing changed, as files; and whether the schema accepts each."""
    validator, made, seen = Draft202012Validator(schema), [], set()

    def make(good, what, way, structural, change):
        # One of each kind at each key: the same key stands in many places.
        kind = (what, next((step for step in reversed(way) if isinstance(step, str)), ""))
        if kind in seen:
            return
        seen.add(kind)
        bad = copy.deepcopy(good)
        change(bad)
        if bad == good:
            return
        made.append(
            {
                "file": write(folder, f"m{len(made)}", json.dumps(bad, indent=1)),
                "what": f"{what} at /{'/'.join(map(str, way))}",
                "structural": structural,
                "accepted": validator.is_valid(bad),
            }
        )

    for path in paths:
        good = read(path)
        for way in places(good):
            if way:
                outer, last = way[:-1], way[-1]

                def put(value, outer=outer, last=last):
                    return lambda bad: at(bad, outer).__setitem__(last, value)

                make(good, "nonsense", way, True, put(NONSENSE))
                for value in DOUBTFUL:
                    make(good, json.dumps(value), way, False, put(value))
                for value in MEANT:
                    if isinstance(at(good, way), str):
                        make(good, json.dumps(value), way, False, put(value))
                if isinstance(last, str):
                    make(good, "nothing", way, False, lambda bad: at(bad, outer).pop(last))
            if isinstance(at(good, way), dict):
                # A name that is spelt like this is one of the author's own nowhere.
                make(good, "a key too much", way, True, lambda bad: at(bad, way).update({"Surprise!": {}}))
                # A key may stand here, and not beside each other one.
                for name, value in KEYS.items():
                    if name not in at(good, way):
                        make(good, f"{name} too", (*way, name), False, add(way, name, value))
    return made


def add(way, name, value):
    return lambda bad: at(bad, way).update({name: value})


def corpus(schema, folder, root):
    """The runbooks below a folder, without the markers in them, as files; and whether the schema
    accepts each. `None`: no reader takes it for YAML."""
    validator, made = Draft202012Validator(schema), []
    for path in sorted(pathlib.Path(root).glob("*/*/runbook.yaml")):
        code, case = path.parts[-3:-1]
        text = taken_out(path.read_text(encoding="utf-8"))
        try:
            accepted = validator.is_valid(yaml.load(text, Loader))
        except yaml.YAMLError:
            accepted = None
        file = write(folder, f"{code}--{case}", text)
        made.append({"file": file, "what": f"{code}/{case}", "structural": False, "accepted": accepted})
    return made


def taken_out(marked):
    """What is read: without markers, and with the lines that one of them stands for."""
    lines = []
    for line in marked.splitlines(True):
        repeated = re.match(r"#~ ([0-9]+) times: (.*\n)", line)
        lengthened = re.match(r"#~ line of ([0-9]+): (.*)", line)
        if repeated:
            count, text = repeated.groups()
            lines.extend(text.replace("%", str(number)) for number in range(int(count)))
        elif lengthened:
            length, text = lengthened.groups()
            lines.append(text.rstrip().ljust(int(length), "x") + "\n")
        elif not line.lstrip("^ ").startswith("#~"):
            lines.append(line)
    return "".join(lines)


def write(folder, name, text):
    home = pathlib.Path(folder, name)
    home.mkdir()
    file = home / "runbook.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


function, path, *rest = sys.argv[1:]
functions = {"check": check, "validate": validate, "mutants": mutants, "corpus": corpus}
schema = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
print(json.dumps(functions[function](schema, *rest)))
