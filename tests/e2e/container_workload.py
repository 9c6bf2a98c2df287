# SPDX-License-Identifier: Apache-2.0

"""Traffic from inside and outside containers. Run by container_live_test.py.

Usage: container_workload.py ID…, as many as there are SHAPES. Each container has the simplest
bundle that runc accepts: one static program and its own namespaces. Its control group has a name as
some runtime makes it, and is below the group that this program runs in.
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
POD_UID = "d7b3c1de-0c2f-4a55-9f3e-6f2f6c1a2b3c"
# The paths at which runtimes create a container's group. The last part has the container's id.
SHAPES = [
    "{id}",
    "system.slice/docker-{id}.scope",
    "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"
    + POD_UID.replace("-", "_")
    + ".slice/cri-containerd-{id}.scope",
    f"kubepods/besteffort/pod{POD_UID}" + "/crio-{id}",
    "machine.slice/libpod-{id}.scope/container",
]
# Several questions: the runtime's facts of a container arrive a moment after the first one, and on
# a busy machine before the last one.
IN_CONTAINER = (
    "/bin/busybox ip link set lo up; for pause in 0 0.2 0.2 0.2 3; do "
    "/bin/busybox sleep $pause; "
    "/bin/busybox timeout 60 /bin/busybox nslookup inside.test 127.0.0.1; done; true"
)
NAMES = ("nslookup", "busybox")  # the possible names of that process
CAPABILITIES = ["CAP_NET_ADMIN", "CAP_NET_RAW"]
LIMIT_SECONDS = 120


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


def hierarchies():
    """Where control groups are mounted, and whether that is version 2."""
    lines = pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    mounts = [line.split() for line in lines]
    return [(pathlib.Path(at), kind == "cgroup2") for _, at, kind, *_ in mounts if "cgroup" in kind]


def remove_groups(parent, group):
    """Removes the group's parents: runc creates them in each hierarchy and leaves them there."""
    for mount, is_ours in hierarchies():
        top = mount / parent.lstrip("/")
        at = top / group
        while at != top:
            if at.is_dir():
                at.rmdir()
            at = at.parent
        if top.is_dir() and not is_ours:
            top.rmdir()


def send_from_the_host():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(HOST_QUESTION, ("127.0.0.1", PORT))


def run_container(parent, group, container_id):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        make_bundle(folder, f"{parent}/{group}")
        command = ["runc", "--root", folder / "state", "run", "--bundle", folder]
        try:
            subprocess.run([*command, container_id], check=True, timeout=LIMIT_SECONDS)
        finally:
            delete = ["runc", "--root", folder / "state", "delete", "--force", container_id]
            subprocess.run(delete, check=False, capture_output=True, timeout=LIMIT_SECONDS)
            remove_groups(parent, group)


def main(container_ids):
    parent = own_cgroup()
    send_from_the_host()
    for shape, container_id in zip(SHAPES, container_ids, strict=True):
        run_container(parent, shape.format(id=container_id), container_id)


if __name__ == "__main__":
    main(sys.argv[1:])
