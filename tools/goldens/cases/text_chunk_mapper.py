# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "text_chunk_mapper"
PARAGRAPHS = ["a\n\nb\n\n\nc\n\n\n\nd", "no break", "", " \n\n ", "\n\n", "\n\na\n\n", "a\n\n \n\nb", "a\r\n\r\nb", "first\n\nsecond\n\nthird", "\n",
    "x\n \ny", "字\n\n字字"]


def steps(length, *others):
    """Texts of every length around the boundary."""
    return texts(*("abcdefghijklmnopqrstuvwxyz"[:n] for n in range(length)), *others)


def cases():
    yield case("defaults", {}, texts(*PARAGRAPHS))
    yield case("max_len and the default pattern", {"max_len": 5}, texts(*PARAGRAPHS, "abcd\n\nefgh", "abc\n\n\n\nefgh", "ab\n\ncdefgh", "abc\n\nd",
        "abc\n\nde", "     \n\nabc", "\n\n\n\n\n\n\n\n", "   "))
    yield case("max_len, no pattern", {"max_len": 4, "split_pattern": None}, steps(14, " " * 9, "\n\n\n\n\n"))
    yield case("max_len, pattern that never matches", {"max_len": 4, "split_pattern": "#"}, steps(14, " " * 9, "    abcd    ", "\n\n\n\n\n"))
    for overlap in (0, 1, 2, 3):
        yield case(f"overlap_len {overlap}, no pattern", {"max_len": 4, "overlap_len": overlap, "split_pattern": None}, steps(12))
        yield case(f"overlap_len {overlap}, forced cuts", {"max_len": 4, "overlap_len": overlap, "split_pattern": " "}, steps(12, "ab cdefghij",
        "abcd efgh", "a b c d e f", "    x    ", "abcde f"))
    yield case("overlap_len without max_len is ignored", {"overlap_len": 3}, texts("a\n\nb"))
    yield case("negative overlap_len skips", {"max_len": 2, "overlap_len": -1}, steps(9))
    yield case("negative overlap_len skips, no pattern", {"max_len": 2, "overlap_len": -1, "split_pattern": None}, steps(9))
    yield case("max_len 1", {"max_len": 1}, texts("", "a", "ab", "a b", "\n\n\n", "字\u0301"))
    yield case("max_len equal to the length, with a pattern in it", {"max_len": 6}, texts("ab\n\ncd", "ab\n\ncde"))
    yield case("the last match in the window counts", {"max_len": 12, "split_pattern": r"[.!?]\s"},
        texts("Hi. You there? Yes! OK no more text here. The end.", "One. Two. Three. Four. Five. Six. Seven. Eight."))
    yield case("a match cut by the window is not seen", {"max_len": 4, "split_pattern": "--"}, texts("abc--def", "ab--cdef", "a--b--c--d",
        "------------"))
    yield case("anchors see the window only", {"max_len": 4, "split_pattern": "c$|^a"}, texts("abcabcabc", "aaaaaaaaa", "xxcxxcxxc"))
    yield case("look-around sees the window only", {"max_len": 4, "split_pattern": r"(?<=d)(?=e)|b(?!$)"}, texts("abcdefgh", "abababab", "dededede"))
    yield case("blank chunks are dropped, a blank rest is not", {"max_len": 3, "split_pattern": ","}, texts("a, ,b,   ,c", "   ,   ,   ", "a,b,   ",
        "a,b,c,  ", ",,,,", "abc,", "\u3000\u3000\u3000\u3000"))
    yield case("captured groups are chunks", {"split_pattern": "(,)|(;)| "}, texts("a,b;c d", ",;", "a , b", "abc"))
    yield case("captured groups with max_len are none", {"max_len": 3, "split_pattern": "(,)|(;)"}, texts("a,b;c d", ",;", "a , b", "abcdef"))
    yield case("empty pattern", {"split_pattern": ""}, texts("abc", "a b", "", "字\u0301"))
    yield case("empty pattern with max_len", {"max_len": 2, "split_pattern": ""}, texts("abcde", "", "ab"))
    yield case("pattern that may be empty", {"split_pattern": "x*"}, texts("axxb", "xxx", "abc"))
    yield case("pattern that may be empty, with max_len", {"max_len": 2, "split_pattern": "x*"}, texts("axxbcd", "xxxxx", "abcde"))
    yield case("look-ahead", {"split_pattern": "(?=b)"}, texts("abab", "b", "bb"))
    yield case("word boundary", {"split_pattern": r"\b"}, texts("ab cd", "a-b", "字字 字", "e\u0301e"))
    yield case("dot does not match a line break", {"split_pattern": "."}, texts("a\nb", "ab", "\n\n", "a\r\nb", "a\u2028b", "a\x85b"))
    yield case("end of text, and before its last line break", {"split_pattern": "b$"}, texts("a\nb", "a\nb\n", "a\nb\n\n", "ab\nb"))
    yield case("inline flags", {"split_pattern": "(?im)^section .*$"}, texts("intro\nSection 1\none\nSECTION 2 x\ntwo\n", "none"))
    yield case("spaces of stdlib re", {"split_pattern": r"\s"}, texts("a b\tc", "a\x1cb\x1fc", "a\u00a0b\u3000c\x85d\u2028e",
        "a\u200bb\ufeffc\u180ed", "a\r\n\r\nb"))
    yield case("digits and word characters of stdlib re", {"split_pattern": r"\d+|\W+"}, texts("a1b٣c९d", "e\u0301f", "a_b-c.d", "a²b½c", "字、字",
        "a\u200db"))
    yield case("sentence ends of Chinese and Japanese", {"max_len": 16, "split_pattern": "[。！？]"}, texts("天地玄黄。宇宙洪荒！日月盈昃？辰宿列张。寒来暑往，秋收冬藏。",
        "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"))
    yield case("named groups and back references", {"split_pattern": r"(?P<q>['\"])[^'\"]*(?P=q)"}, texts("a'b'c\"d\"e", "a'b\"c"))
    yield case("code points are cut, not graphemes", {"max_len": 2, "split_pattern": None}, texts("\U0001F468\u200D\U0001F469\u200D\U0001F467",
        "e\u0301e\u0301e\u0301", "\U0001F1E9\U0001F1EA\U0001F1EB", "한국어", "a\U00020000b\U0002A6DF"))
    for name, rows in HOSTILE.items():
        yield case(name, {"max_len": 7, "overlap_len": 2, "split_pattern": r"\s+"}, texts(*rows))
    yield case("long texts", {"max_len": 1000, "overlap_len": 100}, texts("x" * 20000, ("line of text\n" * 30 + "\n") * 20, "字" * 1000, "字" * 1001))
    yield case("other columns are copied", {"max_len": 3, "split_pattern": None}, [
        {"id": 1, "before": {"a": [1, None]}, "text": "abcdefg", "after": 0.1, "__dj__stats__": {"text_len": 7}, "__dj__hash": "h"},
        {"id": 2, "before": {"a": []}, "text": "", "after": 1e300, "__dj__stats__": {"text_len": 0}, "__dj__hash": ""}])
    yield case("text_key", {"text_key": "content", "max_len": 2}, [{"text": "abcd", "content": "wxyz"}, {"text": "a", "content": ""}])
    yield case("every row vanishes", {}, texts("", "\n\n", "  "))
    yield case("random texts, max_len 7, overlap 2", {"max_len": 7, "overlap_len": 2}, texts(*random_texts(3, 150, ["a", "b", "\n", "\n\n", " ", "字"],
        24)))
    yield case("random texts, max_len 5, pattern", {"max_len": 5, "split_pattern": r"[ab]\n?|\s\s"}, texts(*random_texts(4, 150, ["a", "b", "\n",
        "\n\n", " ", "字"], 24)))
    yield case("random texts, pattern with groups", {"split_pattern": r"(a)?\n+|( )"}, texts(*random_texts(5, 150, ["a", "b", "\n", "\n\n", " ", "字"],
        16)))
    yield case("both null", {"split_pattern": None}, texts("a"), fails=True)
    yield case("overlap_len equal to max_len", {"max_len": 2, "overlap_len": 2}, texts("a"), fails=True)
    yield case("overlap_len above max_len", {"max_len": 2, "overlap_len": 3}, texts("a"), fails=True)
    yield case("max_len 0", {"max_len": 0}, texts("a"), fails=True)
    yield case("a pattern that does not compile", {"split_pattern": "("}, texts("a"), fails=True)
    yield case("a pattern that does not compile, on texts too short to need it", {"max_len": 10, "split_pattern": "("}, texts("a"))
    yield case("a match without progress", {"max_len": 2, "split_pattern": "^"}, texts("abc"), fails=True)
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "b"}}], fails=True)
    yield case("a null text", {"max_len": 2}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
