#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares two outputs row by row: which rows survived, all of their fields, their statistics, their order.

usage: agreement.py OURS.jsonl THEIRS.jsonl [--recipe NAME] [--known FILE] [--unordered]
Statistics are looked for beside each output (<name>_stats.jsonl). Prints one JSON object: counts, and each difference with its row, its field
and both values. Exit code 1 if there is one that FILE does not name with a reason. --unordered: the texts are compared as a set (an executor
that keeps no order, and any one of equal rows).
"""
import argparse
import hashlib
import json
import pathlib
import sys

import contenders

SHOWN_BYTES = 200


def stats_path(path):
    return path.with_name(path.name.removesuffix(".jsonl") + "_stats.jsonl")


def rows(path):
    """Each row with its statistics as further fields."""
    stats = stats_path(path)
    of_row = contenders.rows_of(stats) if stats.exists() else ({} for _ in contenders.rows_of(path))
    for position, (row, more) in enumerate(zip(contenders.rows_of(path), of_row, strict=True)):
        yield row.get("id", position), {**row, **{f"stats.{key}": value for key, value in fields_of(more).items()}}


def fields_of(stats):
    return {name: value for group in stats.values() if isinstance(group, dict) for name, value in group.items()}


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text.encode()) <= SHOWN_BYTES else text[:SHOWN_BYTES // 2] + "..."


def around(ours, theirs):
    """Of two long texts the place where they part."""
    if not (isinstance(ours, str) and isinstance(theirs, str)) or max(len(ours), len(theirs)) < SHOWN_BYTES:
        return shown(ours), shown(theirs)
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    return tuple(f"at {at}: " + shown(text[max(0, at - 20):at + 60]) for text in (ours, theirs))


def differences(ours, theirs):
    """(row, field, our value, their value), row by row; a row that one side lacks has the field 'row'."""
    waiting, our_order, their_order = {}, [], []
    for row_id, fields in rows(theirs):
        waiting[row_id] = json.dumps(fields)
        their_order.append(row_id)
    for row_id, fields in rows(ours):
        our_order.append(row_id)
        packed = waiting.pop(row_id, None)
        if packed is None:
            yield row_id, "row", "survived", "dropped"
            continue
        other = json.loads(packed)
        if other == fields:
            continue
        for name in sorted(fields.keys() | other.keys()):
            if name not in fields or name not in other or fields[name] != other[name]:
                yield (row_id, name, *around(fields.get(name), other.get(name)))
    for row_id in waiting:
        yield row_id, "row", "dropped", "survived"
    common = set(our_order) & set(their_order)
    pairs = zip((i for i in our_order if i in common), (i for i in their_order if i in common))
    for position, (a, b) in enumerate(pairs):
        if a != b:
            yield a, "order", f"row {a} at place {position}", f"row {b} there"
            return


def text_keys(path):
    return {hashlib.md5(row["text"].encode("utf-8", "surrogatepass")).digest() for row in contenders.rows_of(path)}


def set_differences(ours, theirs):
    a, b = text_keys(ours), text_keys(theirs)
    for name, keys in (("only ours", a - b), ("only theirs", b - a)):
        if keys:
            yield None, "text", f"{len(keys)} texts {name}", ""


def compare(ours, theirs, recipe="", known=(), unordered=False):
    found = []
    for row, field, our_value, their_value in (set_differences if unordered else differences)(ours, theirs):
        reason = next((entry["reason"] for entry in known
                       if entry["recipe"] in ("*", recipe) and entry["field"] == field and entry.get("row", row) == row), "")
        found.append({"row": row, "field": field, "ours": our_value, "theirs": their_value, "reason": reason})
    return {"rows": sum(1 for _ in contenders.rows_of(ours)), "their_rows": sum(1 for _ in contenders.rows_of(theirs)),
            "stats": not unordered and stats_path(ours).exists() and stats_path(theirs).exists(),
            "differences": found, "unexplained": sum(1 for difference in found if not difference["reason"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("theirs", type=pathlib.Path)
    parser.add_argument("--recipe", default="")
    parser.add_argument("--known", type=pathlib.Path)
    parser.add_argument("--unordered", action="store_true")
    options = parser.parse_args()
    known = json.loads(options.known.read_text(encoding="utf-8")) if options.known else ()
    result = compare(options.ours, options.theirs, options.recipe, known, options.unordered)
    json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
    return 1 if result["unexplained"] else 0


if __name__ == "__main__":
    sys.exit(main())
