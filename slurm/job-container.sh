#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# As job.sh, with dj-mpi in a container that slurm/dj-mpi.def describes (Apptainer, or Singularity under its old name):
#
#   apptainer build dj-mpi.sif slurm/dj-mpi.def
#   DJ_IMAGE=dj-mpi.sif sbatch slurm/job-container.sh recipe.yaml [options of dj-mpi]
#
# srun stays outside and starts one container per rank; its PMIx and that of the container's MPI find each other by the
# environment and by files. Paths of the recipe that are not in the home folder, /tmp or the folder submitted from:
# APPTAINER_BIND=/scratch,/data.

# As in job.sh, where they are explained.
#SBATCH --job-name=dj-mpi
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=4
#SBATCH --time=1:00:00
#SBATCH --output=dj-mpi-%j.out
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append

set -euo pipefail

fail() {
    echo "job-container.sh: $1" >&2
    exit 1
}

image=$(realpath -m "${DJ_IMAGE:-dj-mpi.sif}")
[ -r "$image" ] || fail "there is no image $image; DJ_IMAGE names it, 'apptainer build dj-mpi.sif slurm/dj-mpi.def' makes it"
[[ $image != *[[:space:]]* ]] || fail "the path of the image must not have blanks: $image"
runner=$(command -v apptainer || command -v singularity) || fail "neither apptainer nor singularity is on the PATH of $(hostname)"

# PMIx's files are in slurmd's own folder, which may be named after the node: then the folder above it.
spool=$(scontrol show config | awk '$1 == "SlurmdSpoolDir" { print $3 }')
while [[ $spool == *%* ]]; do spool=$(dirname "$spool"); done
binds=${APPTAINER_BIND:-${SINGULARITY_BIND:-}}
export APPTAINER_BIND=${binds:+$binds,}$PWD${spool:+,$spool}
export SINGULARITY_BIND=$APPTAINER_BIND
export DJ_RUN_WITH="$runner exec $image"

# Slurm runs a copy of this script; job.sh stands beside the original.
here=${DJ_SLURM_SCRIPTS:-$(dirname "$(scontrol show job "$SLURM_JOB_ID" | sed -n 's/^ *Command=\([^ ]*\).*/\1/p' | head -n 1)")}
exec bash "$here/job.sh" "$@"
