# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, WORD_TEXTS, case, random_texts, texts

OP = "remove_words_with_incorrect_substrings_mapper"
PIECES = ["http", "www", ".com", "href", "//", "ab", "ht", "tp", "w", "/", ".", "com", "(", "1", "字", " ", " ", "\t", "\n", "\u3000", "\U0001F600"]


def cases():
    yield case("defaults", {}, texts("see http://a.b/c now", "a www.b c", "example.com, x", "<a href=\"x\">y</a>", "a//b //b a// //", "HTTP WWW .COM", "plain", "",
        "http", " http ", "a\thttp\tb\nhttp\nc", "x  y", "hhttpp", "ht tp", ".com", ".com.", "a.com1", "1.com", "w ww www wwww"))
    yield case("separators are put together", {}, texts("a  b\t\tc\n\nd", " \t\n a \t \n b \n \t ", "\n\n", " ", "a\n"))
    for name, wanted in (("one", ["ab"]), ("none", []), ("null", None), ("an empty one", [""]), ("a separator", ["a b", "\n"]), ("special characters", ["(", "1", "一"]),
                         ("Unicode", ["é", "字", "\U0001F600"]), ("overlapping", ["aa", "aba"]), ("one twice", ["ab", "ab"]), ("a long one", ["abcdefghijklmnopqrstuvwxyz"])):
        yield case(f"substrings: {name}", {"substrings": wanted}, texts("ab a b", "abab aab caaab", "a b\nab", "(ab) (x) 1a1 a1a", "一a a一a", "é e\u0301 caf\u00e9s", "x字x 字",
            "a\U0001F600b \U0001F600", "xabcdefghijklmnopqrstuvwxyz", "aba baab", "", *WORD_TEXTS))
    yield case("other words of the default language", {"lang": "zh"}, texts("a http b"))
    yield case("many words", {}, texts("http://a.b/c " * 400, "word " * 400 + "www", "x" * 600 + "http" + "y" * 600, "htt " * 500))
    for name, rows in HOSTILE.items():
        yield case(name, {"substrings": ["a", "\u00ad", "的"]}, texts(*rows))
    yield case("random mixtures", {}, texts(*random_texts(12, 800, PIECES, 20)))
    yield case("text_key", {"text_key": "content"}, [{"text": "a http", "content": "b http"}])
