# SPDX-License-Identifier: Apache-2.0
"""The results page: what was measured, on what, how, and every single number."""
import shlex

import chart
import figures

SHOWN_DIFFERENCES = 30


def markdown_table(head, lines):
    rule = ["---", *(["---:"] * (len(head) - 1))]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in [head, rule, *lines]) + "\n"


def summary(found):
    """The sentences that most readers come for."""
    by_name = {f.name: f for f in found if f.rate}
    both = by_name.get("dj-mpi, 2 threads") or by_name.get("dj-mpi, 1 thread")
    if both is None:
        return ""
    words = [f"{both.name.replace('dj-mpi, ', 'dj-mpi with ')}: {figures.number(both.rate)} MB/s, {figures.number(both.per_core)} per core"]
    if both.of_ceiling:
        words.append(f"{figures.percent(both.of_ceiling)} of the ceiling on as many cores")
    words += [f"{figures.number(ratio)} times {name}" for name, ratio in both.over_peer.items()]
    return "; ".join(words) + ".\n"


def agreement_text(entry):
    compared = "rows, texts and statistics" if entry["stats"] else "rows and texts"
    if entry.get("unordered"):
        compared = "the set of texts (its order, and which of equal rows stays, are not fixed)"
    text = f"- {entry['peer']}: {entry['rows']:,} rows here, {entry['their_rows']:,} there; {compared} compared: "
    differences = entry["differences"]
    if not differences:
        return text + "no difference.\n"
    text += f"{len(differences)} differences, {entry['unexplained']} of them not explained.\n\n"
    lines = [[str(d["row"]), d["field"], f"`{d['ours']}`", f"`{d['theirs']}`", d["reason"] or "**not explained**"]
             for d in differences[:SHOWN_DIFFERENCES]]
    text += markdown_table(["row", "field", "dj-mpi", entry["peer"], "reason"], lines)
    if len(differences) > SHOWN_DIFFERENCES:
        text += f"\nand {len(differences) - SHOWN_DIFFERENCES} more, all in the JSON file beside this page.\n"
    return text + "\n"


def drops_text(drops):
    """Which step lost how many rows."""
    head = ["step", "rows in", "rows out", "dropped", "CPU seconds"]
    lines = [[step["name"], f"{step['rows_in']:,}", f"{step['rows_out']:,}",
              figures.percent((step["rows_in"] - step["rows_out"]) / max(step["rows_in"], 1)), figures.number(step["cpu_seconds"])]
             for step in drops]
    return markdown_table(head, lines)


def raw_text(results):
    lines = [[str(run["round"]), run["recipe"] or "", run["contender"], f"{run['seconds']:.3f}", f"{run['cpu_seconds']:.3f}",
              f"{run['peak_bytes'] / figures.MB:.1f}", run["trouble"]] for run in results["runs"]]
    return markdown_table(["round", "recipe", "contender", "seconds", "core seconds", "memory, MB", "trouble"], lines)


def method_text(results):
    corpus = results["corpus"]
    words = f"""The corpus is {corpus['bytes'] / figures.MB:,.0f} MB of JSON lines, {corpus['rows']:,} rows: {corpus['text']}
Each contender runs with its cores to itself (`taskset`), one after the other in turn: all of them once, then all of them again. `sync` comes
before each run; the input is in the page cache; every output is a new file. Seconds are those of the whole command, start of the program and
launcher included, median of the runs. A MB is 10^6 bytes of input as it lies on disk.

- **The ceiling** ([ceiling.cpp](../../tools/bench/ceiling.cpp)) reads the same file, parses each record with simdjson (On-Demand, kernels of
  this processor), decodes its text and writes the same bytes: what a program could reach that had nothing else to do. It checks less than
  dj-mpi does, and does not wait for the disk; `durable` does.
- **dj-mpi** checks every record in full, runs the operators, keeps accounts and events, and ends with its output on the disk (fsync).
- **Data-Juicer** is py-data-juicer 1.6.1 as it comes, `np` 2, with a stand-in for torch, which no operator here computes with; its caches begin
  empty, and it does not wait for the disk.
- **times default**, **times ray_partitioned**: MB/s per core over those of Data-Juicer with that executor.
- **Memory** of dj-mpi is the sum of the ranks' own peaks; of Data-Juicer the greatest sum over its processes at one moment, shared pages shared out
  between them, looked at once a second. **Core seconds** are user and system time; those of Ray's daemons cannot be told.
"""
    if corpus["packages"]:
        words += (f"\nThe text is documentation that comes with Debian, from {len(corpus['packages'])} packages; their versions are in the "
                  "JSON file beside this page.\n")
    if corpus["peer_bytes"] != corpus["bytes"]:
        words += f"\nData-Juicer was given the first {corpus['peer_bytes'] / figures.MB:,.0f} MB only.\n"
    return words


def page(results, name, by_recipe):
    machine = "\n".join(f"| {fact} | {value} |" for fact, value in results["machine"].items())
    text = f"# Benchmark of {results['date']}\n"
    text += "Made by `tools/bench/compare.py`; see [its page](../../tools/bench/README.md). Another run is another page.\n\n"
    for warning in results["warnings"]:
        text += f"**{warning}**\n\n"
    text += f"![MB/s per core]({name}.svg)\n\n"
    for recipe, found in by_recipe.items():
        text += f"## {recipe}\n{summary(found)}\n" + markdown_table(*figures.table(found)) + "\n"
        speed_ups = figures.scaling(found)
        if speed_ups:
            text += "Times as fast: " + "; ".join(f"{what}: {figures.number(times)}" for what, times in speed_ups) + ".\n\n"
        if recipe in results["steps"]:
            text += drops_text(results["steps"][recipe]) + "\n"
        for entry in results["agreement"].get(recipe, []):
            text += agreement_text(entry)
        text += "\n"
    text += f"## How it was measured\n{method_text(results)}\n"
    notes = [f"- {c['name']}: {c['note']}" for c in results["contenders"] if c["note"]]
    text += "\n".join(notes) + "\n\n" if notes else ""
    text += f"| machine | |\n|---|---|\n{machine}\n\n"
    text += "The command:\n```\n" + shlex.join(results["command"]) + "\n```\nThe commands that it ran, for one recipe:\n```\n"
    text += "\n".join(shlex.join(command) for command in results["commands"]) + "\n```\n\n"
    return text + "## Every run\n" + raw_text(results)


def write(results, folder, name):
    """<name>.md and <name>.svg; returns the figures by recipe."""
    by_recipe = {recipe: figures.figures_of(results, recipe) for recipe in results["recipes"]}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.svg").write_text(chart.chart(by_recipe), encoding="utf-8")
    (folder / f"{name}.md").write_text(page(results, name, by_recipe), encoding="utf-8")
    return by_recipe
