# SPDX-License-Identifier: Apache-2.0
"""The first operators once more, in plain Python and one row after the other: what the output must be, byte for byte.

A record is copied as it is; only the text is written anew where the recipe has an operator that may write it.
See docs/operators-fidelity.md for the semantics.
"""
import hashlib
import json
import re
import string

DECODER = json.JSONDecoder()
SPACES = dict.fromkeys([0x09, 0x20, 0x84, 0xA0, *range(0x2000, 0x200E), 0x202F, 0x205F, 0x2060, 0x3000, 0xFFFC], " ")
WRITERS = {"whitespace_normalization_mapper", "text_chunk_mapper"}
STATS = "__dj__stats__"


def members(raw, begin=0):
    """Of an object in JSON: (key, begin of its value, end of its value), in order."""
    at = begin + 1
    while True:
        at = re.compile(r"[ \t\r\n,]*").match(raw, at).end()
        if raw[at] == "}":
            return
        key, at = DECODER.raw_decode(raw, at)
        at = re.compile(r"[ \t\r\n]*:[ \t\r\n]*").match(raw, at).end()
        _, end = DECODER.raw_decode(raw, at)
        yield key, at, end
        at = end


def find(raw, path):
    """Begin and end of the value at a dotted path."""
    begin, end = 0, len(raw)
    for key in path.split("."):
        begin, end = next((b, e) for name, b, e in members(raw, begin) if name == key)
    return begin, end


class Row:
    def __init__(self, raw, text_key="text"):
        self.raw = raw.strip(" \t\r\n")
        self.begin, self.end = find(self.raw, text_key)
        self.text = json.loads(self.raw[self.begin:self.end])
        self.stats, self.hash = {}, None

    def with_text(self, text):
        row = Row.__new__(Row)
        row.__dict__.update(self.__dict__, text=text, stats=dict(self.stats))
        return row

    def value(self, path):
        begin, end = find(self.raw, path)
        return json.loads(self.raw[begin:end])

    def line(self, written, added):
        text = json.dumps(self.text, ensure_ascii=False) if written else self.raw[self.begin:self.end]
        record = self.raw[:self.begin] + text + self.raw[self.end:]
        for key, value in added(self).items():
            record = f"{record[:-1]}, {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}}}"
        return record + "\n"


def whitespace_normalization_mapper(rows):
    return [row.with_text(row.text.strip().translate(SPACES)) for row in rows]


def chunks(text, max_len, split_pattern, overlap_len):
    if max_len is None:
        return [piece for piece in re.split(split_pattern, text) if piece and piece.strip()]
    if split_pattern is None:
        return [text] if len(text) <= max_len else [text[s:s + max_len] for s in range(0, len(text), max_len - overlap_len)]
    out = []
    while len(text) > max_len:
        window = text[:max_len]
        last = None
        for last in re.finditer(split_pattern, window):
            pass
        piece = window[:last.start()] if last else window
        text = text[last.end():] if last else text[max_len - overlap_len:]
        out += [piece] if piece.strip() else []
    return out + [text]


def text_chunk_mapper(rows, max_len=None, split_pattern="\n\n", overlap_len=0):
    return [row.with_text(piece) for row in rows for piece in chunks(row.text, max_len, split_pattern, overlap_len)]


def text_length_filter(rows, min_len=10, max_len=2**63 - 1):
    for row in rows:
        row.stats.setdefault("text_len", len(row.text))
    return [row for row in rows if min_len <= row.stats["text_len"] <= max_len]


def document_deduplicator(rows, lowercase=False, ignore_non_character=False):
    seen, kept = set(), []
    for row in rows:
        text = row.text.lower() if lowercase else row.text
        if ignore_non_character:
            text = re.sub(rf"[^\S\x1c-\x1f]+|\d+|[{re.escape(string.punctuation)}]", "", text)
        row.hash = row.hash or hashlib.md5(text.strip().encode()).hexdigest()
        if row.hash not in seen:
            kept.append(row)
        seen.add(row.hash)
    return kept


def document_simhash_deduplicator(rows, window_size=6, num_blocks=6, hamming_distance=4):
    """tokenization space, by comparing each fingerprint with each: num_blocks decides nothing."""
    assert num_blocks > hamming_distance
    clusters = []  # [fingerprints, rows]
    for row in rows:
        words = [word for word in row.text.lower().split(" ") if word]
        grams = [" ".join(words[at:at + window_size]) for at in range(len(words) - window_size + 1)]
        hashes = [int.from_bytes(hashlib.md5(gram.encode()).digest()[:8], "big") for gram in grams]
        ones = [sum(value >> bit & 1 for value in hashes) for bit in range(64)]
        print_ = sum(1 << bit for bit in range(64) if 2 * ones[bit] > len(hashes))
        near = [cluster for cluster in clusters if any((print_ ^ other).bit_count() <= hamming_distance for other in cluster[0])]
        clusters = [cluster for cluster in clusters if cluster not in near]
        clusters.append(({print_}.union(*(cluster[0] for cluster in near)), sum((cluster[1] for cluster in near), []) + [row]))
    first = {id(min(cluster[1], key=rows.index)) for cluster in clusters}
    return [row for row in rows if id(row) in first]


def topk_specified_field_selector(rows, field_key="", top_ratio=None, topk=None, reverse=True):
    count = topk
    if top_ratio:
        count = top_ratio * len(rows)
        count = topk if topk and topk < count else count
    if len(rows) <= 1 or not field_key or not count:
        return rows
    return sorted(rows, key=lambda row: row.value(field_key), reverse=reverse)[:max(0, int(count))]


OPERATORS = {function.__name__: function for function in (
    whitespace_normalization_mapper, text_chunk_mapper, text_length_filter, document_deduplicator,
    document_simhash_deduplicator, topk_specified_field_selector)}


class Expected:
    """Output and stats file of a process over records (text of one line each), as bytes."""

    def __init__(self, records, process, text_key="text", keep_stats=False, keep_hashes=False):
        names = [next(iter(op)) for op in process]
        self.rows = [Row(record, text_key) for record in records]
        self.rows = [row for row in self.rows if row.text is not None]
        for op in process:
            (name, parameters), = op.items()
            self.rows = OPERATORS[name](self.rows, **(parameters or {}))
        first = sorted((name for name in ("text_length_filter", "document_deduplicator") if name in names), key=names.index)

        def added(row):
            values = {"text_length_filter": (keep_stats, STATS, row.stats),
                      "document_deduplicator": (keep_hashes, "__dj__hash", row.hash)}
            return {key: value for keep, key, value in map(values.get, first) if keep}

        self.written = bool(WRITERS & set(names))
        self.lines = [row.line(self.written, added).encode() for row in self.rows]
        self.output = b"".join(self.lines)
        self.stats = None
        if "text_length_filter" in names:
            self.stats = "".join(json.dumps({STATS: row.stats}) + "\n" for row in self.rows).encode()
