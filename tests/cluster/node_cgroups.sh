#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Slurm's plugins for cgroups would make the same folders in all test clusters of a machine. So a node of two_node_slurm.sh
# has a part of each hierarchy of cgroup v1 to itself, and sees it as the whole.
#
#   node_cgroups.sh join NAME PID      makes the part of the node NAME, and puts a process into it
#   node_cgroups.sh mount NAME         in a mount and cgroup namespace of a process in it: only the part is seen
#   node_cgroups.sh remove NAME        when its processes are gone
set -euo pipefail

verb=${1:?join, mount or remove}
name=${2:?name}

for controller in cpuset memory freezer cpuacct devices; do
    root=/sys/fs/cgroup/$controller
    part=$root/$name
    case $verb in
    join)
        mkdir -p "$part"
        if [ $controller = cpuset ]; then
            cat $root/cpuset.cpus > "$part/cpuset.cpus"
            cat $root/cpuset.mems > "$part/cpuset.mems"
        fi
        echo "${3:?process}" > "$part/cgroup.procs"
        ;;
    mount) umount $root && mount -t cgroup -o $controller cgroup $root ;;
    remove) [ ! -d "$part" ] || find "$part" -depth -type d -exec rmdir {} + 2>/dev/null || true ;;
    *) echo "node_cgroups.sh: unknown verb $verb" >&2 && exit 2 ;;
    esac
done
