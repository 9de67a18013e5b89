#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A Slurm cluster of two nodes on one machine, for tests. Needs root and the Debian packages slurmctld slurmd slurm-client
# munge iproute2. Nothing of the machine's own Slurm or munge is used or touched: names, addresses, ports, keys and
# sockets are private to DIR, so that several clusters may run side by side.
#
#   two_node_slurm.sh up DIR [OWNER [KEY=VALUE]...]   start; with OWNER (a process id) all is taken down when that process
#                                      is gone; KEY=VALUE are lines of slurm.conf, instead of those below
#   two_node_slurm.sh cut DIR N        take the network of node N (1 or 2) away;   heal DIR N   gives it back
#   two_node_slurm.sh kill DIR N       kill node N with all its processes;         revive DIR N starts its slurmd again
#   two_node_slurm.sh stop_controller DIR              end slurmctld; start_controller DIR starts it again
#   two_node_slurm.sh down DIR         stop everything; harmless if there is nothing
#
# After `up`: export SLURM_CONF=DIR/slurm.conf. A node is a slurmd in a network namespace behind a bridge, with a host name of
# its own. Files are shared, as on a cluster, but for the folder TmpFS (PMIx keeps sockets there). Jobs of the partition `urgent`
# preempt those of `main`, which then have a minute of grace.
set -euo pipefail

verb=${1:?up, cut, heal, kill, revive, stop_controller, start_controller or down}
dir=$(realpath -m "${2:?folder}")
node=${3:-}
lines=("${@:4}")
self=$(realpath "${BASH_SOURCE[0]}")
cgroups=$(dirname "$self")/node_cgroups.sh

# ip has 15 characters for an interface; the id also chooses addresses and ports.
id_of_cluster() { cat "$dir/id" 2>/dev/null || true; }
namespace() { echo "dj$(id_of_cluster)n$1"; }
link() { echo "dj$(id_of_cluster)v$1"; }
bridge() { echo "dj$(id_of_cluster)br"; }
network() { local id; id=$(id_of_cluster); echo "10.$((64 + id / 250 % 128)).$((id % 250))"; }
port() { echo $((20000 + $(id_of_cluster) % 20000)); }

need() {
    [ "$(id -u)" = 0 ] || { echo "two_node_slurm.sh: needs root" >&2; exit 1; }
    local program
    for program in slurmctld slurmd srun munged ip nsenter unshare; do
        PATH=$PATH:/usr/sbin:/sbin command -v $program >/dev/null ||
            { echo "two_node_slurm.sh: $program is missing; packages: slurmctld slurmd slurm-client munge iproute2" >&2; exit 1; }
    done
}

make_network() {
    local net bridge i
    net=$(network) bridge=$(bridge)
    ip link add "$bridge" type bridge
    ip addr add "$net.1/24" dev "$bridge"
    ip link set "$bridge" up
    for i in 1 2; do
        ip netns add "$(namespace $i)"
        ip link add "$(link $i)" type veth peer name eth0 netns "$(namespace $i)"
        ip link set "$(link $i)" master "$bridge" up
        ip -n "$(namespace $i)" addr add "$net.1$i/24" dev eth0
        ip -n "$(namespace $i)" link set eth0 up
        ip -n "$(namespace $i)" link set lo up
        ip -n "$(namespace $i)" route add default via "$net.1"
    done
}

# The folder must be root's alone, or munged refuses it.
start_munge() {
    mkdir -p -m 0700 "$dir/munge"
    chmod 0700 "$dir/munge"
    (umask 077 && head -c 1024 /dev/urandom > "$dir/munge/key")
    munged --force --key-file="$dir/munge/key" --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" \
        --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
}

write_configuration() {
    local net cpus line
    net=$(network) cpus=$(nproc)
    sed -e "s|@id@|$(id_of_cluster)|; s|@host@|$(hostname -s)|; s|@port@|$(port)|; s|@net@|$net|; s|@cpus@|$cpus|; s|@dir@|$dir|" \
        "${self%.sh}.conf" > "$dir/slurm.conf"
    printf '%s\n' CgroupPlugin=cgroup/v1 ConstrainCores=yes ConstrainRAMSpace=yes > "$dir/cgroup.conf"
    for line in "${lines[@]}"; do
        # Of nodes and partitions there are several: their first word names one.
        if [[ $line == *" "* ]]; then sed -i "/^${line%% *} /d" "$dir/slurm.conf"; else sed -i "/^${line%%=*}=/d" "$dir/slurm.conf"; fi
        echo "$line" >> "$dir/slurm.conf"
    done
}

# nsenter, not `ip netns exec`: that mounts /sys anew, and slurmd then finds no cgroup file system.
start_slurmd() (
    mkdir -p "$dir/tmp-n$1" "$dir/spool-n$1" "$dir/node_tmp"
    local enter="hostname n$1 && mount --bind '$dir/tmp-n$1' '$dir/node_tmp'" apart=(--mount --uts)
    if grep -q '^TaskPlugin=.*cgroup' "$dir/slurm.conf"; then
        "$cgroups" join "$(namespace "$1")" $BASHPID
        apart+=(--cgroup)
        enter+=" && '$cgroups' mount '$(namespace "$1")'"
    fi
    SLURM_CONF=$dir/slurm.conf nsenter --net="/run/netns/$(namespace "$1")" unshare "${apart[@]}" bash -c \
        "$enter && exec slurmd -N n$1" < /dev/null
)

wait_until_idle() {
    local i
    for i in $(seq 60); do
        [ "$(sinfo --noheader --states=idle --format=%D 2>/dev/null)" = 2 ] && return
        sleep 0.5
    done
    echo "two_node_slurm.sh: the nodes did not come up:" >&2
    sinfo >&2 || true
    tail -n 20 "$dir"/*.log >&2 || true
    return 1
}

stop_by_pid_file() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 0
    [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true
    rm -f "$1"
}

kill_node() {
    local pid
    for pid in $(ip netns pids "$(namespace "$1")" 2>/dev/null || true); do kill -9 "$pid" 2>/dev/null || true; done
}

up() {
    need
    mkdir -p "$dir/state"
    [ ! -e "$dir/id" ] || { echo "two_node_slurm.sh: $dir is in use; run \`down\` first" >&2; exit 1; }
    trap 'down' ERR INT TERM
    echo $((BASHPID % 100000)) > "$dir/id"
    make_network
    start_munge
    write_configuration
    export SLURM_CONF=$dir/slurm.conf
    slurmctld < /dev/null
    start_slurmd 1 && start_slurmd 2
    wait_until_idle
    if [ -n "$node" ]; then
        setsid bash -c "while kill -0 $node 2>/dev/null && [ -e '$dir/id' ]; do sleep 1; done; '$self' down '$dir'" \
            < /dev/null > /dev/null 2>&1 &
    fi
    trap - ERR INT TERM
}

down() {
    trap - ERR INT TERM
    set +e
    [ -e "$dir/id" ] || return 0
    local i
    for i in 1 2; do kill_node $i; done
    stop_by_pid_file "$dir/slurmctld.pid"
    stop_by_pid_file "$dir/munge/pid"
    for i in 1 2; do
        kill_node $i
        ip netns del "$(namespace $i)" 2>/dev/null
        ip link del "$(link $i)" 2>/dev/null
        "$cgroups" remove "$(namespace $i)"
    done
    ip link del "$(bridge)" 2>/dev/null
    rm -f "$dir/id"
    set -e
}

PATH=$PATH:/usr/sbin:/sbin
case $verb in
up) up ;;
cut) ip link set "$(link "${node:?node}")" down ;;
heal) ip link set "$(link "${node:?node}")" up ;;
kill) kill_node "${node:?node}" ;;
revive)
    rm -rf "$dir/spool-n${node:?node}"/*pmix* "$dir/tmp-n$node"/*pmix*  # a node that has booted has no sockets left
    start_slurmd "$node"
    ;;
stop_controller)
    pid=$(cat "$dir/slurmctld.pid")
    kill "$pid"  # it saves its state, as on a restart
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    ;;
start_controller) SLURM_CONF=$dir/slurm.conf slurmctld < /dev/null ;;
down) down ;;
*) echo "two_node_slurm.sh: unknown verb $verb" >&2; exit 2 ;;
esac
