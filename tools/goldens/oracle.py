# SPDX-License-Identifier: Apache-2.0
"""Runs inside the virtual environment of Data-Juicer: its operators on the cases of this folder. Called by record.py."""
import importlib
import json
import os
import pathlib
import pkgutil
import sys

import cases
import unicode_classes
from datasets import disable_progress_bars
from loguru import logger

from data_juicer.core.data import NestedDataset
from data_juicer.ops import load_ops
from data_juicer.ops.base_op import Deduplicator, Filter, Selector
from data_juicer.utils.constant import Fields, HashKeys

# Folders in parameters are relative to it.
GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "tests" / "goldens"


def as_given(rows, out):
    """A selector's rows as they came in: the table may have turned integers beside floats into floats."""
    by_id = {row["id"]: row for row in rows}
    found = [by_id[row["id"]] for row in out]
    assert found == out, "a selector changed a row"
    return found


def per_row(operator, rows):
    """What the operator says of every input row, the dropped ones too: stats of a filter, hashes of a deduplicator."""
    if not isinstance(operator, (Filter, Deduplicator)):
        return {}
    whole = operator.run(NestedDataset.from_list(rows), reduce=False).to_list()
    if isinstance(operator, Filter):
        if any(Fields.stats not in row for row in whole):
            return {}
        return {"stats": [row[Fields.stats] for row in whole]}
    column = next((key for key in (HashKeys.hash, HashKeys.simhash) if key in whole[0]), None)
    if column is None:  # bands of MinHash are bytes, and never seen outside
        return {}
    return {"hashes": [row[column] for row in whole]}


def record(name, test):
    result = {"name": test["name"], "op": name, "params": test["params"], "input": test["input"], "output": None, "stats": None, "error": None}
    try:
        (operator,) = load_ops([{name: dict(test["params"])}])
        out = NestedDataset.from_list(test["input"]).process(operator, open_monitor=False).to_list()
        result["output"] = as_given(test["input"], out) if isinstance(operator, Selector) else out
        result.update(per_row(operator, test["input"]))
    except Exception as error:  # pylint: disable=broad-except
        kind = type(error)
        prefix = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        result["error"] = f"{prefix}{kind.__qualname__}: {error}".split("\n")[0]
    if bool(result["error"]) != test["fails"]:
        raise RuntimeError(f"{name}, {test['name']}: {result['error'] or 'no error, but one was expected'}")
    return result


def main():
    out, wanted = sys.argv[1], sys.argv[2:]
    disable_progress_bars()
    logger.remove()
    os.chdir(GOLDENS)
    for module in pkgutil.iter_modules(cases.__path__):
        if wanted and module.name not in wanted:
            continue
        tests = list(importlib.import_module(f"cases.{module.name}").cases())
        names = [test["name"] for test in tests]
        assert len(set(names)) == len(names), f"two cases of one name: {module.name}"
        with open(f"{out}/{module.name}.jsonl", "w", encoding="ascii") as file:
            for test in tests:
                file.write(json.dumps(record(module.name, test)) + "\n")
        print(f"{module.name}: {len(tests)} cases")
    if not wanted or "unicode_classes" in wanted:
        unicode_classes.write(f"{out}/unicode_classes.json")


if __name__ == "__main__":
    main()
