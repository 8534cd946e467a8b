"""What others do with the same texts, timed inside of one warm process.

Prints, for each of them, the seconds that one round over all texts took, round by round.
"""

import json
import sys
import time
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from yamllint import linter
from yamllint.config import YamlLintConfig

ROUNDS = 3


def timed(work, texts):
    """The seconds of each round."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for text in texts:
            work(text)
        times.append(time.perf_counter() - start)
    return times


def main():
    folder = Path(sys.argv[1])
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))]
    validator = Draft202012Validator(json.loads((folder / "schema.json").read_text(encoding="utf-8")))
    config = YamlLintConfig("extends: relaxed")

    def parse(text):
        yaml.load(text, Loader=yaml.CSafeLoader)

    def validate(text):
        errors = list(validator.iter_errors(yaml.load(text, Loader=yaml.CSafeLoader)))
        if errors:
            raise SystemExit(f"the schema refuses a generated runbook: {errors[0].message}")

    def lint(text):
        list(linter.run(text, config))

    works = {"pyyaml": parse, "jsonschema": validate, "yamllint": lint}
    print(json.dumps({name: timed(work, texts) for name, work in works.items()}))


main()
