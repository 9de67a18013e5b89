# SPDX-License-Identifier: Apache-2.0
"""Two nodes on one machine: two network namespaces with host names of their own, joined by a veth pair."""
import os
import shutil
import subprocess
import unittest


def need(*programs):
    """Skips, with the reason, where a cluster cannot be made."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("network namespaces need root")
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [program for program in programs if shutil.which(program, path=path) is None]
    if missing:
        raise unittest.SkipTest("programs are missing: " + ", ".join(missing))
    os.environ["PATH"] = path


def run(*command):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}")
    return done.stdout


class TwoNodes:
    """`folder` is for the launch script. `down` may be called at any time, and twice."""

    def __init__(self, folder):
        self.tag = f"dj{os.getpid() % 100000}t"
        self.net = f"10.{192 + os.getpid() // 250 % 60}.{os.getpid() % 250}"
        self.addresses = [f"{self.net}.1", f"{self.net}.2"]
        self.agent = os.path.join(folder, "launch_on_node")

    def namespace(self, node):
        return f"{self.tag}{node}"

    def up(self):
        for node in (1, 2):
            run("ip", "netns", "add", self.namespace(node))
        run("ip", "link", "add", "eth0", "netns", self.namespace(1), "type", "veth",
            "peer", "name", "eth0", "netns", self.namespace(2))
        for node in (1, 2):
            inside = ("ip", "-n", self.namespace(node))
            run(*inside, "addr", "add", f"{self.addresses[node - 1]}/24", "dev", "eth0")
            run(*inside, "link", "set", "eth0", "up")
            run(*inside, "link", "set", "lo", "up")
        # mpirun calls it as it would call ssh: address, then the words of a shell command.
        with open(self.agent, "w", encoding="utf-8") as script:
            script.write("#!/bin/bash\n"
                         "address=$1; shift\n"
                         f"node=${{address##*.}}\n"
                         f"exec nsenter --net=/run/netns/{self.tag}$node unshare --uts "
                         "bash -c \"hostname dj-node-$node; $*\"\n")
        os.chmod(self.agent, 0o755)

    def cut(self):
        run("ip", "-n", self.namespace(2), "link", "set", "eth0", "down")

    def processes(self):
        found = []
        for node in (1, 2):
            done = subprocess.run(["ip", "netns", "pids", self.namespace(node)], text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
            found += [int(pid) for pid in done.stdout.split()]
        return found

    def down(self):
        for pid in self.processes():
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        for node in (1, 2):
            subprocess.run(["ip", "netns", "del", self.namespace(node)], stderr=subprocess.DEVNULL)

    def mpirun(self, ranks_per_node, command, exports):
        """The command line that runs `command` on both nodes, which talk TCP alone, also within a node. `exports`: variables
        of the ranks, but not of mpirun itself."""
        hosts = ",".join(f"{address}:{ranks_per_node}" for address in self.addresses)
        subnet = f"{self.net}.0/24"
        return [self.agent, self.addresses[0], "exec", "mpirun", "--allow-run-as-root", "-n", str(2 * ranks_per_node),
                "--host", hosts, "--mca", "plm_rsh_agent", self.agent, "--mca", "btl", "tcp,self",
                "--mca", "pml", "ob1", "--mca", "btl_tcp_if_include", subnet, "--mca", "oob_tcp_if_include", subnet,
                "-x", "XDG_STATE_HOME",
                *[word for name, value in exports.items() for word in ("-x", f"{name}={value}")], *command]
