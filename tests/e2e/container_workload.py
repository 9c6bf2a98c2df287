# SPDX-License-Identifier: Apache-2.0

"""Traffic from inside a container and from beside it. Run by container_live_test.py.

Usage: container_workload.py ID. The container has the plainest bundle runc takes: one static
program, namespaces of its own, and a control group named by the id below the one this runs in.
"""

import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

PORT = 53
HOST_QUESTION = b"from the host"
IN_CONTAINER = (
    "/bin/busybox ip link set lo up; "
    "/bin/busybox timeout 5 /bin/busybox nslookup inside.test 127.0.0.1; true"
)
NAMES = ("nslookup", "busybox")  # what that process may be called
CAPABILITIES = ["CAP_NET_ADMIN", "CAP_NET_RAW"]
LIMIT_SECONDS = 30


def own_cgroup():
    """The version 2 group of this process, below the root of the hierarchy."""
    lines = pathlib.Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    return next(line[len("0::") :] for line in lines if line.startswith("0::"))


def make_bundle(folder, cgroup):
    (folder / "rootfs/bin").mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), folder / "rootfs/bin/busybox")
    subprocess.run(["runc", "spec", "--bundle", folder], check=True)
    config = folder / "config.json"
    spec = json.loads(config.read_text(encoding="utf-8"))
    spec["process"]["terminal"] = False
    spec["process"]["args"] = ["/bin/busybox", "sh", "-c", IN_CONTAINER]
    spec["process"]["capabilities"] = {
        kind: CAPABILITIES for kind in spec["process"]["capabilities"]
    }
    spec["linux"]["cgroupsPath"] = cgroup
    config.write_text(json.dumps(spec), encoding="utf-8")


def remove_groups(cgroup):
    """In version 1 hierarchies runc makes the parent of its group too, and leaves it."""
    for path in pathlib.Path("/sys/fs/cgroup").glob(f"*{cgroup}"):
        if path.is_dir() and "unified" not in path.parts:
            path.rmdir()


def send_from_the_host():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(HOST_QUESTION, ("127.0.0.1", PORT))


def main(container_id):
    parent = own_cgroup()
    send_from_the_host()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        make_bundle(folder, f"{parent}/{container_id}")
        command = ["runc", "--root", folder / "state", "run", "--bundle", folder]
        try:
            subprocess.run([*command, container_id], check=True, timeout=LIMIT_SECONDS)
        finally:
            delete = ["runc", "--root", folder / "state", "delete", "--force", container_id]
            subprocess.run(delete, check=False, capture_output=True, timeout=LIMIT_SECONDS)
            remove_groups(parent)


if __name__ == "__main__":
    main(sys.argv[1])
