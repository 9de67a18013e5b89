#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast operators of py-data-juicer 1.6.1 are on one core, in MB of text a second of its own processor time: what stands beside op_benchmark.

usage: peer_operators.py CORPUS.jsonl [--sample-mb 16] [--models DIR] NAME[={"parameter": value}]...
Run by a Python that has tools/goldens/requirements.txt, on rows evenly spread over the corpus. DIR is a folder of models as Data-Juicer keeps
them (DATA_JUICER_MODELS_CACHE). The operators are called in batches of 1,000 rows, without the reading, copying and writing of a job.
"""
import argparse
import json
import os
import statistics
import time

ROUNDS = 3


def sample(path, wanted):
    texts, taken, seen, size = [], 0, 0, os.path.getsize(path)
    with open(path, "rb") as lines:
        for line in lines:
            seen += len(line)
            if size > wanted and taken * size > seen * wanted:
                continue
            taken += len(line)
            texts.append(json.loads(line)["text"])
    return texts


def measure(name, parameters, texts):
    from data_juicer.ops.base_op import OPERATORS  # pylint: disable=import-outside-toplevel
    from data_juicer.utils.constant import Fields  # pylint: disable=import-outside-toplevel

    operator = OPERATORS.modules[name](**parameters)
    call = getattr(operator, {"filter": "compute_stats", "mapper": "process", "deduplicator": "compute_hash"}[name.rsplit("_", 1)[1]])

    def run(rows):
        if operator.is_batched_op():
            for begin in range(0, len(rows), 1000):
                batch = rows[begin:begin + 1000]
                call({"text": list(batch), Fields.stats: [{} for _ in batch]})
        else:
            for text in rows:
                call({"text": text, Fields.stats: {}})

    run(texts[:2])  # loads the models
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    speeds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        run(texts)
        speeds.append(size / 1e6 / (time.process_time() - begin))
    return statistics.median(speeds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("corpus")
    parser.add_argument("operators", nargs="+", metavar="NAME[=JSON]")
    parser.add_argument("--sample-mb", type=float, default=16)
    parser.add_argument("--models")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    if options.models:
        os.environ["DATA_JUICER_MODELS_CACHE"] = options.models
    import data_juicer.ops  # noqa: F401  pylint: disable=import-outside-toplevel,unused-import

    texts = sample(options.corpus, options.sample_mb * 2**20)
    for operator in options.operators:
        name, _, parameters = operator.partition("=")
        print(f"{operator}: {measure(name, json.loads(parameters or '{}'), texts):.2f} MB/s", flush=True)


if __name__ == "__main__":
    main()
