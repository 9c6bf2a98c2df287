# SPDX-License-Identifier: Apache-2.0

"""Whose container is it? A real container of runc, and a process beside it, told apart.

Needs root, runc and a static busybox. container_workload.py makes the traffic.
"""

import pathlib
import secrets
import shutil
import sys
import tempfile

import container_workload as workload
import engine


class Containers(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        found = scratch / "found.jsonl"
        cls.container_id = secrets.token_hex(32)
        # A network namespace of its own, gone with the last process in it.
        in_namespace = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
        cls.result = engine.run(
            *in_namespace, engine.BIN, "--events", "net_packet_udp", "--output", f"json:{found}",
            "--", sys.executable, engine.HERE / "container_workload.py", cls.container_id,
        )  # fmt: skip
        if cls.result.returncode != 0:
            raise AssertionError(engine.said(cls.result))
        events = engine.events_in(found.read_text(encoding="utf-8"))
        cls.sent = [
            event
            for event in events
            if engine.args_of(event)["dst_port"] == workload.PORT
            and engine.args_of(event)["metadata"]["direction"] == "egress"
        ]

    def test_what_a_container_sends_carries_its_id(self):
        inside = [event for event in self.sent if event["processName"] in workload.NAMES]
        self.assertNotEqual(inside, [], engine.said(self.result))
        for event in inside:
            self.assert_event_shape(event)
            self.assertEqual(event["containerId"], self.container_id)
            self.assertEqual(event["container"], {"id": self.container_id})
            self.assertNotEqual(event["processId"], event["hostProcessId"])

    def test_what_a_process_beside_it_sends_carries_none(self):
        beside = [event for event in self.sent if event["processName"].startswith("python")]
        self.assertNotEqual(beside, [], engine.said(self.result))
        for event in beside:
            self.assertEqual(event["containerId"], "")


def why_no_containers():
    for tool in ("runc", "busybox"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed (scripts/setup installs it)"
    return None


if __name__ == "__main__":
    reason = why_no_containers()
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(engine.EXIT_SKIPPED)
    engine.main(live=True)
