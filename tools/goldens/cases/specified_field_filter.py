# SPDX-License-Identifier: Apache-2.0
from . import case

OP = "specified_field_filter"


def rows(values):
    return [{"id": number, "text": "x", "f": value} for number, value in enumerate(values)]


KINDS = {
    "strings": (rows(["en", "de", "EN", "", " en", "字", None]), ["en", "字", ""]),
    "integers": (rows([0, 1, 2, 3, 2**53 + 1, None]), [1, 3, 2**53]),
    "floats": (rows([0.5, 1.0, 2.5, None]), [1, 0.5]),
    "booleans": (rows([True, False, None]), [1]),
    "lists": (rows([["a"], ["a", "b"], ["b", "c"], [], None]), ["a", "b"]),
    "objects": (rows([{"a": 1}, {"a": 2}]), [{"a": 1}]),
    "nulls": (rows(["a", None]), [None]),
    "one kind, targets of another": (rows(["1", "2"]), [1, True, None, ["1"]]),
}


def cases():
    for name, (given, target) in KINDS.items():
        yield case(name, {"field_key": "f", "target_value": target}, given)
        yield case(f"{name}, reversed", {"field_key": "f", "target_value": target, "reversed_range": True}, given)
    yield case("no target", {"field_key": "f"}, KINDS["strings"][0])
    yield case("nested", {"field_key": "meta.f", "target_value": ["a"]}, [{"text": "x", "meta": {"f": f}} for f in ("a", "b", "")])
    yield case("no field_key", {"target_value": ["a"]}, KINDS["strings"][0], fails=True)
    yield case("no such field", {"field_key": "g", "target_value": ["a"]}, KINDS["strings"][0], fails=True)
