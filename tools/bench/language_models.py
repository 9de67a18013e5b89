#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes language models of a real size from a corpus: {lang}.sp.model (SentencePiece) and {lang}.arpa.bin (KenLM), as perplexity_filter takes them.

usage: language_models.py CORPUS.jsonl --lang en --out FOLDER --build-binary PROGRAM [--vocab 32000] [--order 5] [--max-mb 100] [--keep-once] [--form probing]
CORPUS as tools/corpus/make_corpus.py writes it. PROGRAM is KenLM's build_binary (the source package of kenlm on PyPI has it: cmake, target
build_binary). Needs the Python packages sentencepiece and numpy. N-grams that occur once are left out from the third order on, as is usual.
For 100 MB of text some 10 minutes and 8 GB of memory. The texts' licences come with the models: they are for measuring, not for giving away.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import sentencepiece

DISCOUNT = 0.75  # of absolute discounting; Ney, Essen, Kneser: On structuring probabilistic dependences (1994), section 2
TRAINING_LINES = 300_000
PRUNED_FROM = 3
LINES_PER_WRITE = 200_000


def texts_of(corpus, lang, max_bytes):
    with open(corpus, encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            if not str(row["meta"].get("lang", "")).startswith(lang) or row["meta"].get("form") == "html":
                continue
            max_bytes -= len(row["text"].encode(errors="replace"))
            if max_bytes < 0:
                return
            yield row["text"]


def train_tokenizer(texts, folder, lang, vocab):
    lines = (line[:4000] for text in texts for line in text.splitlines() if line.strip())
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=lines, model_prefix=str(folder / lang), vocab_size=vocab, model_type="unigram",
                                             input_sentence_size=TRAINING_LINES, shuffle_input_sentence=True, hard_vocab_limit=False, minloglevel=2)
    (folder / f"{lang}.model").rename(folder / f"{lang}.sp.model")
    (folder / f"{lang}.vocab").unlink()
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{lang}.sp.model"))


def count(stream, line_of, order, vocab, pruned_from):
    """Per order: the index of the n-gram at each position (-1: it would cross the end of a line), first positions, counts, index of the prefix."""
    found = []
    at = None
    for n in range(1, order + 1):
        last = len(stream) - n + 1
        inside = line_of[:last] == line_of[n - 1:]
        keys = stream[:last].astype(numpy.int64) if n == 1 else at[:last].astype(numpy.int64) * vocab + stream[n - 1:]
        positions = numpy.flatnonzero(inside & ((at[:last] >= 0) if n > 1 else True))
        unique, first, inverse, counts = numpy.unique(keys[positions], return_index=True, return_inverse=True, return_counts=True)
        kept = counts > 1 if n >= pruned_from else numpy.ones(len(unique), dtype=bool)
        renumbered = numpy.where(kept, numpy.cumsum(kept) - 1, -1)
        prefix = (unique // vocab)[kept] if n > 1 else None
        at = numpy.full(last, -1, dtype=numpy.int64)
        at[positions] = renumbered[inverse]
        found.append({"at": at, "first": positions[first[kept]], "counts": counts[kept], "prefix": prefix})
    return found


def estimate(found):
    """Log10 probabilities and backoffs per order: absolute discounting, interpolated."""
    below = None
    for n, grams in enumerate(found, 1):
        counts = grams["counts"].astype(numpy.float64)
        if n == 1:
            probability = counts / counts.sum()
        else:
            context = found[n - 2]
            followed = numpy.bincount(grams["prefix"], minlength=len(context["counts"]))
            occurrences = numpy.bincount(grams["prefix"], weights=counts, minlength=len(context["counts"]))
            # What the left out n-grams had goes to the lower order as well.
            whole = context["counts"].astype(numpy.float64)
            backoff = numpy.where(followed > 0, (DISCOUNT * followed + numpy.maximum(whole - occurrences, 0)) / whole, 1.0)
            context["backoff"] = numpy.log10(numpy.clip(backoff, 1e-6, 1.0))
            suffix = found[n - 2]["at"][grams["first"] + 1]
            probability = (counts - DISCOUNT) / whole[grams["prefix"]] + backoff[grams["prefix"]] * below[suffix]
        below = numpy.clip(probability, 1e-9, 1.0)
        grams["probability"] = numpy.log10(below)


def write_arpa(path, found, stream, pieces):
    with open(path, "w", encoding="utf-8") as out:
        out.write("\\data\\\n" + "".join(f"ngram {n}={len(grams['counts']) + (n == 1)}\n" for n, grams in enumerate(found, 1)))
        for n, grams in enumerate(found, 1):
            out.write(f"\n\\{n}-grams:\n" + ("-6\t<unk>\t0\n" if n == 1 else ""))
            backoffs = grams.get("backoff")
            for begin in range(0, len(grams["counts"]), LINES_PER_WRITE):
                end = min(begin + LINES_PER_WRITE, len(grams["counts"]))
                words = [[pieces[word] for word in stream[grams["first"][begin:end] + i]] for i in range(n)]
                tails = [""] * (end - begin) if backoffs is None else [f"\t{value:.5g}" for value in backoffs[begin:end]]
                out.write("".join(f"{p:.5g}\t{' '.join(gram)}{tail}\n" for p, gram, tail in zip(grams["probability"][begin:end], zip(*words), tails)))
        out.write("\n\\end\\\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--build-binary", type=pathlib.Path, required=True)
    parser.add_argument("--vocab", type=int, default=32000)
    parser.add_argument("--order", type=int, default=5)
    parser.add_argument("--max-mb", type=int, default=100)
    parser.add_argument("--keep-once", action="store_true", help="keep long n-grams that occur once: a file three times as large")
    parser.add_argument("--form", default="probing", help="arguments of build_binary: 'probing', 'trie', '-q 8 -b 8 trie'")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    model = options.out / f"{options.lang}.sp.model"
    wanted = options.max_mb * 1_000_000
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(model)) if model.exists() else train_tokenizer(
        texts_of(options.corpus, options.lang, wanted), options.out, options.lang, options.vocab)
    print(f"{model}: {tokenizer.get_piece_size()} pieces", file=sys.stderr)
    # Pieces beyond the vocabulary are one unknown word; beginning and end of a line get numbers of their own.
    size = tokenizer.get_piece_size()
    pieces = [tokenizer.id_to_piece(i) for i in range(size)] + ["<s>", "</s>"]
    pieces[tokenizer.unk_id()] = "<unk>"
    lines, numbers, unknown = [], [], tokenizer.unk_id()
    for number, text in enumerate(texts_of(options.corpus, options.lang, wanted)):
        ids = numpy.array(tokenizer.encode(text), dtype=numpy.int32)
        ids = ids[ids != unknown]  # the model's own <unk> stands for them
        lines.append(numpy.concatenate(([size], ids, [size + 1])).astype(numpy.int32))
        numbers.append(numpy.full(len(lines[-1]), number, dtype=numpy.int32))
    stream, line_of = numpy.concatenate(lines), numpy.concatenate(numbers)
    print(f"{len(stream):,} pieces in {len(lines):,} texts", file=sys.stderr)
    found = count(stream, line_of, options.order, size + 2, options.order + 1 if options.keep_once else PRUNED_FROM)
    estimate(found)
    print("n-grams: " + ", ".join(f"{len(grams['counts']):,}" for grams in found), file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=options.out) as scratch:
        arpa = pathlib.Path(scratch) / "model.arpa"
        write_arpa(arpa, found, stream, pieces)
        target = options.out / f"{options.lang}.arpa.bin"
        subprocess.run([options.build_binary, "-T", scratch + "/", *options.form.split(), arpa, target], check=True)
    print(f"{target}: {target.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
