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
