# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, texts
from .document_simhash_deduplicator import WORDS, near_texts

OP = "document_minhash_deduplicator"


def cases():
    long = " ".join(WORDS)
    yield case("first row is kept", {}, texts(long, long + " end", long, "", long.upper()))
    yield case("short texts are all the same", {}, texts("", "a", "one two three four", "one two three four five", " ", "x y"))
    for window in (1, 2, 5, 12, 13):
        yield case(f"window_size {window}", {"window_size": window}, texts(long, long[:-1], "one", "one two", "", "two one", long + " " + long))
    yield case("only U+0020 parts words", {"window_size": 2}, texts("a b c", "a  b c ", " a b  c", "a\tb\tc", "a\nb c", "a\u00a0b c", "a\u3000b c", "a b\tc"))
    for lowercase in (True, False):
        yield case(f"lowercase {lowercase}", {"window_size": 1, "lowercase": lowercase}, texts("Abc", "abc", "ABC", "ΑΣ", "ας", "ασ", "İ", "i̇", "ß", "ẞ", "Ǆ", "ǆ"))
    for window in (1, 3):
        yield case(f"punctuation, window_size {window}", {"tokenization": "punctuation", "window_size": window}, texts(
            "a,b.c", "a,b,c", "a, b. c", "a b c", ",a,b,c", "a,b,c,", "a,,b,c", "", ",", ",,", ",,,", "a。b，c", "a“b”c", "a$b+c", "a§b¶c", "a_b-c"))
    for window in (1, 2, 5):
        yield case(f"character, window_size {window}", {"tokenization": "character", "window_size": window}, texts(
            "天地玄黄宇宙洪荒", "天地玄黄宇宙洪", "abcdef", "abcdefg", "abcde", "", " ", "a b c d e f", "é", "e\u0301", "\U0001F600\U0001F601\U0001F602", "天", "\x00\x01", "ab\ncd\tef"))
    yield case("ignore_pattern", {"ignore_pattern": r"\d+", "window_size": 1}, texts("page 1 of 10", "page 2 of 9", "page of", "page ٣ of", "book 1"))
    yield case("ignore_pattern: no DOTALL", {"ignore_pattern": r"x.*", "window_size": 1}, texts("a xb\n c", "a \n c", "a xb c", "a"))
    yield case("ignore_pattern: empty", {"ignore_pattern": "", "window_size": 1}, texts("a b", "a  b", "b a"))
    for permutations in (1, 2, 7, 8, 9, 64, 128, 300):
        yield case(f"{permutations} permutations", {"num_permutations": permutations, "window_size": 2}, texts(*near_texts(permutations, 5, 4, 8)))
    for threshold in (0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97, 1):
        yield case(f"threshold {threshold}", {"jaccard_threshold": threshold, "window_size": 2}, texts(*near_texts(int(threshold * 100), 5, 4, 10)))
    for bands, values in ((1, 256), (256, 1), (16, 16), (50, 5), (3, 7), (255, 1)):
        yield case(f"{bands} bands of {values}", {"num_bands": bands, "num_rows_per_band": values, "window_size": 2}, texts(*near_texts(bands, 5, 4, 10)))
    yield case("bands alone are not looked at", {"num_bands": 1, "window_size": 2}, texts(*near_texts(3, 5, 4, 10)))
    yield case("planted near-duplicates", {}, texts(*near_texts(77, 12, 4, 2)))
    yield case("planted near-duplicates, chains", {"window_size": 1, "jaccard_threshold": 0.5}, texts(*(" ".join(f"w{n}" for n in range(start, start + 40)) for start in (30, 0, 20, 10, 200, 100, 110))))
    for name, rows in HOSTILE.items():
        yield case(name, {"tokenization": "character", "window_size": 3}, texts(*rows, *reversed(rows)))
    yield case("one row", {}, texts("a"))
    yield case("text_key", {"text_key": "content", "window_size": 1}, [{"text": "a", "content": "x"}, {"text": "a", "content": "y"}, {"text": "b", "content": "x"}])
    yield case("sentencepiece without a model", {"tokenization": "sentencepiece"}, texts("a", "b"), fails=True)
    yield case("more bands than values", {"num_bands": 65, "num_rows_per_band": 4}, texts("a b c d e f", "g h i j k l", "m n o p q r"))
    yield case("a null text", {}, texts("a", None), fails=True)
