# SPDX-License-Identifier: Apache-2.0
from . import case

OP = "suffix_filter"
ROWS = [{"id": number, "text": "x", "__dj__suffix__": suffix} for number, suffix in enumerate([".py", "py", ".PY", ".txt", "", ".tar.gz", "字", ".jsonl"])]


def cases():
    for name, suffixes in (("a list", [".py", ".txt"]), ("one", ".py"), ("none", []), ("null", None), ("an empty string", ""), ("without the dot", ["py"]), ("Unicode", ["字"]), ("an empty string in a list", [""]), ("unknown", [".c"])):
        yield case(f"suffixes: {name}", {"suffixes": suffixes}, ROWS)
        yield case(f"suffixes: {name}, reversed", {"suffixes": suffixes, "reversed_range": True}, ROWS)
    yield case("no suffix", {"suffixes": [".py"]}, [{"text": "x"}], fails=True)
