# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, case, random_texts, texts

OP = "remove_repeat_sentences_mapper"
PIECES = ["a", "b", "One two", "one two", "字字", "。", "！", "？", ".", ".", "!", "?", "…", "……", "......", "’", "”", "“", " ", " ", "\n", "\n\n", "\r\n", "\t", "6", "{", "}", "2", "é", "\u3000", "\U0001F600", ","]
MARKS = texts("a.b", "a. a. a.", "a.. a.. a..", "a... a...", "a...... a...... a......", "a.......b.......b", "a!?a!?a", "a。a。a。b", "a！a？a！", "x…x…x", "x……x……x", "x………x………x", "x…………y…………y", "end.’ end.’ end.’", "“Go.” “Go.” he said.",
    "“Go!”“Go!”“Go!”", "a.’’a.’’a", "a.”", "a.’\nb", "6’6’6’ 2”2”2”", "{’a{’a}”b}”b", "…’x…’x…’x", "......’a......’a", ".’.’.’.", "a?”b?”b?” c", "no mark", "", ".", "...", ". . .", "a.\u3000a.\u3000a.", "3.14 3.14 3.14", "e.g. e.g. i.e. i.e.")
SENTENCES = texts("Buy now! It is cheap. Buy now!\nBuy now? Yes.", "One two. One two. ONE TWO. one two.", "First line.\nFirst line.\n\nFirst line.\n", "A long sentence here. Another one here. A long sentence here. Another one here.",
    "今天天气很好。今天天气很好！我们出去玩。", "他说：“今天天气很好。”她说：“今天天气很好。”", "Zwölf Boxer. Zwolf Boxer. Zwlf Boxer.", "Привет мир. Привет мир. Привет, мир!", "Yes. Yes. No. No. Indeed. Indeed.", "a b. ab. a  b. a\tb.",
    "  Leading. Leading.  \n\tLeading.", "same\nsame\nsame", "Same\rSame\r\nSame.", "x1. x1. x2.", "\u00A0A sentence.\u3000A sentence.", "ΟΔΟΣ. οδος. ΟΔΟΣ.")


def cases():
    for lower in (False, True):
        for ignore in (True, False):
            params = {"lowercase": lower, "ignore_special_character": ignore}
            yield case(f"marks, lowercase {lower}, ignore {ignore}", params, MARKS)
            yield case(f"sentences, lowercase {lower}, ignore {ignore}", params, SENTENCES)
            yield case(f"random mixtures, lowercase {lower}, ignore {ignore}", params, texts(*random_texts(35, 400, PIECES, 30)))
    for least in (-1, 0, 1, 3, 6, 1000):
        yield case(f"min_repeat_sentence_length {least}", {"min_repeat_sentence_length": least}, SENTENCES)
        yield case(f"marks, min_repeat_sentence_length {least}", {"min_repeat_sentence_length": least, "ignore_special_character": False}, MARKS)
    yield case("defaults", {}, SENTENCES)
    yield case("empty sentences count, empty lines do not", {"min_repeat_sentence_length": 0, "ignore_special_character": False}, texts("a\n\n \n\t\n b", *random_texts(38, 400, PIECES, 20)))
    for name, rows in HOSTILE.items():
        yield case(name, {"lowercase": True, "ignore_special_character": False}, texts(*rows, *(row + ". " + row + "." for row in rows)))
    yield case("emoji sequences", {"ignore_special_character": False}, texts(*EMOJI_SEQUENCES, *(f"{e}. {e}. {e}!" for e in EMOJI_SEQUENCES)))
    yield case("long texts", {}, texts("A word. " * 2000, "".join(f"Sentence {n % 700}. " for n in range(2000)), "." * 9000, "…" * 5000, "x" * 20000, "\n" * 5000, "a.’" * 3000))
    yield case("other columns are untouched", {}, [{"id": 1, "note": "aa. aa.", "text": "aa. aa.", "list": ["a"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "aa. aa.", "content": "bb. bb."}])
    yield case("tokenizer null", {"tokenizer": None}, texts("aa. aa."))
    yield case("tokenizer that is Python", {"tokenizer": "lambda text: text.split('. ')"}, texts("aa. aa"))
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "abc"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
