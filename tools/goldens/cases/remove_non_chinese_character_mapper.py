# SPDX-License-Identifier: Apache-2.0
import itertools

from . import HOSTILE, case, random_texts, texts

OP = "remove_non_chinese_character_mapper"
ROWS = texts("汉字 ABC xyz 0189", "\u4dff\u4e00\u9fa5\u9fa6\u3400\U00020000", "".join(map(chr, range(128))), ".， ,-。%《*》/•、&＆(—)（+）：？!！“”·", "‘’；;：:「」【】—–-ー～~",
    "ＡＢＣａｂｃ０１２", "①②Ⅷ½²", "éßñ \u0301", "かなカナ한글", "\u3000\u00a0\u2009\u200b", "line\nbreak\ttab\r\n", "", "汉" * 500, "é" * 500, "汉é" * 400)


def cases():
    for alphabet, number, punc in itertools.product((True, False), repeat=3):
        yield case(f"alphabet {alphabet}, number {number}, punctuation {punc}", {"keep_alphabet": alphabet, "keep_number": number, "keep_punc": punc}, ROWS)
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
        yield case(f"{name}, Chinese only", {"keep_alphabet": False, "keep_number": False, "keep_punc": False}, texts(*rows))
    yield case("random mixtures", {}, texts(*random_texts(14, 300, ["汉", "字", "a", "1", "。", "é", "\n", "\U0001F600", "—", "-", "\u9fa6"], 15)))
    yield case("text_key", {"text_key": "content"}, [{"text": "é", "content": "é汉"}])
