# SPDX-License-Identifier: Apache-2.0
from . import case

OP = "specified_numeric_field_filter"


def rows(values):
    return [{"id": number, "text": "x", "n": value} for number, value in enumerate(values)]


INTEGERS = rows([-5, -1, 0, 1, 2, 5, 10, 2**53, 2**62, None])
FLOATS = rows([-0.5, 0.0, 0.1, 0.30000000000000004, 1.0, 1e300, 1e-300, None])
STRINGS = rows(["1", " 2 ", "3.5", "1_0", "1e2", "x", "", " ", "inf", "-inf", "nan", "\u0663", "½", "0", "0.0", "0x10", "1,5", None])


def cases():
    for name, given in (("integers", INTEGERS), ("floats", FLOATS), ("strings", STRINGS), ("booleans", rows([True, False, None]))):
        yield case(f"{name}, defaults", {"field_key": "n"}, given)
        yield case(f"{name}, range", {"field_key": "n", "min_value": 1, "max_value": 10}, given)
        yield case(f"{name}, open", {"field_key": "n", "min_value": 1, "max_value": 10, "min_closed_interval": False, "max_closed_interval": False}, given)
        yield case(f"{name}, reversed", {"field_key": "n", "min_value": 1, "max_value": 10, "reversed_range": True}, given)
    yield case("nested", {"field_key": "meta.n", "min_value": 2}, [{"text": "x", "meta": {"n": n}} for n in (1, 2, 3)])
    yield case("no field_key", {}, INTEGERS, fails=True)
    yield case("no such field", {"field_key": "m"}, INTEGERS, fails=True)
    yield case("lists", {"field_key": "n"}, rows([[1], [2]]), fails=True)
    yield case("empty lists", {"field_key": "n"}, rows([[], []]))
    yield case("objects", {"field_key": "n"}, rows([{"a": 1}]), fails=True)
