#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs many recipes, each as a task of one job array that slurm/job.sh runs, stops and queues again by itself:
#
#   slurm/array.sh recipes/*.yaml
#   slurm/array.sh -N2 --time=8:00:00 --array=1-40%4 recipes/*.yaml -- --np 8       four at a time
#   slurm/array.sh --recipes=list.txt                 a file with one recipe per line; blank lines and # comments are skipped
#   slurm/array.sh --status=4711                      what became of each task; exit code 1 if one has failed
#
# What comes before the recipes goes to sbatch, each option in one word; what comes after `--` goes to dj-mpi, with %a for
# the number of the task. Job folders are slurm_<array>_<task>, logs dj-mpi-<array>_<task>.out in this folder. Another batch
# script than job.sh: --script=FILE. More is in docs/slurm.md.
set -euo pipefail

refuse() {
    echo "array.sh: $1" >&2
    exit 2
}

# One line per task: its number, what the last line in its log says of it, its recipe. A task that Slurm no longer has and
# that said no exit code was killed.
status() {
    local array=$1 task state line log all=0 unknown=0 failed=""
    local -A said recipe_of queue
    [[ $array =~ ^[0-9]+$ ]] || refuse "--status wants the number of an array, not $array"
    for log in "dj-mpi-${array}_"*.out; do
        line=$(grep -aE '^job\.sh: task [0-9]+ of [0-9]+, ' "$log" | tail -n 1)
        [[ $line =~ task\ ([0-9]+)\ of\ ([0-9]+),\ (.*):\ ([^:]*)$ ]] || continue
        task=${BASH_REMATCH[1]} all=$((BASH_REMATCH[2] > all ? BASH_REMATCH[2] : all))
        recipe_of[$task]=${BASH_REMATCH[3]} said[$task]=${BASH_REMATCH[4]}
    done
    [ "$all" -gt 0 ] || refuse "no task of $array has a log dj-mpi-${array}_*.out in this folder"
    while read -r task state; do queue[$task]=$state; done < <(
        squeue --noheader --array --jobs="$array" --format='%K %T' 2>/dev/null || true)
    for ((task = 1; task <= all; ++task)); do
        state=${said[$task]:-}
        case ${queue[$task]:-} in
        PENDING) state="waiting${state:+, $state}" ;;
        "") [[ -z $state || $state == "exit code "* ]] || state="killed, $state" ;;
        *) state="running, ${state:-start 0}" ;;
        esac
        case $state in
        "") unknown=$((unknown + 1)) && continue ;;
        "exit code 0" | waiting* | running*) ;;
        *) failed+=${failed:+,}$task ;;
        esac
        printf '%s\t%s\t%s\n' "$task" "$state" "${recipe_of[$task]:-}"
    done
    [ "$unknown" -eq 0 ] || echo "$unknown of $all tasks were not asked for, or were cancelled before they began"
    [ -n "$failed" ] || return 0
    echo "failed: $failed; to go on with these, the same command with --array=$failed, and after -- --job_id slurm_${array}_%a"
    return 1
}

script=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/job.sh
options=()
recipes=()
while [ $# -gt 0 ] && [[ $1 == -?* ]] && [ "$1" != -- ]; do
    case $1 in
    --status=*) status "${1#*=}" && exit 0 || exit $? ;;
    --script=*) script=${1#*=} ;;
    --recipes=*)
        [ -r "${1#*=}" ] || refuse "${1#*=} cannot be read"
        while read -r line || [ -n "$line" ]; do
            [[ -z $line || $line == "#"* ]] || recipes+=("$line")
        done < "${1#*=}"
        ;;
    *) options+=("$1") ;;
    esac
    shift
done
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    recipes+=("$1")
    shift
done
[ $# -eq 0 ] || shift  # the --

if [ ${#recipes[@]} -eq 0 ]; then
    sed -n '6,9p' "${BASH_SOURCE[0]}" | cut -c3- >&2
    exit 2
fi
for recipe in "${recipes[@]}"; do
    [[ $recipe != -* ]] || refuse "$recipe stands after a recipe: options of sbatch come first and in one word, those of dj-mpi after --"
    [ -r "$recipe" ] || refuse "the recipe $recipe cannot be read"
done
for word in "$@"; do
    case $word in
    --job_id=*%a* | --export_path=*%a*) ;;
    --job_id | --job_id=* | --resume | --resume=* | --export_path | --export_path=*)
        [[ "$*" == *%a* ]] || refuse "all tasks would have the same ${word%%=*}: put %a into it, which becomes the number of the task"
        ;;
    esac
done
exec sbatch --array="1-${#recipes[@]}" --output=dj-mpi-%A_%a.out "${options[@]}" "$script" "${recipes[@]}" "$@"
