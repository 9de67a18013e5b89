#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a recipe under Slurm:
#
#   sbatch slurm/job.sh recipe.yaml [options of dj-mpi]
#   sbatch -N4 --ntasks-per-node=2 --cpus-per-task=16 --time=8:00:00 slurm/job.sh recipe.yaml
#   sbatch --array=1-2 slurm/job.sh one.yaml two.yaml [options of dj-mpi]      (slurm/array.sh does it for many)
#
# Every #SBATCH line below is a default: the same option on sbatch's command line wins.
# What to ask for, and what to do when something goes wrong, is in docs/slurm.md.

#SBATCH --job-name=dj-mpi
#SBATCH --nodes=1
# One rank per socket (or NUMA node) is a good start; its threads share the rank's memory.
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=4
#SBATCH --time=1:00:00
#SBATCH --output=dj-mpi-%j.out
# Five minutes before the time limit this script is told, and if it is preempted the ranks are. dj-mpi then commits what is
# done and leaves with 75, and the job is queued again under its number, which goes on where it stopped; its log is continued.
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append

set -euo pipefail

# A task of an array has two numbers. That with the underscore is right everywhere: one task has the array's own as its
# job id, and asked for that, Slurm would take all tasks.
number=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
number=${number:-$SLURM_JOB_ID}

if [ $# -eq 0 ]; then
    echo "usage: sbatch slurm/job.sh recipe.yaml [options of dj-mpi]" >&2
    exit 2
fi

# Several words before the first option are recipes of an array: each task takes its own. In options, %a is its number.
recipes=()
for word in "$@"; do
    [[ $word != -* ]] || break
    recipes+=("$word")
done
again=""
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
    task=$SLURM_ARRAY_TASK_ID tasks=$SLURM_ARRAY_TASK_MAX recipe=${recipes[0]:-}
    shift ${#recipes[@]}
    [ ${#recipes[@]} -lt 2 ] || recipe=${recipes[task - 1]:-} tasks=${#recipes[@]}
    [ -z "$recipe" ] || set -- "$recipe" "$@"
    set -- "${@//%a/$task}"
    # These lines tell `array.sh --status` what became of a task.
    tell() { echo "job.sh: task $task of $tasks, $recipe: $1" >&2; }
    tell "start ${SLURM_RESTART_COUNT:-0}"
fi
on_exit() {
    local code=$?
    rm -f "${DJ_EXIT_CODE_FILE:-}"
    if [ -n "${task:-}" ] && [ -z "$again" ]; then tell "exit code $code"; fi
}
trap on_exit EXIT
if [ ${#recipes[@]} -gt 1 ] && { [ "${task:-0}" -lt 1 ] || [ "$task" -gt ${#recipes[@]} ]; }; then
    echo "job.sh: ${#recipes[@]} recipes need an array: sbatch --array=1-${#recipes[@]}" >&2
    exit 2
fi

# The program: DJ_MPI if it is set, else dj-mpi from PATH (sbatch passes the environment on). DJ_RUN_WITH: words before it, split
# at blanks, for example those that run it in a container; the program is then found in there.
program=${DJ_MPI:-dj-mpi}
read -ra run_with <<< "${DJ_RUN_WITH:-}"
if ! command -v "${run_with[0]:-$program}" >/dev/null; then
    echo "job.sh: ${run_with[0]:-$program} is not on this node's PATH; set DJ_MPI to the program's full path" >&2
    exit 1
fi

# A name for the job folder, unless the command line has one. It stays the same when Slurm runs the job again.
job_id=(--job_id "slurm_$number")
for argument in "$@"; do
    case $argument in
    --job_id | --job_id=* | --resume | --resume=*) job_id=() ;;
    esac
done

# Since Slurm 22.05 srun does not take --cpus-per-task over from sbatch.
if [ -n "${SLURM_CPUS_PER_TASK:-}" ]; then
    export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK
fi

# srun hands signals on to all ranks. SIGTERM comes before the SIGKILL of scancel, preemption and the time limit.
told=""
ask_to_stop() {
    told=$1
    echo "job.sh: $1 from Slurm: waiting for dj-mpi to commit what is done" >&2
    kill -USR1 "$step" 2>/dev/null || true
}
trap 'ask_to_stop SIGUSR1' USR1
trap 'ask_to_stop SIGTERM' TERM

# When a rank dies or falls silent, the others find out, commit what they have, and leave: so nobody is to be shot before
# (--kill-on-bad-exit=0, a long --wait), and srun's code, 137 for a killed rank, is not the job's. That is rank 0's:
# 0 done, 3 done with failures, 75 stopped, 1 failed, 2 usage.
export DJ_EXIT_CODE_FILE=${TMPDIR:-/tmp}/dj-exit-code.$SLURM_JOB_ID.${SLURM_RESTART_COUNT:-0}.$$
rm -f "$DJ_EXIT_CODE_FILE"
srun --mpi="${DJ_SLURM_MPI:-pmix}" --kill-on-bad-exit=0 --wait="${DJ_WAIT_FOR_RANKS:-120}" \
    "${run_with[@]}" "$program" "$@" "${job_id[@]}" &
step=$!

# Rank 0 leaves last. Who has not left some seconds after it never will: it is stopped, or its node is gone.
end_what_hangs() {
    while kill -0 "$step" 2>/dev/null; do
        if [ -s "$DJ_EXIT_CODE_FILE" ]; then
            sleep 5
            read -r _ step_number < "$DJ_EXIT_CODE_FILE"
            timeout 10 scancel --signal=KILL "$number.$step_number" 2>/dev/null || true
            sleep 5
            kill -KILL "$step" 2>/dev/null || true
            return
        fi
        sleep 1
    done
}
end_what_hangs &
hangs=$!

while true; do
    code=0
    told=""
    wait "$step" || code=$?
    [ -n "$told" ] || break  # else it was the signal that ended `wait`
done
kill "$hangs" 2>/dev/null || true
if [ -s "$DJ_EXIT_CODE_FILE" ]; then
    read -r code _ < "$DJ_EXIT_CODE_FILE"
elif [ "$code" -eq 0 ]; then  # srun has ended well that could not launch anything
    echo "job.sh: rank 0 has left no exit code: dj-mpi was not started, or was killed" >&2
    code=1
fi

# Stopped, not done: again under the same number, unless DJ_REQUEUE=0 or the job was submitted with --no-requeue. A job
# that was cancelled, or that Slurm preempts and queues again by itself, is not running any more, and is left to Slurm.
is_running() {
    local state="" try
    for try in 1 2 3 4 5 6 7 8 9 10; do  # Slurm's controller may be away for a moment
        if state=$(timeout 30 squeue --noheader --jobs="$number" --format=%T 2>/dev/null); then break; fi
        [ "$try" = 10 ] || sleep 6
    done
    [ "$state" = RUNNING ]
}
if [ "$code" -eq 75 ] && [ "${DJ_REQUEUE:-1}" != 0 ] && is_running; then
    echo "job.sh: not done yet; start ${SLURM_RESTART_COUNT:-0} ends here, the job is queued again" >&2
    again=yes
    [ -z "${task:-}" ] || tell "queued again"  # before: Slurm kills this script when it has been queued again
    trap '' TERM USR1  # and first sends SIGTERM, to scontrol as well, which is not to be heard as a failure
    scontrol requeue "$number" && exit 0
    if is_running; then
        again=""
        echo "job.sh: it was not queued again; to go on: sbatch $0 $* ${job_id[*]}" >&2
    fi
fi
exit "$code"
