#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small tokenizers of tests/goldens/bpe_models, and records what the Python package tokenizers says with them.

usage: bpe_models.py [--train] [--random COUNT --out FILE]
With a Python that has the packages of requirements.txt. --train makes the tokenizers anew, else those that are there are used. They are
trained on invented words and on the project's own scripts, so that nobody's licence comes with them. --random writes what is
said of that many made-up texts to FILE, for the unit test of the tokenizer (DJ_TOKEN_SAMPLES=FILE), instead of the recorded sample.
"""
import argparse
import json
import pathlib
import random

import cases
from language_models import ALPHABETS
from piece_models import sentences
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "tests" / "goldens" / "bpe_models"
TAIL = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s|" + TAIL

# What the random texts are made of: what patterns, normalisation and added tokens could take in more than one way.
PIECES = [
    *"'''    \n\n\r\t\v\f\x00\x1c\x1f\x7f\x85\xa0", *"aZst09.,-_/()[]{}<>|=+*#\"\\", "\u2003", "\u2028", "\u3000", "'s", "'S", "'T", "'ll", "'Ll", "'RE", "'ve", "'d", "'M", "'\u017F", "'l",
    " the", "the ", "def ", "return", "    ", "  ", "   ", "\r\n", "\n\n", "\n    ", "import os", "self.", "123", "4567", "3.14", "e\u0301", "\u0301", "\u0323\u0302", "\u0302\u0323", "\u1E0B\u0323",
    "\u00E9", "\u212B", "\u1100\u1161\u11A8", "\u1161", "\uD55C\uAD6D", "\u0915\u093C", "\u0958", "\u093F\u0928\u094D\u0926", "\u0E44\u0E17\u0E22\u0E49", "\u0627\u064E\u0651", "\u05E9\u05C1\u05BC", "\u4E2D\u6587", "\u3002", "\uFF0C",
    "\u043F\u0440\u0438", "\u0391\u03A3", "\u0660\u0661", "\u00BD\u00B2", "\u2167", "\u3007", "\U0001F600", "\U0001F468\u200D\U0001F469", "\U0001F1E9\U0001F1EA", "\u2764\uFE0F", "1\uFE0F\u20E3", "\uFFFD", "\uFFFF", "\U0010FFFF",
    "\u0E3A\u0E4C", "\u1DF6\u0334", "\u1133B\u0334", "\U0001E2EC\u0301", "\U00011935\U00011930", "\U00016130", "\U00010D4A", "\U00031350", "\u1C89", "\u0378", "\U0001DF25",
    "<|endoftext|>", "<|endof", "text|>", "<|padding|>", "<|end|>", "<mask>", "word", "WORD", "\u00C5ngstr", "A\u030Angstr",
]


def corpus():
    lines = list(sentences(17, 1500))
    lines += [line for path in sorted(HERE.parent.rglob("*.py")) for line in path.read_text(encoding="utf-8").splitlines(keepends=True)]
    lines += [text for rows in cases.HOSTILE.values() for text in rows] * 3 + cases.WORD_TEXTS * 3
    lines += ["".join(letters) for letters in ALPHABETS.values()]
    return lines


def trained(name, size, pre_tokenizer, normalizer, added):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False))
    for token in added:
        (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
    said = json.loads(tokenizer.to_str())
    if name == "neox":  # as older files have it
        said["model"]["merges"] = [" ".join(pair) for pair in said["model"]["merges"]]
    if name == "llama3":
        said["model"]["ignore_merges"] = True
        said["model"]["merges"] = [pair for pair in said["model"]["merges"] if pair != ["t", "he"] and "return" not in "".join(pair)]
    (FOLDER / f"{name}.json").write_text(json.dumps(said, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="ascii")


def train():
    FOLDER.mkdir(parents=True, exist_ok=True)
    blanks = [AddedToken(" " * count, normalized=True) for count in range(24, 1, -1)]
    ends = [AddedToken(text, special=True, normalized=False) for text in ("<|endoftext|>", "<|padding|>")]
    trained("neox", 1900, pre_tokenizers.ByteLevel(add_prefix_space=False), normalizers.NFC(), ends + blanks)

    def split(digits):
        by_pattern = pre_tokenizers.Split(Regex(SPLIT % digits), "isolated")
        return pre_tokenizers.Sequence([by_pattern, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])

    trained("llama3", 900, split("{1,3}"), None, [*ends, AddedToken("<|end|>", special=True, normalized=False, rstrip=True)])
    odd = [AddedToken("word", single_word=True, normalized=True), AddedToken("<mask>", lstrip=True, normalized=False, special=True), AddedToken("\n\n", normalized=False),
           AddedToken("A\u030Angstr", normalized=True), AddedToken("  ", rstrip=True, lstrip=True, normalized=True), AddedToken("the ", rstrip=True, normalized=False)]
    trained("qwen2", 800, split(""), normalizers.Sequence([normalizers.NFC()]), ends + odd)


def texts():
    given = [*(text for rows in cases.HOSTILE.values() for text in rows), *cases.WORD_TEXTS, *cases.EMOJI_SEQUENCES]
    given += random_texts(61, 260)
    given += [(HERE / "record.py").read_text(encoding="utf-8")[:3000], "".join(sentences(19, 40)), "ab" * 700, " " * 333, "\u4E2D" * 200 + "e\u0301" * 200]
    return given


def random_texts(seed, count):
    """Mixtures of PIECES, and of any characters at all."""
    source = random.Random(seed)
    for number in range(count):
        if number % 8 == 7:
            points = [source.choice((source.randrange(0x80), source.randrange(0x3000), source.randrange(0x110000))) for _ in range(source.randint(1, 24))]
            yield "".join(chr(point) for point in points if not 0xD800 <= point < 0xE000)
        else:
            yield "".join(source.choices(PIECES, k=source.randint(0, 30)))


def record(path, given):
    tokenizers = {name: Tokenizer.from_file(str(FOLDER / f"{name}.json")) for name in ("neox", "llama3", "qwen2")}
    with open(path, "w", encoding="ascii") as out:
        for text in given:
            ids = {name: tokenizer.encode(text, add_special_tokens=False).ids for name, tokenizer in tokenizers.items()}
            out.write(json.dumps({"text": text, "ids": ids}, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--random", type=int, metavar="COUNT")
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    if (options.random is None) != (options.out is None):
        parser.error("--random and --out belong together")
    if options.train:
        train()
    if options.random is None:
        record(FOLDER / "tokens.jsonl", texts())
    else:
        record(options.out, random_texts(71, options.random))


if __name__ == "__main__":
    main()
