# SPDX-License-Identifier: Apache-2.0
import random

from . import HOSTILE, case, texts

OP = "document_simhash_deduplicator"
WORDS = "one two three four five six seven eight nine ten eleven twelve".split()


def near_texts(seed, clusters, copies, changes):
    """Texts of many words, each with copies in which a few words differ; in random order."""
    rng = random.Random(seed)
    made = []
    for _ in range(clusters):
        words = [rng.choice(WORDS) + str(rng.randrange(50)) for _ in range(40)]
        for _ in range(copies):
            copy = list(words)
            for _ in range(rng.randrange(changes + 1)):
                copy[rng.randrange(len(copy))] = "changed"
            made.append(" ".join(copy))
    rng.shuffle(made)
    return made


def cases():
    long = " ".join(WORDS)
    yield case("first row is kept", {}, texts(long, long + " end", long, "", long.upper()))
    yield case("short texts all have fingerprint 0", {}, texts("", "a", "one two three four five", "one two three four five six", " ", "x y"))
    for window in (1, 2, 5, 6, 12, 13):
        yield case(f"window_size {window}", {"window_size": window}, texts(long, long[:-1], "one", "one two", "", "two one", long + " " + long))
    yield case("only U+0020 parts words", {"window_size": 2}, texts("a b c", "a  b c ", " a b  c", "a\tb\tc", "a\nb c", "a\u00a0b c", "a\u3000b c", "a b\tc"))
    for lowercase in (True, False):
        yield case(f"lowercase {lowercase}", {"window_size": 1, "lowercase": lowercase}, texts("Abc", "abc", "ABC", "ΑΣ", "ας", "ασ", "İ", "i̇", "ß", "ẞ", "Ǆ", "ǆ"))
    for window in (1, 3):
        yield case(f"punctuation, window_size {window}", {"tokenization": "punctuation", "window_size": window}, texts(
            "a,b.c", "a,b,c", "a, b. c", "a b c", ",a,b,c", "a,b,c,", "a,,b,c", "", ",", ",,", ",,,", "a。b，c", "a“b”c", "a–b—c", "a$b+c", "a§b¶c", "a_b-c",
            "a\u1b4eb\u2e60c", "a\U0001e5ffb\U00011b00c", "a¡b¿c", "a٪b،c", "a^b`c", "a|b~c", "a<b>c", "a=b c"))
    for window in (1, 2, 6):
        yield case(f"character, window_size {window}", {"tokenization": "character", "window_size": window}, texts(
            "天地玄黄宇宙洪荒", "天地玄黄宇宙洪", "abcdef", "abcdefg", "abcde", "", " ", "a b c d e f", "é", "e\u0301", "\U0001F600\U0001F601\U0001F602", "天", "\x00\x01", "ab\ncd\tef"))
    yield case("ignore_pattern", {"ignore_pattern": r"\d+", "window_size": 1}, texts("page 1 of 10", "page 2 of 9", "page of", "page ٣ of", "book 1"))
    yield case("ignore_pattern: no DOTALL", {"ignore_pattern": r"x.*", "window_size": 1}, texts("a xb\n c", "a \n c", "a xb c", "a"))
    yield case("ignore_pattern: quotes are part of it", {"ignore_pattern": "r'a'", "window_size": 1}, texts("a b", "r'a' b", " b"))
    yield case("ignore_pattern: empty", {"ignore_pattern": "", "window_size": 1}, texts("a b", "a  b", "b a"))
    yield case("ignore_pattern takes punctuation away", {"tokenization": "punctuation", "ignore_pattern": r"\p{P}", "window_size": 1}, texts("a,b", "ab", "a b", "b,a"))
    yield case("ignore_pattern sees lower case", {"ignore_pattern": "[A-Z]", "window_size": 1}, texts("Ab c", "b c", "ab c"))
    for length in (54, 55, 56, 57, 63, 64, 65, 118, 119, 120, 183, 184, 247, 248, 249, 311, 312, 1000, 5000):
        yield case(f"tokens of {length} bytes", {"window_size": 1}, texts("x" * length, "x" * (length - 1), "y " + "x" * length))
    yield case("more tokens than lanes and than a byte counts", {"window_size": 1}, texts(*(" ".join(f"w{n}" for n in range(count)) for count in (
        15, 16, 17, 31, 32, 33, 254, 255, 256, 257, 511, 1000))))
    yield case("equal tokens many times", {"window_size": 1}, texts("a " * 254, "a " * 255, "a " * 256, "a " * 600, "b", "a b", "a b a"))
    for distance, blocks in ((1, 2), (3, 4), (4, 5), (4, 6), (4, 9), (8, 9), (12, 13), (30, 31), (63, 64)):
        yield case(f"distance {distance}, {blocks} blocks", {"hamming_distance": distance, "num_blocks": blocks, "window_size": 1}, texts(*near_texts(distance, 6, 4, 4)))
    yield case("planted near-duplicates", {}, texts(*near_texts(77, 12, 4, 1)))
    yield case("planted near-duplicates, wide", {"hamming_distance": 10, "num_blocks": 12}, texts(*near_texts(78, 12, 4, 1)))
    yield case("hashes that are there are used: a chain of links", {}, [{"text": "t", "__dj__simhash": str(value)} for value in (
        0xFFF, 0xFF, 0xF, 0, 0xFFFF, 1 << 40, (1 << 64) - 1, (1 << 64) - 16, 0xF0F0F0F0, 0xF0F0F0F1, 0)])
    yield case("linked by a row that comes later", {}, [{"text": "t", "__dj__simhash": str(value)} for value in (0, 0xFF, 0xF, 0xFFFFFFFF, 0xFFFFFF00)])
    yield case("hash 0 and near it", {}, [{"text": "t", "__dj__simhash": str(value)} for value in (1, 0, 31, 3, 0, 1 << 63, (1 << 63) + 15)])
    for name, rows in HOSTILE.items():
        yield case(name, {"tokenization": "character", "window_size": 3}, texts(*rows, *reversed(rows)))
    yield case("one row", {}, texts("a"))
    yield case("text_key", {"text_key": "content", "window_size": 1}, [{"text": "a", "content": "x"}, {"text": "a", "content": "y"}, {"text": "b", "content": "x"}])
    yield case("sentencepiece is none of its tokenizations", {"tokenization": "sentencepiece"}, texts("a", "b"), fails=True)
    yield case("distance as great as num_blocks", {"hamming_distance": 4, "num_blocks": 4}, texts("a", "b"), fails=True)
    yield case("more than 64 blocks", {"num_blocks": 65}, texts("a", "b"), fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
