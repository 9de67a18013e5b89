# SPDX-License-Identifier: Apache-2.0
from . import WORD_TEXTS, around, case, every_row, ranges, random_texts, texts

OP = "alphanumeric_filter"
STAIRS = ["a" * n + "." * (8 - n) for n in range(9)] + ["a." * 3 + ".", "a..", "aa.", ""]
PIECES = [chr(c) for c in (*range(32, 127), 0xAA, 0xB2, 0xBD, 0xB7, 0xD7, 0xDF, 0x2C0, 0x301, 0x345, 0x376, 0x660, 0x903, 0x93E, 0xE31, 0x2160, 0x2460, 0x24B6, 0x3007, 0x3021, 0x4E00, 0xA66F,
    0xFF11, 0x10140, 0x1D7CE, 0x1F100, 0x1F150, 0x20000, 0x1F600, 0x31350, 0xE0041)]

# Where letters, code points, NFC and tokens go apart; blanks and marks in front, behind and inside of words.
TOKEN_TEXTS = [
    "The quick brown fox doesn't jump; it's over.", "def run(self, *args):\n    if args:\n        return [a for a in args]\n\n", "for (int i = 0; i < 10; ++i) {\r\n\tx[i] += 0x1F;\r\n}\r\n",
    "import os\nimport sys\n\n\nclass A:\n" + "    pass\n" * 9, " " * 50, "  a   b    c     d" + " " * 30 + "e", "\t\t\n \n\t x", "a\u00A0b\u2003 c\u3000\u3000d\x85e\x1c f",
    "e\u0301te\u0301 n\u0303 A\u030A \u212B \u00C5 o\u0302\u0323 \u1ED9", "\u1100\u1161\u11A8 \uD55C\uAD6D\uC5B4 \u1112\u1161\u11AB", "\u0958\u093F \u0915\u093C\u093F \u0928\u094D\u0926", "\u05E9\u05C1\u05BC\u05B8\u05DC\u05D5\u05B9\u05DD", "\u0645\u064F\u062D\u064E\u0651\u0645\u062F",
    "<|endoftext|>", "a<|endoftext|>b <|endoftext|> c<|padding|>", "<|endoftext|><|endoftext|>", "<|endof text|> <|ENDOFTEXT|>", "x  <|endoftext|>  y", "don't DON'T we'll I'd they've you're 'tis ''s 'sx",
    "\u0967\u0968\u0969 \u00BD\u00B2\u2167 123456789 3.14159", "\U0001F468\u200D\U0001F469\u200D\U0001F467 \u2764\uFE0F 1\uFE0F\u20E3 \U0001F1E9\U0001F1EA", "\U00031350\U00010D4A\u1C89 \u1DF6\u0334 \U00011935\U00011930", "\x00\x01\x02 \x7f\x80\x9f \ufeff\u200b\ufffd",
    "ab" * 300, "\u4E2D\u6587\u5B57" * 80, "=" * 80 + "\n" + "-" * 79, "https://example.org/a_b?c=%20d&e=f#g", "x" * 47 + " " + "y" * 48 + " " + "z" * 49 + " " + "w" * 65,
]


def cases():
    yield case("defaults", {}, texts("", "a...", "a....", "....", "abc", "a b c", "123", "\u4E00\u4E8C", "\u0661\u0662", "\u00BD\u00B2\u2160\u2460"))
    yield from ranges("min_ratio", "max_ratio", 0.25, 0.75, texts(*STAIRS))
    yield case("a third", {"min_ratio": 1 / 3}, texts("a..", "aa....", "a." * 5 + "." * 5, "a" * 33 + "." * 67, "a" * 34 + "." * 66))
    yield case("ratios of integers", {"min_ratio": 0, "max_ratio": 1}, texts("a.", "...", "abc"))
    yield case("maximum is open to any", {"min_ratio": 0.5, "max_ratio": 10.5}, texts("a.", "abc"))
    yield case("kinds of characters", {"min_ratio": 0.5}, texts(*PIECES))
    yield case("combining marks are none", {"min_ratio": 0.5}, texts("e\u0301", "e\u0301\u0302", "\u0915\u093E", "\u0915\u093F\u0924\u093E\u092C", "\u0E44\u0E17\u0E22"))
    yield from every_row({"min_ratio": 0.0}, WORD_TEXTS)
    yield case("random mixtures", {"min_ratio": 0.6}, texts(*random_texts(12, 300, PIECES, 40)))
    yield case("long texts", {"min_ratio": 0.5}, texts("a" * 20000, "ab. " * 2999, "\u5B57\u3002" * 2999, "." * 8193 + "a" * 8192, "\u00E9 " * 3333))
    yield from around("alnum_ratio", "min_ratio", 0.5, 0.25)
    yield case("tokenized, defaults", {"tokenization": True}, texts(*TOKEN_TEXTS))
    for minimum, maximum in ((1.0, 2.0), (1.5, None), (None, 1.0)):
        yield case(f"tokenized, {minimum} to {maximum}", {"tokenization": True, "min_ratio": minimum, "max_ratio": maximum}, texts(*TOKEN_TEXTS, *STAIRS, ""))
    yield from ((dict(row, name=f"tokenized, {row['name']}")) for row in every_row({"tokenization": True, "min_ratio": 0.0}, WORD_TEXTS))
    yield case("tokenized, random mixtures", {"tokenization": True, "min_ratio": 0.6}, texts(*random_texts(13, 300, PIECES, 40)))
    yield case("tokenized, the stat of tokens is there", {"tokenization": True, "min_ratio": 0.5}, [{"text": "....", "__dj__stats__": {"alpha_token_ratio": 0.75}}, {"text": "word", "__dj__stats__": {"alpha_token_ratio": 0.25}}])
    yield case("tokenized, the stat of characters is there", {"tokenization": True, "min_ratio": 0.5}, [{"text": "....", "__dj__stats__": {"alnum_ratio": 0.75}}, {"text": "word", "__dj__stats__": {"alnum_ratio": 0.25}}])
