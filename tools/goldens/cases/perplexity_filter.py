# SPDX-License-Identifier: Apache-2.0
# With the models of tests/goldens/piece_models, a language for each.
from . import HOSTILE, LINE_BREAKS, NO_LINE_BREAKS, WORD_TEXTS, around, case, every_row, random_texts, ranges, texts
from .language_id_score_filter import LANGUAGES

OP = "perplexity_filter"
LANGS = ("en", "de", "zh", "ru")
ALL = {"min_ppl": 0, "max_ppl": 1e9}
TEXTS = [
    *LANGUAGES, "", " ", "\n", "\n\n a \n", "  two  spaces ", "\ttab\tseparated\t", "\u2581", "a\u2581b \u2581 c", "<s> </s> <unk>", "<sep>a<sep><sep> b", "ha ha ha ha", "haha ha  ha",
    "\u00A0nb\u00A0sp\u00A0", "\u3000\u5168\u89D2\u3000\uFF21\uFF22\uFF23", "\u00B4a a\u00B4 \u00B4", "\u00A8b c\u00A8", "\uFB01n \uFB03 \u2460 \u33A1", "e\u0301 \u00E9 \u1E9B\u0323", "\u200Ba\u200Bb\u200B", "\uFEFFbom",
    "\x00a\x00b \x00 c", "a\x01b\x7f", "a\x85b\u2028c\u2029d", "a\x1cb\x1dc\x1ed", "x\vy\fz", "\r\na\r\nb\r", "\U0001F600\U0001F601 \U0001F468\u200D\U0001F469", "\uE000\U0010FFFF", "0123456789", "WORD word Word",
]
PIECES = ["et ", "ao", "in ", " ", "  ", "\n", "\t", "\x00", "\u00A0", "\u3000", "\u2581", "\u00B4", "\u00A8", "\uFB01", "e\u0301", "\u0301", "\u4E00", "\u7684\u4E00", "\u043E\u0435 ", "\u03B1", "\U0001F600", "1", "-", ".", "<sep>", "ha ha", "</s>", "\x85", "\u2028", "\x1c", "\u200B", "shrd", "\u00DF", "\uAC00"]


def cases():
    yield case("defaults", {}, texts(*TEXTS))
    yield case("more than there is", {"max_ppl": 1e12}, texts(*TEXTS))
    for lang in LANGS:
        params = {**ALL, "lang": lang}
        yield case(f"lang {lang}", params, texts(*TEXTS))
        yield case(f"lang {lang}, hostile", params, texts(*[text for rows in HOSTILE.values() for text in rows], *WORD_TEXTS))
        yield case(f"lang {lang}, separators", params, texts(*[f"et ao{mark}in shrd{mark}" for mark in LINE_BREAKS + NO_LINE_BREAKS]))
        yield case(f"lang {lang}, random mixtures", params, texts(*random_texts(61, 150, PIECES, 30)))
        yield case(f"lang {lang}, long texts", params, texts("et ao " * 3000, "\u7684" * 3000, "a" * 20000, "\n".join(LANGUAGES * 20), " " * 3000 + "et", "x " * 5000, "".join(LANGUAGES) * 10, "\u2581" * 500))
    yield from ranges("min_ppl", "max_ppl", 100, 1000, texts(*TEXTS))
    yield from every_row(ALL, WORD_TEXTS)
    yield from around("perplexity", "max_ppl", 400, 900)
