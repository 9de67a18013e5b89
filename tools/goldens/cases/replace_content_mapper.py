# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, case, random_texts, texts

OP = "replace_content_mapper"
ROWS = texts("a1b22c", "a\nb\nab\r\n", "aab aaab abc", "STRASSE straße Kk\u212a", "a汉字B\u0301é نص ١٢", "", "r'a r''x a{x}", "\U0001F600\U0001F600 ab \U0001F44D\U0001F3FD", "x\x00y\x1cz\x85w\u3000")
PIECES = ["a", "b", "ab", "1", "22", " ", "\n", "\r\n", "é", "字", "ع", "\u0301", "\u200d", "\U0001F600", "-", "_", ".", "\x00"]


def lists():
    yield case("no pattern", {}, ROWS)
    yield case("no pattern, with repl", {"repl": "x"}, ROWS)
    yield case("no pattern, with a repl that is no template", {"repl": "\\"}, ROWS)
    yield case("no pattern, with an empty list of repl", {"repl": []}, ROWS)
    yield case("one pattern", {"pattern": r"\d+", "repl": "#"}, ROWS)
    yield case("one pattern, no repl", {"pattern": r"\d+"}, ROWS)
    yield case("one pattern, a list of one repl", {"pattern": "a", "repl": ["1"]}, ROWS)
    yield case("one pattern, a longer list of repl", {"pattern": "a", "repl": ["1", "2"]}, ROWS)
    yield case("a list of one pattern", {"pattern": ["a"], "repl": "1"}, ROWS)
    yield case("an empty list of patterns", {"pattern": [], "repl": "1"}, ROWS)
    yield case("an empty list of patterns, an empty list of repl", {"pattern": [], "repl": []}, ROWS)
    yield case("one repl for all", {"pattern": ["a", r"\d", "字"], "repl": "-"}, ROWS)
    yield case("one repl for each", {"pattern": ["a", r"\d", "字"], "repl": ["1", "<>", ""]}, ROWS)
    yield case("more repl than patterns", {"pattern": ["a", "b"], "repl": ["1", "2", "3"]}, ROWS)
    yield case("more repl than patterns, the last no template", {"pattern": ["a", "b"], "repl": ["1", "2", "\\9"]}, ROWS)
    yield case("fewer repl than patterns", {"pattern": ["a", "b"], "repl": ["1"]}, ROWS, fails=True)
    yield case("fewer repl than patterns, which match nothing", {"pattern": ["zz", "yy"], "repl": ["1"]}, ROWS, fails=True)
    yield case("one pattern, an empty list of repl", {"pattern": "a", "repl": []}, ROWS, fails=True)
    yield case("one after the other", {"pattern": ["a", "b", "cc"], "repl": ["b", "c", "x"]}, texts("ab", "aab", "c", "abab", "zz"))
    yield case("what one makes the next takes away", {"pattern": ["a", "."], "repl": ["bbb", ""]}, texts("a", "", "xay", "\n"))
    yield case("ten patterns", {"pattern": list("abcdefghij"), "repl": list("bcdefghijk")}, texts("a", "abcdefghij", "zz"))
    yield case("the same pattern twice", {"pattern": ["a", "a"], "repl": ["aa", "b"]}, ROWS)


def templates():
    yield case("groups", {"pattern": r"(\w)(\d+)", "repl": r"\2\1"}, ROWS)
    yield case("names", {"pattern": r"(?P<letter>[a-c])", "repl": r"<\g<letter>|\g<1>|\g<0>>"}, ROWS)
    yield case("a group that takes no part", {"pattern": r"(a)|(b)", "repl": r"[\1|\2]"}, ROWS)
    yield case("escapes", {"pattern": "b", "repl": r"\n\t\\"}, ROWS)
    yield case("a dollar is a dollar", {"pattern": "b", "repl": "$1 $0 &"}, ROWS)
    yield case("a template for each", {"pattern": ["(a)", "(b)(c)"], "repl": [r"\1\1", r"\2\1"]}, ROWS)
    yield case("Unicode and NUL", {"pattern": "b", "repl": "字\U0001F517\u0000é"}, ROWS)
    yield case("an unknown group", {"pattern": "a", "repl": r"\1"}, ROWS, fails=True)
    yield case("an unknown group, on texts without a match", {"pattern": "zz", "repl": r"\1"}, ROWS)
    yield case("an unknown group of the second", {"pattern": ["a", "b"], "repl": ["x", r"\g<n>"]}, ROWS, fails=True)


def patterns():
    for name, pattern in (("wrapped in r''", r"r'\d+'"), ("wrapped in r\"\"", 'r"\\d+"'), ("r'' alone", "r''"), ("r' only", "r'a"), ("mixed quotes", "r'a\""), ("empty", ""),
        ("dot matches a line break", "a.b"), ("anchors see the whole text only", "^a|b$"), ("multi-line flag", "(?m)^a|b$"), ("case flag", "(?i)straße|k"), ("spaces", r"\s+"), ("words", r"\w+"),
        ("non-words", r"\W+"), ("word boundary", r"\b"), ("look-behind", r"(?<=a)b*"), ("look-ahead", r"a(?=b)"), ("lazy", "a.*?b"), ("empty matches", "x*"), ("property", r"\p{Han}+|\p{M}"),
        ("brackets as in YAML", "[ab]"), ("commas", "a,b|c"), ("null as a word", "null"), ("anything", ".+"), ("emoji", "[\U0001F600-\U0001F64F]")):
        yield case(f"pattern: {name}", {"pattern": pattern, "repl": "-"}, ROWS)
        yield case(f"pattern in a list: {name}", {"pattern": [pattern, "zz"], "repl": ["-", "y"]}, ROWS)
    yield case("a pattern that does not compile", {"pattern": "("}, ROWS, fails=True)
    yield case("a second pattern that does not compile", {"pattern": ["a", "("]}, ROWS, fails=True)
    yield case("a pattern that is a number", {"pattern": ["a", 5]}, ROWS, fails=True)
    yield case("a repl that is null", {"pattern": "a", "repl": None}, ROWS, fails=True)


def cases():
    yield from lists()
    yield from templates()
    yield from patterns()
    for name, rows in HOSTILE.items():
        yield case(name, {"pattern": [r"\s+", r"[^\w\s]", r"\d"], "repl": [" ", "!", "0"]}, texts(*rows))
    yield case("emoji sequences", {"pattern": ["\u200d", r"\uFE0F", "."], "repl": ["", "", r"\g<0>|"]}, texts(*EMOJI_SEQUENCES))
    yield case("long texts", {"pattern": ["a+", r"\s{2,}"], "repl": ["b", " "]}, texts("a" * 9000, "ab" * 4000, "word  " * 3000, "字 \n" * 3000, "x" * 20000))
    yield case("random mixtures", {"pattern": [r"(\w)\1", r"\s+(?=\S)", "[ab]b|字"], "repl": [r"<\1>", "_", ""]}, texts(*random_texts(15, 700, PIECES, 20)))
    yield case("other columns are untouched", {"pattern": "a"}, [{"id": 1, "note": "a", "text": "abc", "list": ["a"], "n": 0.1}])
    yield case("text_key", {"pattern": "a", "text_key": "content"}, [{"text": "abc", "content": "xac"}])
    yield case("text_key with a dot", {"pattern": "a", "text_key": "meta.text"}, [{"text": "a", "meta": {"text": "abc"}}], fails=True)
    yield case("a null text", {"pattern": "a"}, texts("a", None), fails=True)
    yield case("a text that is a number", {"pattern": "a"}, texts(1, 2), fails=True)
