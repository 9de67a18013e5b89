# SPDX-License-Identifier: Apache-2.0
import itertools

from . import HOSTILE, case, texts

OP = "text_length_filter"
STAIRS = [text for n in range(8) for text in ("x" * n, "字" * n)]
MAXIMUM = 2**63 - 1


def cases():
    yield case("defaults", {}, texts("", "x" * 9, "x" * 10, "字" * 9, "字" * 10, "\U0001F600" * 9, "\U0001F600" * 10, "e\u0301" * 5, " " * 10))
    yield case("min_len", {"min_len": 3}, texts(*STAIRS))
    yield case("max_len", {"min_len": 0, "max_len": 4}, texts(*STAIRS))
    yield case("both bounds equal", {"min_len": 4, "max_len": 4}, texts(*STAIRS))
    yield case("bounds crossed", {"min_len": 5, "max_len": 2}, texts(*STAIRS))
    yield case("bounds crossed and reversed", {"min_len": 5, "max_len": 2, "reversed_range": True}, texts(*STAIRS))
    for low, high, turned in itertools.product((True, False), repeat=3):
        yield case(f"closed {low} {high}, reversed {turned}",
                   {"min_len": 2, "max_len": 5, "min_closed_interval": low, "max_closed_interval": high, "reversed_range": turned}, texts(*STAIRS))
    yield case("zero and negative bounds", {"min_len": 0, "min_closed_interval": False}, texts(*STAIRS))
    yield case("negative min_len keeps empty texts", {"min_len": -1}, texts(*STAIRS))
    yield case("negative max_len drops all", {"min_len": -5, "max_len": -1}, texts(*STAIRS))
    yield case("largest max_len, open", {"min_len": 0, "max_len": MAXIMUM, "max_closed_interval": False}, texts(*STAIRS))
    yield case("min_len null", {"min_len": None, "max_len": 3}, texts(*STAIRS))
    yield case("max_len null", {"min_len": 3, "max_len": None}, texts(*STAIRS))
    yield case("both null", {"min_len": None, "max_len": None}, texts(*STAIRS))
    yield case("both null, reversed", {"min_len": None, "max_len": None, "reversed_range": True}, texts(*STAIRS))
    yield case("everything dropped", {"min_len": 1000}, texts(*STAIRS))
    for name, rows in HOSTILE.items():
        yield case(name, {"min_len": 2, "max_len": 40}, texts(*rows))
    yield case("long texts", {"min_len": 4096, "max_len": 70000}, texts("x" * 4095, "x" * 4096, "\U0001F600" * 4095, "\U0001F600" * 4096,
        "字\n" * 4000, "x" * 70000, "x" * 70001))
    yield case("a stat that is there is used, not the text", {"min_len": 5}, [
        {"text": "x" * 20, "__dj__stats__": {"text_len": 4}}, {"text": "x", "__dj__stats__": {"text_len": 5}}, {"text": "",
            "__dj__stats__": {"text_len": 500}}])
    yield case("a stat that is there may be a float", {"min_len": 5}, [{"text": "x", "__dj__stats__": {"text_len": 4.5}}, {"text": "x",
        "__dj__stats__": {"text_len": 5.25}}])
    yield case("stats of other operators stay in front", {"min_len": 2}, [
        {"text": "abc", "__dj__stats__": {"lang": "en", "num_words": 1}}, {"text": "a", "__dj__stats__": {"lang": "de", "num_words": 2}}])
    yield case("text_key", {"text_key": "content", "min_len": 3}, [{"text": "xxxxxxx", "content": "ab"}, {"text": "", "content": "abc"}])
    yield case("one row", {"min_len": 1}, texts("a"))
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "abc"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
