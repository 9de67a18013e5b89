#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records into tests/goldens/minhash.json what Data-Juicer 1.6.1 computes with for MinHash: bands for thresholds and lengths, the random functions,
signatures of tokens. Run by a Python that has requirements.txt: minhash.py
"""
import json
import pathlib
import struct

from data_juicer.ops.deduplicator import document_minhash_deduplicator as minhash

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "goldens" / "minhash.json"
THRESHOLDS = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1]
LENGTHS = [1, 2, 3, 7, 10, 16, 64, 100, 128, 256]
TEXTS = ["", "a", "a b", "one two three four five six seven", " ".join(str(n) for n in range(500)), "x" * 54 + " " + "y" * 55 + " " + "z" * 64, "字 é \U0001F600"]


def signature(text):
    operator = minhash.DocumentMinhashDeduplicator(window_size=1, num_permutations=300, num_bands=300, num_rows_per_band=1)
    return [struct.unpack(">Q", band)[0] for band in operator.compute_hash({"text": text})["__dj__minhash"]]


def main():
    operator = minhash.DocumentMinhashDeduplicator(num_permutations=300, num_bands=1, num_rows_per_band=1)
    recorded = {
        "bands": [[threshold, length, *minhash.optimal_param(threshold, length)] for threshold in THRESHOLDS for length in LENGTHS],
        "functions": [[int(factor), int(summand)] for factor, summand in zip(operator.perm_a, operator.perm_b)],
        "signatures": [[text, signature(text)] for text in TEXTS],
    }
    recorded["hashes"] = [minhash.sha1_hash32(bytes([ord("a") + length % 26]) * length) for length in range(400)]
    OUT.write_text(json.dumps(recorded) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
