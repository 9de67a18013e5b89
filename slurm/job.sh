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
# Two minutes before the time limit every rank is asked to stop. dj-mpi then ends by itself with exit code 75.
#SBATCH --signal=USR1@120

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

# --wait: when a rank dies, Slurm ends the others 20 s later. (--kill-on-bad-exit would shoot ranks that are just leaving
# with 3 or 75, and turn the exit code into 137.)
# srun's exit code is that of the ranks, and the job's: 0 done, 3 done with failures, 75 stopped, 1 failed, 2 usage.
exec srun --mpi="${DJ_SLURM_MPI:-pmix}" --kill-on-bad-exit=0 --wait=20 "$program" "$@" "${job_id[@]}"
