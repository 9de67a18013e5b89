# SPDX-License-Identifier: Apache-2.0
# The word lists are those of tests/goldens/words: relative folders are seen from tests/goldens.
from . import WORD_TEXTS, around, case, every_row, random_texts, ranges, texts, tokenized

OP = "flagged_words_filter"
HERE = {"flagged_words_dir": "words/plain"}
STAIRS = ["the " * n + "cat " * (8 - n) for n in range(9)] + ["the cat cat", "the the cat", ""]
SENTENCES = [
    "The cat is on the mat, and the dog is not.", "THE CAT! (the) \"the\" the... 'the'", "thecat the-cat the\u00A0cat the\tcat\nthe", "cat", "the", "...", "", " \n\t", "der Hund und die Katze",
    "l'homme l' homme", "d'accord D\u2019accord", "\u00C9t\u00E9 \u00E9t\u00E9 e\u0301te\u0301 \u00C9T\u00C9", "\u7684 \u4F60\u7684 \u6211 \u4EEC \u6211\u4EEC", "\u6211 \u4EEC \u7684 \u4E66", "a a a b", "a b a b", "new york new york city",
    "\u0391\u03A3 \u03B1\u03C2 \u03B1\u03C3", "\u0130 i\u0307 i", "\U0001F600the\U0001F600 the\u200D", "the\x00 \x00the the\r\nthe\r", "the\u0301 the", "\u0939\u0948 \u0939\u0948\u0964 \u0939\u0948\u0964\u0964", "\u0645\u0646\u060C \u0645\u0646", "Stra\u00DFe STRASSE", "STOP stop Stop.", "1 2 the",
    "la la la", "\u65B0\u3057\u3044 \u65B0\u3057\u3044\u3002", "m\u1ED9t c\u00E1i m\u1ED9t", "x" * 300 + " the", "supercalifragilistic the",
]
PIECES = ["the ", "cat ", "The, ", "a ", "b ", "\u7684 ", "new ", "york ", ". ", "\n", "\u6211 ", "\u4EEC ", "is\t", "x", "and\r"]


def words_aug(sizes, join="", **more):
    return {**HERE, "use_words_aug": True, "words_aug_group_sizes": sizes, "words_aug_join_char": join, "min_ratio": 0.0, "max_ratio": 1.0, **more}


def cases():
    yield case("defaults", HERE, texts(*STAIRS, *SENTENCES))
    for test in ranges("min_ratio", "max_ratio", 0.25, 0.75, texts(*STAIRS)):
        yield {**test, "params": {**HERE, **test["params"]}}
    yield case("a third", {**HERE, "min_ratio": 1 / 3, "max_ratio": 1 / 3}, texts("the cat cat", "the the cat", "the the cat cat cat cat", "the cat cat cat"))
    yield case("ratios of integers", {**HERE, "min_ratio": 0, "max_ratio": 1}, texts(*STAIRS))
    for language in ("en", "de", "fr", "zh", "hi", "el", "empty", "all"):
        yield case(f"lang {language}", {**HERE, "lang": language, "min_ratio": 0.0, "max_ratio": 1.0}, texts(*SENTENCES))
    for folder in ("several", "with_all"):
        for language in ("en", "de", "all"):
            yield case(f"{folder} files, lang {language}", {"flagged_words_dir": f"words/{folder}", "lang": language, "min_ratio": 0.0, "max_ratio": 1.0}, texts(*SENTENCES))
    for sizes in ([2], [2, 3], [1], [5], [3, 2], [2, 2], [1, 2, 3, 4, 5], []):
        yield case(f"groups of {sizes}", words_aug(sizes), texts(*SENTENCES))
        yield case(f"groups of {sizes}, lang zh, joined by a blank", words_aug(sizes, " ", lang="zh"), texts(*SENTENCES, "new york", "new york city hall", "a b c d e f"))
    yield case("groups joined by two characters", words_aug([2], "\u0301-"), texts(*SENTENCES, "new york", "New, York! new"))
    yield case("groups joined by a special character", words_aug([2, 3], "_"), texts("new york city", "a b c", "a"))
    yield case("groups that are not used", {**HERE, "words_aug_group_sizes": [3], "words_aug_join_char": "-", "min_ratio": 0.0}, texts(*SENTENCES[:6]))
    yield from every_row({**HERE, "lang": "all", "min_ratio": 0.0, "max_ratio": 1.0}, WORD_TEXTS)
    yield case("random mixtures", {**HERE, "lang": "all", "min_ratio": 0.2, "max_ratio": 0.6}, texts(*random_texts(21, 200, PIECES, 24)))
    yield case("random mixtures, groups", words_aug([2, 3], lang="all", max_ratio=0.4), texts(*random_texts(22, 200, PIECES, 24)))
    yield case("long texts", {**HERE, "min_ratio": 0.0}, texts("the cat " * 2000, "the" * 5000, "the " * 8000, ". " * 5000 + "the"))
    for test in around("flagged_words_ratio", "min_ratio", 0.5, 0.25):
        yield {**test, "params": {**HERE, **test["params"]}}
    yield case("a language that is not in the lists", {**HERE, "lang": "xx"}, texts("the"), fails=True)
    yield case("a language that is not in the lists, on texts without words", {**HERE, "lang": "xx", "min_ratio": 0.0}, texts("", "..."))
    yield from tokenized({**HERE, "max_ratio": 0.1})
