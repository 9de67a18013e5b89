# SPDX-License-Identifier: Apache-2.0
"""The inputs of the operator goldens: one module an operator, each with OP and cases()."""
import random


def case(name, params, rows, fails=False):
    return {"name": name, "params": params, "input": rows, "fails": fails}


def texts(*values, **columns):
    """Rows with an id and a text; columns are constant in all of them."""
    return [{"id": number, "text": value, **columns} for number, value in enumerate(values)]


def random_texts(seed, count, pieces, most):
    """count texts of 0 to most pieces each; the same in every run."""
    source = random.Random(seed)
    return ["".join(source.choices(pieces, k=source.randint(0, most))) for _ in range(count)]


# Texts that no operator may choke on.
HOSTILE = {
    "empty": ["", " ", "\n", "\t \r\n", "\u3000", "\u200b", "\ufeff", "\x00"],
    "languages": [
        "The quick brown fox jumps over the lazy dog.", "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
        "敏捷的棕色狐狸跳过了懒狗。", "いろはにほへと　ちりぬるを", "키스의 고유조건은 입술끼리 만나야 하고", "نص حكيم له سر قاطع وذو شأن عظيم ١٢٣",
        "דג סקרן שט בים מאוכזב", "Съешь же ещё этих мягких французских булок", "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा",
        "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า",
        "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία ΟΔΟΣ", "Pijamalı hasta yağız şoföre çabucak güvendi İI ıi",
    ],
    "emoji and marks": [
        "family \U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466 flag \U0001F1E9\U0001F1EA tone \U0001F44D\U0001F3FD",
        "keycap 1\uFE0F\u20E3 heart \u2764\uFE0F",
        "e\u0301 a\u0308\u0323 o\u0302\u0301", "\u0301leading mark", "z" + "\u0335\u0321\u0356" * 8, "\U00020000\U0002A6DF\U00010348\U000E0001",
    ],
    "control characters": [
        "a\x00b\x01c\x1bd\x7fe", "one\r\ntwo\rthree\nfour", "nel\x85ls\u2028ps\u2029end", "\x1c\x1d\x1e\x1ffs\x1c\x1d\x1e\x1f",
        "\x0bvt\x0c ff\x0b\x0c",
        "\u202aembedded\u202c \u2066isolate\u2069 \u061c", "\x80\x9f\xad soft\u00adhyphen", "\ufffc object \ufffd \ufffe \uffff \U0010ffff",
    ],
}
EMOJI_SEQUENCES = [
    "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7", "1\uFE0F\u20E3#\uFE0F\u20E3*\u20E3", "\U0001F44D\U0001F3FD\U0001F44D",
    "\u2764\uFE0F\u200D\U0001F525 \u2764", "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "\u00A9\uFE0F \u00AE \u2122\uFE0F",
    "\U0001F600\U0001F600 a \U0001F600b\U0001F600",
]
# Each break that str.splitlines() knows, beside characters that are none.
LINE_BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
NO_LINE_BREAKS = ["\x1f", "\x00", "\t", "\x84", "\x86", "\u2027", "\u202A", "\u00A0", "\u3000", "\uFEFF", "\u0B85", "\u2E28"]
# Words are split on space, \n and \t only: everything else is inside of a word.
WORD_TEXTS = [
    "plain words of a line", "  many   spaces  ", "tab\tand\nline\r\nbreak\rx", "no\u00A0break\u00A0space two", "a\u3000b\u2003c\u200Ad e", "a\vb\fc\x1cd\x85e\u2028f g",
    "... !!! ???", "-- a -- b --", "\"quoted\" (bracketed) [x] {y} <z>", "don't re-do it's e-mail", "...a... ,b, \u201Cc\u201D \u00ABd\u00BB", "1 2 3 4.5 6,7", "a1 1a 1 12ab34",
    "\u00E9\u0301 \u0301a a\u0301 \u0301", "\u0391\u03A3 \u03A3\u0391\u03A3 \u03A3 \u0391\u03A3. \u0391\u03A3\u0391 .\u03A3. A\u0301\u03A3 \u03A3\u0301", "\u0130stanbul \u0130 \u0130\u0130 I\u0130I .\u0130. i\u0307", "STRASSE Stra\u00DFe \u1E9E \uFB01",
    "\U0001F600 hello\U0001F600 \U0001F600hello \U0001F600\U0001F600", "\u2764 \u2764\uFE0F \uFE0F x\uFE0F", "1\uFE0F\u20E3 #\uFE0F\u20E3 \u20E3", "\U0001F1E9\U0001F1EA \U0001F44D\U0001F3FD ok\U0001F44D\U0001F3FD",
    "\u0939\u093F\u0928\u094D\u0926\u0940 \u0915\u093E \u0940\u0915\u0940 \u094D", "\u0627\u0644\u0639\u0631\u0628\u064A\u0629\u060C \u0646\u0639\u0645\u061B \u0661\u0662\u0663 \u0647", "\u4F60\u597D\uFF0C\u4E16\u754C\u3002 \u3002\uFF01 \u4E00 \u3010\u4E2D\u3011", "\u30C4 \u30B7\u30C4 \u30FC\u30B7 \u30B3\u30FC",
    "\u0E32\u0E51 \u0E51\u0E01 \u09BE\u0995\u09BE", "\u0131 \u0131x x\u0131 \u00F8re \u03C0 \u03C0r \u0413\u0430 \u0413", "\u200Bzero\u200B width\u200D \uFEFFbom \u00ADsoft\u00AD", "\x00 a\x00 \x00a \x01 \x7f", "\x1f\x1e sep\x1f",
]


def ranges(low, high, minimum, maximum, rows):
    """Filters: each way to say what is kept; low and high are the names of the bounds."""
    for closed_low in (True, False):
        for closed_high in (True, False):
            for turned in (True, False):
                yield case(f"closed {closed_low} {closed_high}, reversed {turned}", {
                    low: minimum, high: maximum, "min_closed_interval": closed_low, "max_closed_interval": closed_high, "reversed_range": turned}, rows)
    yield case("minimum only", {low: minimum}, rows)
    yield case("maximum only", {low: 0, high: maximum}, rows)
    yield case("bounds equal", {low: minimum, high: minimum}, rows)
    yield case("bounds equal, open", {low: minimum, high: minimum, "min_closed_interval": False, "max_closed_interval": False}, rows)
    yield case("bounds crossed", {low: maximum, high: minimum}, rows)
    yield case("bounds crossed and reversed", {low: maximum, high: minimum, "reversed_range": True}, rows)
    yield case("minimum null", {low: None, high: maximum}, rows)
    yield case("maximum null", {low: minimum, high: None}, rows)
    yield case("both null, reversed", {low: None, high: None, "reversed_range": True}, rows)


def every_row(params, words=()):
    """The hostile texts, all kept, so that their stats are recorded."""
    for name, rows in HOSTILE.items():
        yield case(name, params, texts(*rows))
    yield case("emoji sequences", params, texts(*EMOJI_SEQUENCES))
    if words:
        yield case("words", params, texts(*words))


def tokenized(params, languages=("en", "de", "zh")):
    """Word filters: words are the pieces of the models in tests/goldens/piece_models."""
    rows = ["et ao in shrd. Et AO!", "", " ", "\n", "the of and", "\u2581", "et\nao\tin", "\u7684\u4E00\u662F \u7684\u4E00", "\u043E\u0435 \u0430\u0438", "\u2603\u2603 \U0001F600", "1 2 3 ...", "\u0130\u03A3 \uFB01", "et " * 400, "a\u00A0b\u3000c"]
    for language in languages:
        yield case(f"tokenized, {language}", {**params, "tokenization": True, "lang": language}, texts(*rows, *WORD_TEXTS))


def around(stat, low, value, other):
    """Cases of a row's own making: stats that are there, another text field, texts that are none."""
    yield case("a stat that is there is used, not the text", {low: value}, [
        {"text": "x y " * 9, "__dj__stats__": {stat: other}}, {"text": "", "__dj__stats__": {stat: value}}])
    yield case("text_key", {"text_key": "content", low: value}, [{"text": "", "content": "the first of the texts"}, {"text": "x y z", "content": ""}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "a text of some words in a field of a field"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
