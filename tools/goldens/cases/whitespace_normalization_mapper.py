# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "whitespace_normalization_mapper"
# Everything that Unicode, Python or this operator calls a space, and close neighbours that are none.
SPACES = [chr(c) for c in (*range(0x00, 0x21), *range(0x7F, 0xA1), 0xAD, 0x34F, 0x61C, 0x115F, 0x1680, 0x180E, *range(0x1FFF, 0x2012),
        *range(0x2027, 0x2030), *range(0x205E, 0x2066), 0x2800, 0x2FFF, 0x3000, 0x3001, 0x3164, 0xFEFF, 0xFFFB, 0xFFFC, 0xFFFD)]


def cases():
    yield case("plain text is left alone", {}, texts("no change", "a", "two  spaces  stay", "line\nbreak\n\nstays"))
    yield case("every space between letters", {}, texts(*(f"a{s}b" for s in SPACES)))
    yield case("every space at both ends", {}, texts(*(f"{s}a{s}" for s in SPACES)))
    yield case("every space alone", {}, texts(*SPACES))
    yield case("every space twice in one text", {}, texts("x".join(s + s for s in SPACES)))
    yield case("a space that strip does not know shields those behind it", {}, texts(
        "\u200b a", " \u200b a", "a \u2060", "a\u2060 ", "\x84\x84 \x84", "\ufffc\n", "\ufeff text \ufeff", "\u180e x \u180e"))
    yield case("strip before the change", {}, texts("\t\ta\tb\t\t", "\u00a0\u00a0a\u00a0b\u00a0", "\u3000\u3000全角　空白\u3000", "\u2028a\u2028b\u2028",
        "\x1fa\x1fb\x1f"))
    yield case("no collapsing", {}, texts("a \t \u00a0 b", "a" + "\u2003" * 50 + "b", "\t" * 20 + "x"))
    yield case("line breaks of every kind", {}, texts("a\r\nb\r\n", "a\rb\r", "a\nb\n", "a\x0bb\x0b", "a\x0cb\x0c", "a\x85b\x85", "a\u2028b\u2028",
        "a\u2029b\u2029"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
    yield case("zero-width joiner inside an emoji becomes a space", {}, texts("\U0001F468\u200D\U0001F469\u200D\U0001F467", "क्\u200dष",
        "می\u200cخواهم"))
    yield case("long texts", {}, texts("\t" * 2000 + "x" * 70000 + "\t" * 2000, "ab\u00a0" * 4000, "\u2003字" * 3000, " " * 20000))
    yield case("other columns are untouched", {}, [{"id": 7, "note": "\tstays\t", "text": "\tgoes\t", "n": 1.5, "list": ["\t", "b"],
        "object": {"a": " x ", "b": None}}])
    yield case("text_key", {"text_key": "content"}, [{"text": "\tstays\t", "content": "\ta\tb\t"}, {"text": "", "content": "\u00a0"}])
    yield case("random mixtures", {}, texts(*random_texts(1, 400, SPACES + ["a", "字", "\u0301", "\U0001F600"] * 20, 24)))
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "\ta"}}], fails=True)
    yield case("text_key that is no column", {"text_key": "nope"}, texts("a"), fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
