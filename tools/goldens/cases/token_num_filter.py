# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, WORD_TEXTS, around, case, every_row, ranges, texts
from .alphanumeric_filter import TOKEN_TEXTS

OP = "token_num_filter"
STAIRS = ["", "a", "ab", "the", " the", "x = 1", "def f():", "    return", "\n\n", "<|endoftext|>", "one two three"]


def cases():
    yield case("defaults", {}, texts(*STAIRS, *TOKEN_TEXTS))
    yield case("named as by default", {"hf_tokenizer": "EleutherAI/pythia-6.9b-deduped"}, texts(*STAIRS))
    yield from ranges("min_num", "max_num", 2, 4, texts(*STAIRS))
    yield from every_row({"min_num": 0}, WORD_TEXTS)
    yield case("all kinds at once", {"min_num": 0}, texts("\n".join(text for rows in HOSTILE.values() for text in rows)))
    yield from around("num_token", "min_num", 4, 3)
