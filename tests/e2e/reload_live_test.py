# SPDX-License-Identifier: Apache-2.0

"""A detector copied into the plugins folder of an engine that captures live. It needs packets that
no other detector wanted, so the programs in the kernel must hand over more from then on. Runs in a
new network namespace and control group.
"""

import pathlib
import subprocess
import tempfile

import captures
import engine
import reload_lab

PACKETS = 20
PORT, DNS_PORT = 40444, 53
LONG_NAME = ".".join(["x" * 60, "y" * 60, "example", "com"])

# For each line it reads, sends PACKETS datagrams with `payload` to its own port and prints a line.
SENDER = """
import socket, sys
port, payload = int(sys.argv[1]), bytes.fromhex(sys.argv[2])
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", port))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for line in sys.stdin:
    for _ in range(PACKETS):
        sender.sendto(payload, ("127.0.0.1", port))
        receiver.recv(1024)
    print("sent", flush=True)
""".replace("PACKETS", str(PACKETS))


class ReloadLive(engine.TestCase):
    def setUp(self):
        self.built = reload_lab.Built(self.enterContext(tempfile.TemporaryDirectory()))
        self.scratch = reload_lab.temporary_folder(self)
        self.plugins = self.scratch / "plugins"
        self.plugins.mkdir(mode=0o755)
        self.group = pathlib.Path(tempfile.mkdtemp(prefix="reload-", dir=engine.cgroup_mounts()[0]))
        self.addCleanup(self.group.rmdir)

    def start_sender(self, port=PORT, payload=b"x"):
        script = (
            'ip link set lo up; echo 0 > "$1/cgroup.procs"; exec python3 -u -c "$2" "$3" "$4"'
        )
        process = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", script, "sh", self.group, SENDER, str(port),
             payload.hex()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

        def end():
            process.stdin.close()
            process.wait(timeout=engine.GRACE_SECONDS)
            process.stdout.close()

        self.addCleanup(end)
        self.sender = process

    def send(self):
        self.sender.stdin.write("go\n")
        self.sender.stdin.flush()
        self.assertEqual(self.sender.stdout.readline(), "sent\n")

    def test_a_new_detector_gets_packets_that_the_kernel_did_not_copy_before(self):
        reload_lab.put(self.built.get("tcp", event="net_packet_tcp"), self.plugins / "tcp.so")
        self.start_sender()
        self.send()  # the interpreter runs and the sockets exist
        running = reload_lab.Running(
            self.scratch, "--plugins", self.plugins, "--detectors", "all", "--cgroup", self.group,
            "--strict",
        )  # fmt: skip
        self.addCleanup(running.kill)
        # An event shows that the engine runs: only then it notices a change of the folder.
        reload_lab.put(self.built.get("nobody", event="absent"), self.plugins / "nobody.so")
        running.wait_for_line("nobody")
        self.send()
        reload_lab.put(self.built.get("udp", event="net_packet_udp"), self.plugins / "udp.so")
        running.wait_for_line("udp.so: added", "detector udp runs")
        self.send()
        wanted = 2 * PACKETS  # each is seen when it leaves and when it arrives
        running.wait_for("detections", lambda: len(running.events("udp")) >= wanted)
        reload_lab.put(self.built.get("udp", version=2), self.plugins / "udp.so")
        running.wait_for_line("udp.so: replaced")
        self.send()
        running.wait_for("detections", lambda: len(running.events("udp")) >= 2 * wanted)
        (self.plugins / "udp.so").unlink()
        running.wait_for_line("udp.so: removed")
        self.send()
        running.process.terminate()
        self.assertEqual(running.end(), 0, running.logged())
        numbers = [n + 1 for n in range(wanted)]
        expected = [(1, n) for n in numbers] + [(2, n) for n in numbers]
        self.assertEqual(running.details("udp"), expected)
        self.assertEqual({event["processName"] for event in running.events("udp")}, {"python3"})

    def test_a_detector_of_a_new_project_fires_after_it_is_copied_in(self):
        reload_lab.put(self.built.get("tcp", event="net_packet_tcp"), self.plugins / "tcp.so")
        plugin = self.built.new_detector("late")
        self.start_sender(DNS_PORT, captures.dns_query(LONG_NAME, captures.TYPE_A))
        self.send()
        running = reload_lab.Running(
            self.scratch, "--plugins", self.plugins, "--detectors", "all", "--cgroup", self.group,
            "--strict",
        )  # fmt: skip
        self.addCleanup(running.kill)
        reload_lab.put(self.built.get("nobody", event="absent"), self.plugins / "nobody.so")
        running.wait_for_line("nobody")
        self.send()
        reload_lab.put(plugin, self.plugins / "late.so")
        running.wait_for_line("late.so: added", "detector LATE runs")
        self.send()
        wanted = 2 * PACKETS  # each is seen when it leaves and when it arrives
        running.wait_for("detections", lambda: len(running.events("late")) >= wanted)
        running.process.terminate()
        self.assertEqual(running.end(), 0, running.logged())
        events = running.events("late")
        self.assertEqual(len(events), wanted)
        self.assertEqual({engine.args_of(event)["query"] for event in events}, {LONG_NAME})
        self.assertEqual({event["processName"] for event in events}, {"python3"})


if __name__ == "__main__":
    engine.main(live=True)
