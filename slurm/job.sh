#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a recipe under Slurm:
#
#   sbatch slurm/job.sh recipe.yaml [options of dj-mpi]
#   sbatch -N4 --ntasks-per-node=2 --cpus-per-task=16 --time=8:00:00 slurm/job.sh recipe.yaml
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
# Five minutes before the time limit, or before it is preempted, this script is told. dj-mpi then commits what is done and
# leaves with 75, and the job is queued again under its number, which goes on where it stopped; its log is continued.
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append

set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: sbatch slurm/job.sh recipe.yaml [options of dj-mpi]" >&2
    exit 2
fi

# The program: DJ_MPI if it is set, else dj-mpi from PATH (sbatch passes the environment on).
program=${DJ_MPI:-dj-mpi}
if ! command -v "$program" >/dev/null; then
    echo "job.sh: $program is not on this node's PATH; set DJ_MPI to the program's full path" >&2
    exit 1
fi

# A name for the job folder, unless the command line has one. It stays the same when Slurm runs the job again.
job_id=(--job_id "slurm_${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}")
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

# --wait: when a rank dies, Slurm ends the others 20 s later. (--kill-on-bad-exit would shoot ranks that are just leaving
# with 3 or 75, and turn the exit code into 137.)
# srun's exit code is that of the ranks, and the job's: 0 done, 3 done with failures, 75 stopped, 1 failed, 2 usage.
srun --mpi="${DJ_SLURM_MPI:-pmix}" --kill-on-bad-exit=0 --wait=20 "$program" "$@" "${job_id[@]}" &
step=$!
while true; do
    code=0
    told=""
    wait "$step" || code=$?
    [ -n "$told" ] || break  # else it was the signal that ended `wait`
done

# Stopped, not done: again under the same number, unless DJ_REQUEUE=0 or the job was submitted with --no-requeue. A job
# that was cancelled is not running any more, and stays so.
state=$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%T 2>/dev/null || true)
if [ "$code" -eq 75 ] && [ "${DJ_REQUEUE:-1}" != 0 ] && [ "$state" = RUNNING ]; then
    echo "job.sh: not done yet; start ${SLURM_RESTART_COUNT:-0} ends here, the job is queued again" >&2
    scontrol requeue "$SLURM_JOB_ID" && exit 0
    echo "job.sh: it was not queued again; to go on: sbatch $0 $* ${job_id[*]}" >&2
fi
exit "$code"
