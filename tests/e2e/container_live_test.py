# SPDX-License-Identifier: Apache-2.0

"""The containers of events: real containers of runc, with control groups as several runtimes make
them, and a process outside them. A server answers questions about the containers like Docker.

Needs root, runc and a static busybox. container_workload.py makes the traffic.
"""

import http.server
import json
import pathlib
import secrets
import shutil
import socketserver
import sys
import tempfile
import threading

import container_workload as workload
import engine

IMAGE = "registry.example/nginx:1.25"
DIGEST = "sha256:" + "0" * 64


class Docker(socketserver.ThreadingUnixStreamServer):
    """Answers for every container: its name is NAME-xxxx, with the beginning of its id."""

    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            _, kind, name, _ = self.path.split("/")
            body = {"RepoDigests": [f"nginx@{DIGEST}"]}
            if kind == "containers":
                labels = {"io.kubernetes.pod.name": "web-0", "io.kubernetes.pod.namespace": "shop"}
                config = {"Image": IMAGE, "Labels": labels}
                body = {"Id": name, "Name": f"/{name_of(name)}", "Config": config, "Image": DIGEST}
            text = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format, *args):
            pass

    def __init__(self, path):
        super().__init__(str(path), self.Handler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def name_of(container_id):
    return f"web-{container_id[:4]}"


class Containers(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        found = scratch / "found.jsonl"
        cls.enterClassContext(Docker(scratch / "docker.sock"))
        cls.container_ids = [secrets.token_hex(32) for _ in workload.SHAPES]
        # A new network namespace, which ends with the last process in it.
        in_namespace = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
        cls.result = engine.run(
            *in_namespace, engine.BIN, "--events", "net_packet_udp", "--output", f"json:{found}",
            "--runtime-socket", f"docker:{scratch / 'docker.sock'}",
            "--", sys.executable, engine.HERE / "container_workload.py", *cls.container_ids,
        )  # fmt: skip
        if cls.result.returncode != 0:
            raise AssertionError(engine.printed_by(cls.result))
        events = engine.events_in(found.read_text(encoding="utf-8"))
        cls.sent = [
            event
            for event in events
            if engine.args_of(event)["dst_port"] == workload.PORT
            and engine.args_of(event)["metadata"]["direction"] == "egress"
        ]

    def sent_by(self, container_id):
        """The events of packets that one container sent, in order."""
        events = [event for event in self.sent if event["containerId"] == container_id]
        self.assertNotEqual(events, [], engine.printed_by(self.result))
        return events

    def test_packets_of_a_container_carry_its_id_for_every_runtime(self):
        for shape, container_id in zip(workload.SHAPES, self.container_ids, strict=True):
            with self.subTest(shape):
                for event in self.sent_by(container_id):
                    self.assert_event_shape(event)
                    self.assertIn(event["processName"], workload.NAMES)
                    self.assertEqual(event["container"]["id"], container_id)
                    self.assertNotEqual(event["processId"], event["hostProcessId"])

    def test_every_container_has_its_own_id(self):
        inside = [event for event in self.sent if event["processName"] in workload.NAMES]
        self.assertEqual({event["containerId"] for event in inside}, set(self.container_ids))

    def test_facts_from_the_runtime_are_in_the_later_events(self):
        for container_id in self.container_ids:
            last = self.sent_by(container_id)[-1]
            self.assertEqual(
                last["container"],
                {
                    "id": container_id,
                    "name": name_of(container_id),
                    "image": IMAGE,
                    "imageDigest": DIGEST,
                },
            )
            self.assertEqual(last["kubernetes"]["podName"], "web-0")
            self.assertEqual(last["kubernetes"]["podNamespace"], "shop")

    def test_the_uid_of_a_pod_is_in_the_first_event_already(self):
        for shape, container_id in zip(workload.SHAPES, self.container_ids, strict=True):
            expected = workload.POD_UID if "pod" in shape and "libpod" not in shape else None
            first = self.sent_by(container_id)[0]
            self.assertEqual(first["kubernetes"].get("podUID"), expected, shape)

    def test_packets_of_a_process_outside_containers_carry_no_id(self):
        beside = [event for event in self.sent if event["processName"].startswith("python")]
        self.assertNotEqual(beside, [], engine.printed_by(self.result))
        for event in beside:
            self.assertEqual(event["containerId"], "")
            self.assertEqual(event["container"], {})
            self.assertEqual(event["kubernetes"], {})

    def test_the_summary_counts_the_questions_to_the_runtime(self):
        count = len(self.container_ids)
        self.assertIn(f"container runtimes: {count} asked ({count} answered)", self.result.stderr)


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
