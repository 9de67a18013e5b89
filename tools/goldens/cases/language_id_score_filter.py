# SPDX-License-Identifier: Apache-2.0
# Recorded with lid.176.ftz in the place of lid.176.bin: it is the one that a package registry has.
from . import HOSTILE, LINE_BREAKS, NO_LINE_BREAKS, WORD_TEXTS, around, case, every_row, random_texts, ranges, texts

OP = "language_id_score_filter"
ALL = {"min_score": 0.0}
LANGUAGES = [
    "This is a sentence in English, as anyone can see.", "Das ist ein Satz in deutscher Sprache.", "Ceci est une phrase en fran\u00E7ais, bien s\u00FBr.", "Esta es una frase en espa\u00F1ol.",
    "Questa \u00E8 una frase in italiano.", "Esta \u00E9 uma frase em portugu\u00EAs.", "Dit is een zin in het Nederlands.", "To jest zdanie w j\u0119zyku polskim.", "Toto je v\u011Bta v \u010De\u0161tin\u011B.",
    "Det h\u00E4r \u00E4r en mening p\u00E5 svenska.", "Dette er en s\u00E6tning p\u00E5 dansk.", "T\u00E4m\u00E4 on suomenkielinen lause.", "Ez egy magyar mondat.", "Bu T\u00FCrk\u00E7e bir c\u00FCmledir.",
    "\u042D\u0442\u043E \u043F\u0440\u0435\u0434\u043B\u043E\u0436\u0435\u043D\u0438\u0435 \u043D\u0430 \u0440\u0443\u0441\u0441\u043A\u043E\u043C \u044F\u0437\u044B\u043A\u0435.", "\u0426\u0435 \u0440\u0435\u0447\u0435\u043D\u043D\u044F \u0443\u043A\u0440\u0430\u0457\u043D\u0441\u044C\u043A\u043E\u044E \u043C\u043E\u0432\u043E\u044E.",
    "\u0391\u03C5\u03C4\u03AE \u03B5\u03AF\u03BD\u03B1\u03B9 \u03BC\u03B9\u03B1 \u03C0\u03C1\u03CC\u03C4\u03B1\u03C3\u03B7.", "\u4ECA\u5929\u5929\u6C14\u5F88\u597D\uFF0C\u6211\u4EEC\u53BB\u516C\u56ED\u5427\u3002", "\u4ECA\u65E5\u306F\u5929\u6C17\u304C\u3044\u3044\u3067\u3059\u306D\u3002",
    "\uC624\uB298\uC740 \uB0A0\uC528\uAC00 \uC88B\uB2E4.", "\u0647\u0630\u0647 \u062C\u0645\u0644\u0629 \u0628\u0627\u0644\u0644\u063A\u0629 \u0627\u0644\u0639\u0631\u0628\u064A\u0629.", "\u05D6\u05D4\u05D5 \u05DE\u05E9\u05E4\u05D8 \u05D1\u05E2\u05D1\u05E8\u05D9\u05EA.",
    "\u092F\u0939 \u0939\u093F\u0902\u0926\u0940 \u092E\u0947\u0902 \u090F\u0915 \u0935\u093E\u0915\u094D\u092F \u0939\u0948\u0964", "\u0E19\u0E35\u0E48\u0E04\u0E37\u0E2D\u0E1B\u0E23\u0E30\u0E42\u0E22\u0E04\u0E20\u0E32\u0E29\u0E32\u0E44\u0E17\u0E22", "\u0110\u00E2y l\u00E0 m\u1ED9t c\u00E2u ti\u1EBFng Vi\u1EC7t.",
]
ODD = [
    "</s>", "This is English </s> \u042D\u0442\u043E \u043F\u043E-\u0440\u0443\u0441\u0441\u043A\u0438", "</S> Ceci est", "__label__de this is English", "__label__xx", "__LABEL__de der Hund", "x__label__de", "<", ">", "<a>", "\u0130stanbul \u0130\u0130 I\u0130", "\u1E9E \u0391\u03A3 \u03A3",
    "the", "de", "0", "1 2 3", "http://example.com/a?b=c", "int main(void) { return 0; }", "\x00the\x00cat\x00", "a\x00b \x00 c", "\ue000\ue001", "A" * 16, "a" * 17, "\u00E9" * 8, "\u00E9" * 9, "abcdefghijklmnop q", "the the the the the the the the",
]
PIECES = ["the ", "der ", "la ", "\u0438 ", "\u7684", "\u3067\u3059", "cat", " ", "\n", "\t", "\x00", "ing ", "ung ", "ci\u00F3n ", "\u043E\u0432 ", "\u03B9 ", "\U0001F600", "\u0301", "1", "-", "\u0E04", "\uAC00 ", "\u0627\u0644", "</s>", "\v", "\x85", "\u2028", "X"]


def cases():
    yield case("defaults", {}, texts(*LANGUAGES))
    for test in ranges("min_score", "max_score", 0.5, 0.9, texts(*LANGUAGES)):
        params = {key: value for key, value in test["params"].items() if key != "max_score"}
        yield {**test, "params": params}
    for language in ("en", "zh", "xx", "", None, [], ["en"], ["de", "fr", "ja"], ["xx", "ru"], ["EN"], ["__label__en"]):
        yield case(f"lang {language!r}", {"lang": language, "min_score": 0.3}, texts(*LANGUAGES))
    yield case("lang, reversed", {"lang": ["en", "de"], "min_score": 0.9, "reversed_range": True}, texts(*LANGUAGES))
    yield case("a score of an integer", {"min_score": 1}, texts(*LANGUAGES))
    yield case("below any score", {"min_score": -1}, texts(*LANGUAGES[:3], ""))
    yield case("odd texts", ALL, texts(*ODD))
    yield from every_row(ALL, WORD_TEXTS)
    yield case("separators", ALL, texts(*[f"der Hund{mark}die Katze{mark}" for mark in LINE_BREAKS + NO_LINE_BREAKS]))
    yield case("upper case", ALL, texts(*[text.upper() for text in LANGUAGES]))
    yield case("several languages", ALL, texts(*[" ".join(LANGUAGES[i:i + 3]) for i in range(len(LANGUAGES))], "\n".join(LANGUAGES), "".join(LANGUAGES)))
    yield case("pieces of words", ALL, texts(*[text[i:j] for text in LANGUAGES[::3] for i, j in ((0, 1), (0, 2), (1, 4), (2, 9), (3, 20))]))
    yield case("random mixtures", ALL, texts(*random_texts(31, 200, PIECES, 30)))
    yield case("long texts", ALL, texts("the cat " * 1500, "\u7684" * 2000, "a" * 6000, "\u0438 " * 1000, "".join(LANGUAGES) * 4, " " * 2000 + "der", "\n".join(HOSTILE["languages"]) * 4))
    for test in around("lang_score", "min_score", 0.5, 0.25):
        if "a stat that is there" not in test["name"]:  # with one of two stats both are computed
            yield test
    yield case("both stats are there and are used, not the text", {"lang": "xx", "min_score": 0.5}, [
        {"text": LANGUAGES[0], "__dj__stats__": {"lang": lang, "lang_score": score}} for lang, score in (("xx", 0.5), ("en", 0.9), ("xx", 0.4))])
