# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, case, random_texts, texts

OP = "punctuation_normalization_mapper"
MAPPED = "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►"
# Blocks with punctuation, in whole: what is beside the mapped characters stays.
BLOCKS = [(0x0, 0x180), (0x2000, 0x2070), (0x2200, 0x2260), (0x2500, 0x2600), (0x3000, 0x3100), (0xFE10, 0xFE70), (0xFF00, 0x10000)]


def cases():
    yield case("each character of the table", {}, texts(*MAPPED))
    yield case("all of them", {}, texts(MAPPED, MAPPED * 50, "".join(f"a{c}b" for c in MAPPED), "".join(f"字{c}" for c in MAPPED), "".join(f"{c}\u0301" for c in MAPPED)))
    yield case("blocks", {}, texts(*("".join(map(chr, range(first, end))) for first, end in BLOCKS)))
    yield case("spaces are not collapsed", {}, texts("a — b", "a—b", "——", "．．", "a． b", " … "))
    yield case("names and numbers", {}, texts("０１２３", "2011年１月１日", "《１９８４》", "１．１％", "“１”"))
    yield case("quotations", {}, texts("“a” ‘b’ „c“ «d» »e« ‹f› 「g」 『h』 《i》 〈j〉 〝k〟", "it’s ´x´ `y` ＇z＇", "\"'`", "¿qué? ¡sí!"))
    yield case("sentences", {}, texts("“你好”，世界！（真的？）——是；好：…", "「東京」は、日本の首都です。", "Он сказал: «Да — нет»…", "«Oui», dit-il – enfin", "مرحبا، كيف؟ نعم؛", "안녕, 세계!", "字，字。\r\n字、字"))
    yield case("forms of the same", {}, texts("-‐‑‒–—―−", "․‥…⋯", ":∶：︰", "~～〜∼", "▶►▸", "─━", "、､，,", "。｡．."))
    yield case("ASCII only", {}, texts("plain, \"text\" (with) [all] <the> marks: a-b; c... d? e! 100% ~x~", "\x00\x01\x7f"))
    yield case("long texts", {}, texts("word, " * 1500, "字，" * 1500, "—" * 1500, "あ" * 2000, "x" * 9000 + "—" + "y" * 9000, "é" * 2000 + "»", "．" * 1500))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
    yield case("emoji sequences", {}, texts(*EMOJI_SEQUENCES, *(f"“{e}”…{e}—" for e in EMOJI_SEQUENCES)))
    yield case("random mixtures", {}, texts(*random_texts(14, 700, [*MAPPED, *"abc é字あ€®　２‐😀\n\r", "plain words of ASCII text", "\u200d", "\u0301", "\x00", "ع"], 24)))
    yield case("other columns are untouched", {}, [{"id": 1, "note": "“a”", "text": "“a”", "list": ["—"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "“a”", "content": "“b”"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "“a”"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
