# SPDX-License-Identifier: Apache-2.0
import string

from . import HOSTILE, case, random_texts, texts

OP = "document_deduplicator"
LOWER, BARE, BOTH = {"lowercase": True}, {"ignore_non_character": True}, {"lowercase": True, "ignore_non_character": True}
MIXED = ["abc", "ABC", "abc ", " abc", "a b c", "a.b.c", "abc1", "a1b2c3", "abc\n", "ABC!", "abc", "AbC", "ab", "a\tb\tc", "abc\u3000", "a\u00a0bc",
    "abc٣", "abc。", "abc"]


def cases():
    yield case("first row is kept", {}, texts("a", "b", "a", "c", "b", "a", "d"))
    yield case("all the same", {}, texts(*["same"] * 12))
    yield case("none the same", {}, texts(*(f"text {n}" for n in range(12))))
    for name, params in (("defaults", {}), ("lowercase", LOWER), ("ignore_non_character", BARE), ("both options", BOTH)):
        yield case(f"mixed texts, {name}", params, texts(*MIXED))
        yield case(f"empty texts, {name}", params, texts("", " ", "\n\t", "\u3000", "123", "?!", "\u200b", "", "\x00", "\x1c", "a\x1c", "a", "\x85a",
        "A"))
    yield case("strip at both ends, all spaces", {}, texts("a", *(f"{chr(c)}a{chr(c)}" for c in (
        9, 10, 11, 12, 13, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x84, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x200A, 0x200B, 0x2028, 0x2029, 0x202F, 0x205F,
        0x2060, 0x3000, 0xFEFF))))
    yield case("inner whitespace counts", {}, texts("a b", "a  b", "a\tb", "a\nb", "a\r\nb", "a\u00a0b", "a b"))
    yield case("inner spaces of every kind go", BARE, texts("ab", *(f"a{chr(c)}b" for c in (
        9, 10, 11, 12, 13, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x84, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x200A, 0x200B, 0x2028, 0x2029, 0x202F, 0x205F,
        0x2060, 0x3000, 0xFEFF))))
    yield case("ASCII punctuation goes, other punctuation stays", BARE, texts("ab", *(f"a{c}b" for c in string.punctuation), "a。b", "a，b", "a“b”",
        "a–b", "a§b", "a€b", "a×b"))
    yield case("digits of every script go, other numbers stay", BARE, texts("ab", "a1b", "a٣b", "a۴b", "a५b", "a９b", "a\U0001D7D8b", "a²b", "a½b",
        "aⅧb", "a一b", "a①b", "a\U0001FBF5b"))
    yield case("lower case of every script", LOWER, texts(
        "ÄÖÜ", "äöü", "ẞ", "ß", "ss", "SS", "İ", "i̇", "i", "I", "ı", "Σ", "σ", "ς", "ΟΔΟΣ", "οδος", "οδοσ", "ΟΔΟΣ ΟΔΟΣ.", "οδος οδος.", "Σ.", "ΑΣ.Β",
        "ας.β", "ασ.β", "ЁЖ", "ёж",
        "Ǆ", "ǆ", "ǅ", "ﬁ", "Ω", "ω", "Å", "å", "K", "k", "Ⅷ", "ⅷ", "Ⓐ", "ⓐ", "Ａ", "ａ", "\U00010400", "\U00010428", "Ა", "ა", "Ꭰ", "ꭰ", "\u1e9e", "Ա",
        "ա"))
    yield case("final sigma by context", LOWER, texts("ΑΣ", "ας", "ασ", "ΑΣΑ", "ασα", "Α\u0301Σ\u0301", "α\u0301ς\u0301", "α\u0301σ\u0301", "Α'Σ",
        "α'ς", "ΑΣ'Α", "ασ'α", "1Σ", "1σ", "ΣΣ", "σς", "Α\u00adΣ\u00ad", "α\u00adς\u00ad"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows, *reversed(rows)))
    yield case("same look, other code points", {}, texts("é", "e\u0301", "ﬀ", "ff", "Å", "Å", "\u00b5", "\u03bc"))
    yield case("long texts", BOTH, texts("Ab1 " * 6000, "ab" * 6000, "AB\n" * 6000, "x" * 70000, "x" * 70001))
    yield case("one row", {}, texts(" a "))
    yield case("two rows", {}, texts("a", "a"))
    yield case("a hash that is there is used, not the text", {}, [
        {"text": "a", "__dj__hash": "1"}, {"text": "a", "__dj__hash": "2"}, {"text": "b", "__dj__hash": "1"}, {"text": "c", "__dj__hash": ""},
            {"text": "d", "__dj__hash": ""}])
    yield case("text_key", {"text_key": "content"}, [{"text": "a", "content": "x"}, {"text": "a", "content": "y"}, {"text": "b", "content": "x"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "x"}}, {"text": "b", "meta": {"text": "x"}},
        {"text": "a", "meta": {"text": "y"}}])
    yield case("other columns are untouched", {}, [{"id": 1, "text": "a", "o": {"k": [1, 2]}, "f": 0.1}, {"id": 2, "text": "a", "o": {"k": []},
        "f": 1e300}])
    yield case("random mixtures", BOTH, texts(*random_texts(2, 400, list("aAbB1 .\u00a0٣ßΣ\u0301"), 4)))
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
