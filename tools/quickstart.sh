#!/usr/bin/env bash
# From a fresh clone to a first result: sets up, builds, runs configs/quickstart.yaml and shows what came out.
# Further arguments go to dj-mpi, for example: tools/quickstart.sh --np 2
set -euo pipefail
cd "$(dirname "$0")/.."
recipe=configs/quickstart.yaml
out=outputs/quickstart
program=build/release/bin/dj-mpi

say() { printf '\n%s\n' "$*"; }

say "1. Set-up"
tools/setup.sh

say "2. Build (the first time takes some minutes)"
cmake --preset release >/dev/null
cmake --build --preset release -j "${DJ_JOBS:-$(nproc)}"

say "3. Run: $program $recipe --work_dir $out --export_path $out/result.jsonl"
"$program" "$recipe" --work_dir "$out" --export_path "$out/result.jsonl" "$@"

say "4. The first rows of $out/result.jsonl"
head -n 3 "$out/result.jsonl" | cut -c 1-160

cat <<TEXT

Next:
  $program --dry-run $recipe          what a run would do
  mpirun -n 2 $program $recipe        the same on two ranks: the same bytes
  less $recipe                        change it, run it again
  ls $out                             a folder per job: summary, events, plan, log, quarantine
  cmake --install build/release --prefix ~/.local
TEXT
