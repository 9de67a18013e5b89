# SPDX-License-Identifier: Apache-2.0
from . import case

OP = "topk_specified_field_selector"
INTEGERS = [5, 3, 9, 3, -7, 0, 9, 12, -7, 3, 1]
STRINGS = ["3", "1e3", "abc", "", " 7 ", "1_000", "٣", "-2.5", "+4", "0x10", "1,000", "inf", "-inf", "1e400", "5.", ".5", "_1", "1__0",
    "\u30007\u3000", "\x1c8\x1c", "１２", "Infinity", "1e", "--1", "7\x00", None]


def rows(values, key="k"):
    return [{"id": number, "text": f"row {number}", key: value} for number, value in enumerate(values)]


def nested(values, *path):
    found = []
    for number, value in enumerate(values):
        for key in reversed(path):
            value = {key: value}
        found.append({"id": number, "text": f"row {number}", **value})
    return found


def both_ways(name, params, data):
    yield case(name, params, data)
    yield case(f"{name}, ascending", {**params, "reverse": False}, data)


def cases():
    yield case("no field_key: unchanged", {"topk": 2}, rows(INTEGERS))
    yield case("neither topk nor top_ratio: unchanged, not sorted", {"field_key": "k"}, rows(INTEGERS))
    yield case("top_ratio 0 and no topk: unchanged", {"field_key": "k", "top_ratio": 0.0}, rows(INTEGERS))
    yield from both_ways("topk with ties", {"field_key": "k", "topk": 4}, rows(INTEGERS))
    yield from both_ways("topk 1", {"field_key": "k", "topk": 1}, rows(INTEGERS))
    yield from both_ways("topk equal to the rows sorts them", {"field_key": "k", "topk": 11}, rows(INTEGERS))
    yield from both_ways("topk larger than the rows sorts them", {"field_key": "k", "topk": 100}, rows(INTEGERS))
    yield from both_ways("all tie", {"field_key": "k", "topk": 3}, rows([4] * 7))
    yield case("negative topk selects nothing", {"field_key": "k", "topk": -1}, rows(INTEGERS))
    for ratio in (0.05, 0.1, 0.29, 0.3, 0.5, 0.57, 0.999, 1.0, 1.5):
        yield case(f"top_ratio {ratio}", {"field_key": "k", "top_ratio": ratio}, rows(INTEGERS))
    for count, ratio in ((100, 0.29), (100, 0.57), (10, 0.7), (3, 1 / 3), (49, 1 / 49), (7, 0.1), (1000, 0.0009999)):
        yield case(f"top_ratio {ratio} of {count} rows is cut in double precision", {"field_key": "k", "top_ratio": ratio}, rows(range(count)))
    yield case("both, topk is smaller", {"field_key": "k", "top_ratio": 0.9, "topk": 2}, rows(INTEGERS))
    yield case("both, top_ratio is smaller", {"field_key": "k", "top_ratio": 0.2, "topk": 8}, rows(INTEGERS))
    yield case("both, top_ratio gives less than one row", {"field_key": "k", "top_ratio": 0.05, "topk": 1}, rows(INTEGERS))
    yield case("both, top_ratio 0 leaves topk", {"field_key": "k", "top_ratio": 0.0, "topk": 3}, rows(INTEGERS))
    yield case("both, topk 0 leaves top_ratio", {"field_key": "k", "top_ratio": 0.5, "topk": 0}, rows(INTEGERS))
    yield from both_ways("floats", {"field_key": "k", "topk": 6}, rows([0.1, 0.30000000000000004, 0.3, -0.0, 0.0, 1e-320, -1e308, 1e308, 5e-324,
        0.1]))
    yield from both_ways("integers and floats", {"field_key": "k", "topk": 5}, rows([1, 1.5, 2, 1.0, 2.0, -3, -3.5, 1]))
    yield from both_ways("large integers", {"field_key": "k", "topk": 5}, rows([2**63 - 1, 2**63 - 2, -2**63, 2**53, 2**53 + 1, -2**53 - 1, 0]))
    yield from both_ways("large integers under a dotted key are doubles", {"field_key": "m.k", "topk": 7}, nested([2**53, 2**53 + 1, 2**63 - 1,
        2**63 - 2, -2**63, 2**53 + 2, 2**53 - 1], "m", "k"))
    yield from both_ways("booleans", {"field_key": "k", "topk": 3}, rows([False, True, False, True]))
    yield from both_ways("booleans under a dotted key", {"field_key": "m.k", "topk": 3}, nested([False, True, False, True], "m", "k"))
    yield from both_ways("strings by code point", {"field_key": "k", "topk": 20}, rows(["b", "a", "", "aa", "Z", "é", "e\u0301", "字", "\U0001F600",
        "\ufffd", "10", "9", "a\x00", "a"]))
    yield from both_ways("strings under a dotted key are parsed", {"field_key": "m.k", "topk": 30}, nested(STRINGS, "m", "k"))
    yield from both_ways("few of the parsed strings", {"field_key": "m.k", "topk": 5}, nested(STRINGS, "m", "k"))
    yield from both_ways("nulls under a dotted key", {"field_key": "m.k", "topk": 4}, nested([3, None, 1, None, 2], "m", "k"))
    yield from both_ways("lists under a dotted key are averaged", {"field_key": "m.k", "topk": 9}, nested([[1, 2, 3], [], [10], [None, 99], None, [0,
        5], [2, 2], [-1]], "m", "k"))
    yield from both_ways("lists of strings are no numbers", {"field_key": "m.k", "topk": 3}, nested([["9"], ["1", "2"], []], "m", "k"))
    yield from both_ways("lists compare item by item", {"field_key": "k", "topk": 9}, rows([[1, 2], [1], [], [2], [1, 1, 9], [1, 2]]))
    yield from both_ways("objects under a dotted key are no numbers", {"field_key": "m.k", "topk": 3}, nested([{"a": 1}, {"a": 2}, {"a": 3}], "m",
        "k"))
    yield from both_ways("three levels", {"field_key": "m.a.b", "topk": 3}, nested([3, 1, 2, 3], "m", "a", "b"))
    yield from both_ways("stats", {"field_key": "__dj__stats__.text_len", "topk": 3}, nested([30, 10, 20, 30, 5], "__dj__stats__", "text_len"))
    yield case("stats by ratio", {"field_key": "__dj__stats__.text_len", "top_ratio": 0.4}, nested([30, 10, 20, 30, 5], "__dj__stats__", "text_len"))
    yield case("the text itself", {"field_key": "text", "topk": 2}, rows([0, 0, 0]))
    yield case("one row is not looked at", {"field_key": "nope", "topk": 5}, rows([1]))
    yield case("one row, negative topk", {"field_key": "k", "topk": -1}, rows([1]))
    yield from both_ways("many rows", {"field_key": "k", "topk": 40}, rows([(n * 7919) % 101 for n in range(500)]))
    yield case("no such column", {"field_key": "zz", "topk": 1}, rows(INTEGERS), fails=True)
    yield case("no such key in the object", {"field_key": "m.z", "topk": 1}, nested([1, 2], "m", "k"), fails=True)
    yield case("a level that is no object", {"field_key": "m.k.z", "topk": 1}, nested(["1", "2"], "m", "k"), fails=True)
    yield case("a level that is null", {"field_key": "m.k", "topk": 1}, [{"id": 0, "text": "", "m": {"k": 1}}, {"id": 1, "text": "", "m": None}],
        fails=True)
    yield case("a null among raw values", {"field_key": "k", "topk": 2}, rows([1, None, 2]), fails=True)
    yield case("objects do not compare", {"field_key": "k", "topk": 2}, rows([{"a": 1}, {"a": 2}]), fails=True)
