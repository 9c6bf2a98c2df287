# SPDX-License-Identifier: Apache-2.0

"""The privileges of the running engine, as the kernel shows them while it runs, and by trying.

The engine watches a command in a new network namespace and control group. Once the engine has
started the command, it reads /proc of its parent, which is the engine.
"""

import json
import os
import pathlib
import pwd
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import engine
import net_lab

# The numbers of capabilities in the status of a process.
SYS_PTRACE, DAC_READ_SEARCH, KILL, BPF = 19, 2, 5, 39
NOBODY = pwd.getpwnam("nobody")

# Writes down the status of the engine and each of its threads from /proc, then sends itself one
# datagram.
COMMAND = """
import json, os, pathlib, socket, sys
engine = pathlib.Path("/proc") / str(os.getppid())
threads = [(thread / "status").read_text() for thread in (engine / "task").iterdir()]
pathlib.Path(sys.argv[1]).write_text(json.dumps(threads))
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 40999))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto(b"x", ("127.0.0.1", 40999))
receiver.recv(16)
"""
IN_NAMESPACE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')


def field(status, name):
    return re.search(rf"^{name}:[ \t]*(.*)$", status, re.MULTILINE).group(1)


def capabilities(status, kind):
    bits = int(field(status, kind), 16)
    return {number for number in range(64) if bits >> number & 1}


class Privileges(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.scratch.chmod(0o755)

    def watch(self, *options, start=()):
        """Runs the engine with these options; returns its events and the status of each thread."""
        status_file = self.scratch / "status.json"
        result = engine.run(
            *IN_NAMESPACE, *start, engine.BIN, "--events", "net_packet_udp", "--output", "json", "--strict",
            *options, "--", sys.executable, "-c", COMMAND, status_file,
        )  # fmt: skip
        self.assert_status(result, 0)
        return engine.events_in(result.stdout), json.loads(status_file.read_text(encoding="utf-8"))

    def assert_captured(self, events):
        """The one datagram, leaving and arriving, with the program that sent it."""
        directions = [engine.args_of(event)["metadata"]["direction"] for event in events]
        self.assertEqual(sorted(directions), ["egress", "ingress"])
        for event in events:
            program = os.path.realpath(sys.executable)
            self.assertEqual(os.path.realpath(event["executable"]["path"]), program)

    def test_root_keeps_at_most_four_capabilities(self):
        events, threads = self.watch()
        self.assert_captured(events)
        for status in threads:
            kept = capabilities(status, "CapPrm")
            self.assertLessEqual(kept, {SYS_PTRACE, DAC_READ_SEARCH, KILL, BPF})
            self.assertEqual(capabilities(status, "CapEff"), kept)
            self.assertEqual(capabilities(status, "CapInh"), set())
            self.assertEqual(field(status, "NoNewPrivs"), "1")

    @unittest.skipIf(os.environ.get("WIREHOUND_SANITIZE"), "sanitizers need the calls it refuses")
    def test_every_thread_is_under_the_filter(self):
        _, threads = self.watch()
        self.assertEqual({field(status, "Seccomp") for status in threads}, {"2"})
        _, threads = self.watch("--seccomp", "off")
        self.assertEqual({field(status, "Seccomp") for status in threads}, {"0"})

    def test_the_engine_runs_as_the_user_it_was_given(self):
        events, threads = self.watch("--user", "nobody")
        self.assert_captured(events)
        for status in threads:
            self.assertEqual(set(field(status, "Uid").split()), {str(NOBODY.pw_uid)})
            self.assertEqual(set(field(status, "Gid").split()), {str(NOBODY.pw_gid)})
            self.assertEqual(field(status, "Groups").split(), [])
            kept = capabilities(status, "CapPrm")
            self.assertLessEqual(kept, {SYS_PTRACE, DAC_READ_SEARCH, KILL, BPF})

    def test_its_control_group_is_gone_afterwards(self):
        _, threads = self.watch("--user", "nobody")
        name = "wirehound-" + field(threads[0], "Tgid")
        left = [mount.rglob(name) for mount in engine.cgroup_mounts()]
        self.assertEqual([group for groups in left for group in groups], [])

    def test_an_engine_that_is_killed_leaves_no_control_group(self):
        sleeper = "import os, sys, time; print(os.getppid(), flush=True); time.sleep(60)"
        process = subprocess.Popen(
            [str(engine.BIN), "--events", "net_packet_udp", "--output", "none", "--", sys.executable,
             "-c", sleeper], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        name = f"wirehound-{process.pid}"
        self.assertEqual(process.stdout.readline().strip(), str(process.pid))
        groups = [group for mount in engine.cgroup_mounts() for group in mount.rglob(name)]
        self.assertEqual(len(groups), 1)
        left = [int(pid) for pid in (groups[0] / "cgroup.procs").read_text().split()]
        process.kill()
        process.wait()
        net_lab.wait_until(lambda: not groups[0].exists(), f"{name} is still there")
        self.assertEqual(len(left), 1)
        os.kill(left[0], 0)  # the command is still alive, without the engine
        os.kill(left[0], signal.SIGKILL)
        process.stdout.close()

    def test_three_capabilities_are_enough_to_start(self):
        """As an ordinary user with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, in its own group."""
        group = pathlib.Path(tempfile.mkdtemp(prefix="few-", dir=engine.cgroup_mounts()[0]))
        self.addCleanup(group.rmdir)
        group.chmod(0o755)
        found = self.scratch / "found.jsonl"
        found.touch()
        os.chown(found, NOBODY.pw_uid, NOBODY.pw_gid)
        needed = "+bpf,+perfmon,+net_admin"
        watcher = subprocess.Popen(
            ["setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups",
             f"--inh-caps=-all,{needed}", f"--ambient-caps=-all,{needed}",
             f"--bounding-set=-all,{needed}", str(engine.BIN), "--cgroup", str(group),
             "--events", "net_packet_udp", "--output", f"json:{found}", "--log-level", "debug", "--strict"],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            line = ""
            while "goes on as" not in line:
                line = watcher.stderr.readline()
                self.assertNotEqual(line, "", "the engine has ended")
            self.assertRegex(line, f"user {NOBODY.pw_uid}, no capabilities|capabilities bpf")
            script = 'ip link set lo up; echo 0 > "$1/cgroup.procs"; exec "$2" -c "$3" "$4"'
            sent = engine.run("unshare", "--net", "sh", "-c", script, "sh", group, sys.executable,
                              COMMAND, self.scratch / "own.json")  # fmt: skip
            self.assert_status(sent, 0)
        finally:
            watcher.terminate()
            _, errors = watcher.communicate(timeout=engine.TIMEOUT_SECONDS)
        self.assertEqual(watcher.returncode, 0, errors)
        self.assert_captured(engine.events_in(found.read_text(encoding="utf-8")))

    def test_an_unknown_user_is_a_usage_error(self):
        for user, reason in (
            ("nosuchuser", "no user 'nosuchuser'"),
            ("nobody:nosuchgroup", "no group 'nosuchgroup'"),
            ("4294967295", "no user '4294967295'"),
        ):
            with self.subTest(user=user):
                result = engine.run(engine.BIN, "--user", user, "--read", "/dev/null")
                self.assert_status(result, 2)
                self.assertIn(reason, result.stderr)


if __name__ == "__main__":
    engine.main(live=True)
