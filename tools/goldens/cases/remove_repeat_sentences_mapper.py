# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "remove_repeat_sentences_mapper"
PIECES = ["ab", "ab", "cd", "汉字", "汉字", ".", ".", "!", "?", "。", "！", "？", "…", "……", "’", "”", "\"", " ", " ", "\n", "{", "}", "6", "2", "é", "\u3000", "A", "\t", "-", "\U0001F600", "\x85"]
ROWS = texts("One two. One two. Three.", "One two.\nOne two.\nThree.", "a. a. a.", "ab. ab. ab.", "Yes! Yes? Yes.", "今天天气真不错。今天天气真不错。好！好！", "he said “stop.” he said “stop.” end", "x……x……x……y", "a…………b", "a......b......b", "ab...ab...ab",
    "No space.No space.No space.", "ONE two. one two.", "one, two. one two.", "6”6”6” 2’ab2’ab}”ab{”ab", "“ab。”“ab。”“ab。”", "ab.”.”.” ab", "ab.’cd.’cd.’cd", "", ".", "...", "\n\n", " \n ", "ab.\n\nab.\n", "\tab. ab.\u3000ab.", "é. é. éé. éé.", "  .  .  .  ",
    "1.5 and 1.5 and 1.5", "ab\x85cd. ab\x85cd. ", "\U0001F600\U0001F600. \U0001F600\U0001F600.", "ab ab. ab  ab. ab\tab.", "…”…”…” ab", "……’ab……’ab", "………ab………ab", "……!ab……!ab", "!……!……!", "Σας. ΣΑΣ. σας.", "İi. i̇i.")


def cases():
    yield case("defaults", {}, ROWS)
    yield case("lowercase", {"lowercase": True}, ROWS)
    yield case("special characters count", {"ignore_special_character": False}, ROWS)
    yield case("both", {"lowercase": True, "ignore_special_character": False}, ROWS)
    for length in (-1, 0, 1, 3, 8, 100):
        yield case(f"min_repeat_sentence_length {length}", {"min_repeat_sentence_length": length}, ROWS)
    yield case("long texts", {}, texts("The same again. " * 600, "".join(f"Sentence {n % 300}. " for n in range(1000)), "." * 500, "…" * 500, "ab" * 600, ".”" * 400, "x\n" * 500))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows, *(text + ". " + text + ". " for text in rows)))
    yield case("random mixtures", {}, texts(*random_texts(20, 1500, PIECES, 25)))
    yield case("random mixtures, special characters count", {"ignore_special_character": False, "min_repeat_sentence_length": 0}, texts(*random_texts(21, 800, PIECES, 25)))
    yield case("text_key", {"text_key": "content"}, [{"text": "ab. ab.", "content": "ab. ab."}])
