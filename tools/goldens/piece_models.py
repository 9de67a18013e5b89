#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small models of tests/goldens/piece_models, and records what the Python packages sentencepiece and kenlm say with them.

usage: piece_models.py [--train BUILD_BINARY] [--python PYTHON]
--train makes the models anew; BUILD_BINARY is KenLM's program of that name (the source package of kenlm has it). Else those that are there
are used. PYTHON has the packages sentencepiece and kenlm of requirements.txt. The texts are made of invented words, so that nobody's licence
comes with the models.
"""
import argparse
import collections
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import cases
from cases import perplexity_filter as perplexity
from language_models import ALPHABETS

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "tests" / "goldens" / "piece_models"

# What a tokenizer can do with a text: normalise it or not, keep spaces or not, know symbols and bytes, merge or choose.
TOKENIZERS = {
    "en": {"model_type": "unigram", "vocab_size": 380, "normalization_rule_name": "nmt_nfkc"},
    "de": {"model_type": "unigram", "vocab_size": 260, "normalization_rule_name": "identity", "remove_extra_whitespaces": False},
    "zh": {"model_type": "bpe", "vocab_size": 420, "normalization_rule_name": "identity", "byte_fallback": True, "user_defined_symbols": ["<sep>", "ha ha"]},
    "ru": {"model_type": "unigram", "vocab_size": 240, "normalization_rule_name": "identity"},
    # Of runs of one character, which can be cut in many ways that are equally good: which is taken is a matter of rounding.
    "runs": {"model_type": "unigram", "vocab_size": 70, "normalization_rule_name": "identity"},
}
# Each form of KenLM's file: words of an n-gram, arguments of build_binary, whether the text of the model says what is unknown.
NGRAMS = {
    "en": (4, ["probing"], True),
    "de": (3, ["-q", "6", "-b", "5", "-a", "7", "trie"], True),
    "zh": (2, ["trie"], True),
    "ru": (5, ["trie"], False),
    "rest": (3, ["-r", "REST", "probing"], True),
    "quantised": (4, ["-q", "8", "trie"], True),
    "array": (5, ["-a", "22", "trie"], True),
    "nowords": (3, ["-v", "-p", "1.2", "probing"], False),
}

# Texts as parts and how often each stands in a row; the longest have sums of scores beyond 100,000, where SentencePiece begins anew.
LONG_TEXTS = [
    [["=", 5]], [["=", 7], [" ", 1], ["-", 11]], [["a ", 1], ["~", 9], [" b", 1]], [["=", 3000]], [["=- ", 4000], ["..... ", 3000], ["=======", 1]],
    [["a=b ", 30000], ["-------", 9], [" ~~~~~ ", 2000], ["....", 5], ["=", 13]], [["\u2603", 20000], ["=====", 3], [" ", 2], ["-", 9]],
    [["et ao in ", 40000], ["=====", 7], [" =======", 5000]],
]

# Run where the Python packages are. A score is told by the bits of its float.
SPLIT = """
import json, sys
import sentencepiece
names, texts = json.load(sys.stdin)
models = {}
for name in names:
    models[name.split("/")[-1]] = sentencepiece.SentencePieceProcessor(model_file=name)
for text in texts:
    print(json.dumps({"text": text, "pieces": {name: model.encode_as_pieces(text) for name, model in models.items()}}))
"""
DIGEST = """
import hashlib, json, sys
import sentencepiece
names, texts = json.load(sys.stdin)
for parts in texts:
    text = "".join(part * count for part, count in parts)
    row = {"parts": parts}
    for name in names:
        pieces = sentencepiece.SentencePieceProcessor(model_file=name).encode_as_pieces(text)
        row[name.split("/")[-1]] = {"pieces": len(pieces), "md5": hashlib.md5("\\n".join(pieces).encode()).hexdigest()}
    print(json.dumps(row))
"""
SCORE = """
import json, struct, sys
import kenlm
names, sentences = json.load(sys.stdin)
models = {name.split("/")[-1]: kenlm.Model(name) for name in names}
for sentence in sentences:
    print(json.dumps({"sentence": sentence, "scores": {name: struct.pack(">f", model.score(sentence)).hex() for name, model in models.items()}}))
"""


def sentences(seed, count):
    source = random.Random(seed)
    words = []
    for letters in ALPHABETS.values():
        stems = ["".join(source.choices(letters, k=source.randint(1, 5))) for _ in range(12)]
        words.append(stems + [source.choice(stems) + source.choice(stems) for _ in range(24)])
    for _ in range(count):
        language = source.choice(words)
        said = [source.choice(language[:source.choice((3, 12, 36))]) for _ in range(source.randint(2, 12))]
        yield " ".join(said).capitalize() + source.choice((".", "?", "!", " 1, 2", ""))


def runs(seed, count):
    source = random.Random(seed)
    for _ in range(count):
        yield " ".join(source.choice("=-.~*ab") * source.choice((1, 2, 3, 4, 8, source.randint(1, 20))) for _ in range(source.randint(1, 6)))


def arpa(corpus, order, unknown):
    """A model of `corpus`, a list of lists of words, as text: interpolated absolute discounting, written with backoffs."""
    counts = [collections.Counter() for _ in range(order)]
    for words in corpus:
        line = ["<s>", *words, "</s>"]
        for n in range(1, order + 1):
            counts[n - 1].update(tuple(line[i:i + n]) for i in range(len(line) - n + 1))
    for n in range(2, order + 1):  # as real models are: rare long ones are left out, their beginnings and ends are not
        counts[n - 1] = collections.Counter({gram: c for gram, c in counts[n - 1].items() if c > 24 and all(gram[i:i + n - 1] in counts[n - 2] for i in (0, 1))})
    lines = ["\\data\\"] + [f"ngram {n}={len(counts[n - 1]) + (1 if n == 1 and unknown else 0)}" for n in range(1, order + 1)]
    total = sum(counts[0].values())
    for n in range(1, order + 1):
        lines += ["", f"\\{n}-grams:"] + (["-3.5\t<unk>\t0"] if n == 1 and unknown else [])
        for gram, count in sorted(counts[n - 1].items()):
            below = total if n == 1 else counts[n - 2][gram[:-1]]
            probability = -99.0 if gram == ("<s>",) else math.log10(max(count - 0.5, 0.25) / below)
            followed = sum(1 for other in counts[n] if other[:-1] == gram) if n < order else 0
            backoff = f"\t{math.log10(min(0.9, 0.5 * followed / count + 0.01)) if followed else 0:.6g}" if n < order else ""
            lines.append(f"{probability:.6g}\t{' '.join(gram)}{backoff}")
    return "\n".join(lines + ["", "\\end\\", ""])


def train_tokenizers(python, scratch):
    text = scratch / "text"
    for name, options in TOKENIZERS.items():
        text.write_text("".join(line + "\n" for line in (runs(7, 3000) if name == "runs" else sentences(7, 3000))), encoding="utf-8")
        call = {"input": str(text), "model_prefix": str(scratch / name), "hard_vocab_limit": False, "num_threads": 1, "minloglevel": 2, **options}
        subprocess.run([python, "-c", "import json, sys, sentencepiece; sentencepiece.SentencePieceTrainer.train(**json.load(sys.stdin))"], input=json.dumps(call), text=True, check=True)
        (FOLDER / f"{name}.sp.model").write_bytes((scratch / f"{name}.model").read_bytes())


def train_ngrams(python, build_binary, scratch):
    given = json.dumps([[str(FOLDER / f"{name}.sp.model") for name in TOKENIZERS], list(sentences(8, 320))])
    said = subprocess.run([python, "-c", SPLIT], input=given, text=True, stdout=subprocess.PIPE, check=True).stdout
    rows = [json.loads(line)["pieces"] for line in said.splitlines()]
    for name, (order, arguments, unknown) in NGRAMS.items():
        tokenizer = f"{name if name in TOKENIZERS else 'en'}.sp.model"
        # Without marks of its own a piece may look like anything; the file is one word a blank.
        corpus = [[piece for piece in row[tokenizer] if piece == "".join(piece.split()) and piece] for row in rows]
        model = scratch / f"{name}.arpa"
        model.write_text(arpa(corpus, order, unknown), encoding="utf-8")
        rest = scratch / "rest"
        lower = []
        for n in range(1, order):
            lower.append(scratch / f"{name}{n}.arpa")
            lower[-1].write_text(arpa(corpus, max(n, 1), unknown), encoding="utf-8")
        arguments = [" ".join(map(str, lower)) if argument == "REST" else argument for argument in arguments]
        out = FOLDER / f"{name}.arpa.bin"
        subprocess.run([build_binary, "-T", rest, *arguments, model, out], check=True, stderr=subprocess.DEVNULL)


def texts():
    given = [*(text for rows in cases.HOSTILE.values() for text in rows[:12] if len(text) < 300), *cases.WORD_TEXTS, *cases.EMOJI_SEQUENCES, *perplexity.TEXTS, *sentences(9, 40)]
    given += cases.random_texts(51, 80, perplexity.PIECES, 40)
    lines = list(sentences(10, 60))
    given += ["\n".join(lines), "".join(lines), "\u2581".join(lines[:20]), "ha ha".join(lines[:20])]
    return given


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--train", type=pathlib.Path, metavar="BUILD_BINARY")
    parser.add_argument("--python", type=pathlib.Path, default=sys.executable)
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if options.train:
        with tempfile.TemporaryDirectory() as scratch:
            train_tokenizers(options.python, pathlib.Path(scratch))
            train_ngrams(options.python, options.train, pathlib.Path(scratch))
    tokenizers = [str(FOLDER / f"{name}.sp.model") for name in TOKENIZERS if name != "runs"]
    with open(FOLDER / "pieces.jsonl", "w", encoding="ascii") as out:
        subprocess.run([options.python, "-c", SPLIT], input=json.dumps([tokenizers, texts()]), text=True, stdout=out, check=True)
    with open(FOLDER / "long.jsonl", "w", encoding="ascii") as out:
        names = [str(FOLDER / f"{name}.sp.model") for name in ("en", "ru", "runs")]
        subprocess.run([options.python, "-c", DIGEST], input=json.dumps([names, LONG_TEXTS]), text=True, stdout=out, check=True)
    pieces = [json.loads(line)["pieces"] for line in (FOLDER / "pieces.jsonl").read_text(encoding="ascii").splitlines()]
    said = [" ".join(words) for row in pieces[:-5] for words in row.values()]
    said += ["", "<unk>", "<UNK>", "<s>", "</s>", "<s> a </s>", " a  b\tc\u00A0d ", "\u2581" * 3]
    said += [" ".join(row["en.sp.model"][:300]) for row in pieces[-5:]]
    with open(FOLDER / "scores.jsonl", "w", encoding="ascii") as out:
        names = [str(FOLDER / f"{name}.arpa.bin") for name in NGRAMS]
        said = list(dict.fromkeys(line for line in said if "\0" not in line))[::5]
        subprocess.run([options.python, "-c", SCORE], input=json.dumps([names, said]), text=True, stdout=out, check=True)


if __name__ == "__main__":
    main()
