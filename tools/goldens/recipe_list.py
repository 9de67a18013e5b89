# SPDX-License-Identifier: Apache-2.0
"""The recorded recipes: name, what each shows, its YAML below the common head, and its rows."""
import pathlib

QUICKSTART = pathlib.Path(__file__).resolve().parents[2] / "configs" / "quickstart.yaml"


def mixed(seed, count):
    return lambda rows, _: rows(seed, count)


def under_content(rows, _):
    return [{**row, "text": f"row {row['id'] % 5}"} for row in rows(8, 120, "content")]


def with_null_texts(rows, _):
    return [{**row, "text": None} if row["id"] % 7 == 3 else row for row in rows(13, 90)]


def short(rows, _):
    return [{**row, "text": row["text"][:6]} for row in rows(14, 60)]


RECIPES = [
    {"name": "filter_only", "doc": "A filter alone; its stats stand in a file beside the export.", "rows": mixed(1, 120), "yaml": """
process:
  - text_length_filter:
      min_len: 30
      max_len: 800
"""},
    {"name": "clean_and_filter_keep_stats", "doc": "Mappers, then a filter whose stats stay in the rows.", "rows": mixed(2, 150), "yaml": """
keep_stats_in_res_ds: true
process:
  - whitespace_normalization_mapper:
  - clean_links_mapper:
      repl: "<link>"
  - text_length_filter:
      min_len: 5
      max_len: 500
      min_closed_interval: false
"""},
    {"name": "filter_reversed", "doc": "A filter that keeps what is outside its range.", "rows": mixed(3, 100), "yaml": """
keep_stats_in_res_ds: true
process:
  - text_length_filter:
      min_len: 20
      max_len: 600
      max_closed_interval: false
      reversed_range: true
"""},
    {"name": "split", "doc": "One row becomes none, one or many.", "rows": mixed(4, 80), "yaml": """
process:
  - text_chunk_mapper:
      max_len: 200
      overlap_len: 20
      split_pattern: '[.!?。！？]\\s*|\\n\\n'
"""},
    {"name": "split_at_pattern", "doc": "Without max_len blank texts vanish.", "rows": mixed(5, 80), "yaml": """
process:
  - text_chunk_mapper:
"""},
    {"name": "dedup", "doc": "Exact deduplication; the hash column is gone at the end.", "rows": mixed(6, 250), "yaml": """
process:
  - document_deduplicator:
"""},
    {"name": "dedup_keep_hashes", "doc": "Deduplication that ignores case, spaces, digits and punctuation; the hashes stay.",
     "rows": mixed(7, 250), "yaml": """
keep_hashes_in_res_ds: true
process:
  - document_deduplicator:
      lowercase: true
      ignore_non_character: true
"""},
    {"name": "text_keys_content", "writes": ["content"], "doc": "The text is in another field than text.", "rows": under_content, "yaml": """
text_keys: content
keep_stats_in_res_ds: true
process:
  - whitespace_normalization_mapper:
  - clean_links_mapper:
  - text_chunk_mapper:
      max_len: 400
  - document_deduplicator:
  - text_length_filter:
      min_len: 12
"""},
    {"name": "text_key_per_operator", "doc": "Operators with a field of their own; a stat that is there is used again, whatever field it came from.",
     "writes": ["text", "title"], "rows": mixed(9, 160), "yaml": """
keep_stats_in_res_ds: true
keep_hashes_in_res_ds: true
process:
  - whitespace_normalization_mapper:
      text_key: title
  - clean_links_mapper:
      text_key: title
      repl: '[\\1]'
  - text_length_filter:
      text_key: title
      min_len: 6
  - document_deduplicator:
  - topk_specified_field_selector:
      field_key: text
      topk: 60
      reverse: false
  - text_length_filter:
      max_len: 20
"""},
    {"name": "topk_on_stats", "doc": "A selector on a filter's stat: output in its order, ties in input order.", "rows": mixed(10, 150), "yaml": """
keep_stats_in_res_ds: true
process:
  - text_length_filter:
      min_len: 1
  - topk_specified_field_selector:
      field_key: __dj__stats__.text_len
      top_ratio: 0.29
"""},
    {"name": "topk_on_fields", "doc": "Selectors on a nested and on a plain field.", "rows": mixed(11, 150), "yaml": """
process:
  - topk_specified_field_selector:
      field_key: meta.rank
      top_ratio: 0.9
      topk: 100
      reverse: false
  - topk_specified_field_selector:
      field_key: views
      topk: 60
"""},
    {"name": "split_dedup_topk_filter", "doc": "All kinds of operators in one recipe.", "rows": mixed(12, 200), "yaml": """
keep_stats_in_res_ds: true
process:
  - whitespace_normalization_mapper:
  - clean_links_mapper:
  - text_chunk_mapper:
      max_len: 300
      split_pattern: "\\n\\n"
  - document_deduplicator:
      lowercase: true
  - text_length_filter:
      min_len: 2
  - topk_specified_field_selector:
      field_key: __dj__stats__.text_len
      topk: 200
  - text_length_filter:
      min_len: 30
      max_len: 280
"""},
    {"name": "stale_hash_and_stat", "doc": "Hashes and stats from before a split are used again after it.", "rows": mixed(15, 100), "yaml": """
keep_stats_in_res_ds: true
keep_hashes_in_res_ds: true
process:
  - document_deduplicator:
  - text_length_filter:
      min_len: 100
  - text_chunk_mapper:
      max_len: 60
      split_pattern: '\\s'
  - text_length_filter:
      min_len: 90
      max_len: 1500
  - topk_specified_field_selector:
      field_key: __dj__stats__.text_len
      topk: 400
  - document_deduplicator:
      lowercase: true
"""},
    {"name": "null_texts", "doc": "Rows whose text is null are dropped before the first operator.", "rows": with_null_texts, "yaml": """
process:
  - whitespace_normalization_mapper:
  - document_deduplicator:
"""},
    {"name": "all_dropped", "doc": "Nothing is left: an empty export and an empty stats file.", "rows": short, "yaml": """
process:
  - text_length_filter:
      min_len: 7
  - document_deduplicator:
  - topk_specified_field_selector:
      field_key: __dj__stats__.text_len
      topk: 3
"""},
    {"name": "no_operators", "doc": "An empty process list hands the rows through.", "rows": mixed(16, 50), "yaml": """
process: []
"""},
    {"name": "quickstart", "doc": "The process of configs/quickstart.yaml on its corpus.", "rows": lambda _, quickstart: quickstart(),
     "yaml": "\nkeep_stats_in_res_ds: true\n\n" + QUICKSTART.read_text(encoding="utf-8")[QUICKSTART.read_text(encoding="utf-8").index("process:"):]},
]
