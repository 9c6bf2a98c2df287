# SPDX-License-Identifier: Apache-2.0

"""A container of a real containerd: its events carry its name and labels.

Needs root, containerd with ctr, runc and a static busybox; containerd_workload.py starts them below
the engine's own control group and ends them again.
"""

import pathlib
import shutil
import sys
import tempfile

import container_workload
import containerd_workload as workload
import engine


class Containerd(engine.TestCase):
    def test_facts_from_containerd_are_in_the_later_events(self):
        with tempfile.TemporaryDirectory() as scratch:
            found = pathlib.Path(scratch) / "found.jsonl"
            socket = pathlib.Path(scratch) / "c.sock"
            in_namespace = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
            result = engine.run(
                *in_namespace, engine.BIN, "--events", "net_packet_udp",
                "--output", f"json:{found}", "--runtime-socket", f"containerd:{socket}",
                "--", sys.executable, engine.HERE / "containerd_workload.py", scratch,
            )  # fmt: skip
            self.assert_status(result, 0)
            events = engine.events_in(found.read_text(encoding="utf-8"))
        inside = [event for event in events if event["processName"] in container_workload.NAMES]
        self.assertNotEqual(inside, [], engine.printed_by(result))
        for event in inside:
            self.assertEqual(event["containerId"], workload.CONTAINER_ID)
        self.assertEqual(
            inside[-1]["container"], {"id": workload.CONTAINER_ID, "name": "web"}, result.stderr
        )
        self.assertEqual(inside[-1]["kubernetes"], {"podName": "web-0", "podNamespace": "shop"})


def why_no_containerd():
    for tool in ("containerd", "ctr", "runc", "busybox"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed; on Debian, packages containerd, runc, busybox-static"
    return None


if __name__ == "__main__":
    reason = why_no_containerd()
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(engine.EXIT_SKIPPED)
    engine.main(live=True)
