# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, WORD_TEXTS, case, random_texts, texts
from .remove_long_words_mapper import SPACES

OP = "remove_words_with_incorrect_substrings_mapper"
PIECES = ["http", "https://", "www", "www.", ".com", "com", "href", "//", "/", "/", "a", "b.c", "é", "字", " ", " ", "\t", "\n", "\r\n", "=\"", "\"", "<", ">", "...", "1", "\u3000", "\U0001F600", "HTTP", "\x00"]


def cases():
    yield case("defaults", {}, texts("see http://example.org now", "www.example.org", "mail me@example.com today", "<a href=\"x\">link</a>", "a//b // a/ /b", "(//) //x x//", ".com .comx x.com. com.", "HTTP WWW", "no link", "",
        "//字// 字//字", "-http-", "123http456", "\U0001F600www\U0001F600", *SPACES, *WORD_TEXTS))
    yield case("an empty list", {"substrings": []}, texts(*SPACES, "http://a b"))
    yield case("null", {"substrings": None}, texts("http://a b", "a"))
    yield case("the empty string is in every word", {"substrings": [""]}, texts("a b", "", "...", "a\nb"))
    yield case("the empty string and another", {"substrings": ["", "b"]}, texts("a b", "ccc"))
    yield case("others", {"substrings": ["ab", "字", "\U0001F600", "é", "...", "x y"]}, texts("ab a b cab", "字 a字 字b", "a\U0001F600b \U0001F600a", "café é cafe\u0301", "a...b a...", "x y", "AB"))
    yield case("a substring that only the ends have", {"substrings": ["!", "1", "("]}, texts("a! !a a!b 1a a1 a1b (a) a(b", "!!! 111"))
    yield case("with white space", {"substrings": [" ", "\n", "\u3000", "\u00A0"]}, texts("a b", "a\nb", "a\u3000b c", "a\u00A0b \u00A0c"))
    yield case("a long list", {"substrings": [f"x{n}y" for n in range(200)]}, texts("x1y x10y x200y x199y ax7yb", "x y"))
    yield case("lang has no meaning without a tokenizer", {"lang": "zh"}, texts("a http b"))
    for name, rows in HOSTILE.items():
        yield case(name, {"substrings": ["o", "字", "的", "\u200d", "\x00", "\u0301"]}, texts(*rows))
    yield case("emoji sequences", {"substrings": ["\U0001F468", "a", "\u200d"]}, texts(*EMOJI_SEQUENCES))
    yield case("long texts", {}, texts("word " * 3000, "http" * 5000, "a http://b " * 2000, "/" * 9000 + "a", "a/" * 9000))
    yield case("random mixtures", {}, texts(*random_texts(33, 900, PIECES, 24)))
    yield case("other columns are untouched", {}, [{"id": 1, "note": "www", "text": "abc www", "list": ["a"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "http", "content": "http ab"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "abc"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
