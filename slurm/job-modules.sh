#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# As job.sh, where compiler, MPI and HDF5 come from environment modules (Lmod or Environment Modules):
#
#   DJ_MODULES="gcc/12 openmpi/4.1 hdf5/1.14" sbatch slurm/job-modules.sh recipe.yaml [options of dj-mpi]
#
# Load the modules that dj-mpi was built with. They are loaded on the first node; srun passes the environment on to all ranks.

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
    echo "job-modules.sh: $1" >&2
    exit 1
}

[ -n "${DJ_MODULES:-}" ] || fail "name the modules that dj-mpi was built with: DJ_MODULES=\"gcc/12 openmpi/4.1 hdf5/1.14\""

# A batch script is no login shell: the function may not be there yet. Modules are written for shells without -u and -e.
set +eu
if ! type module >/dev/null 2>&1; then
    for init in "$LMOD_PKG/init/bash" "$MODULESHOME/init/bash" /etc/profile.d/lmod.sh /etc/profile.d/modules.sh; do
        # shellcheck disable=SC1090
        [ -r "$init" ] && . "$init" && break
    done
fi
type module >/dev/null 2>&1 || fail "there is no command 'module' on $(hostname); use job.sh"
for name in $DJ_MODULES; do
    module load "$name"
    # Some versions of `module` leave with 0 whatever happens.
    case :$LOADEDMODULES: in
    *:"$name":* | *:"$name"/*) ;;
    *) fail "the module $name was not loaded on $(hostname); 'module avail' shows what there is" ;;
    esac
done
set -eu

# Slurm runs a copy of this script; job.sh stands beside the original.
here=${DJ_SLURM_SCRIPTS:-$(dirname "$(scontrol show job "$SLURM_JOB_ID" | sed -n 's/^ *Command=\([^ ]*\).*/\1/p' | head -n 1)")}
exec bash "$here/job.sh" "$@"
