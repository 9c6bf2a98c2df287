# SPDX-License-Identifier: Apache-2.0

"""A containerd with one container that sends. Run by containerd_live_test.py.

Usage: containerd_workload.py FOLDER. The server listens at FOLDER/c.sock and keeps all its files
below FOLDER. The container's control group is below the one that this program runs in.
"""

import pathlib
import shutil
import subprocess
import sys
import time

from container_workload import IN_CONTAINER, own_cgroup, remove_groups

CONTAINER_ID = "ab" * 32
NAMESPACE = "wirehound-test"
LABELS = {
    "nerdctl/name": "web",
    "io.kubernetes.pod.name": "web-0",
    "io.kubernetes.pod.namespace": "shop",
}
READY_SECONDS = 60
LIMIT_SECONDS = 120
CONFIG = """
version = 2
root = "{folder}/root"
state = "{folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "{folder}/c.sock"
"""


def make_root(folder):
    root = folder / "rootfs"
    (root / "bin").mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    return root


def wait_until_ready(ctr):
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if subprocess.run([*ctr, "version"], check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    raise TimeoutError(f"containerd is not ready after {READY_SECONDS} seconds")


def run_container(ctr, root):
    labels = [word for key, value in LABELS.items() for word in ("--label", f"{key}={value}")]
    capabilities = ["--cap-add", "CAP_NET_ADMIN"]
    group = ["--cgroup", f"{own_cgroup()}/{CONTAINER_ID}"]
    command = ["/bin/busybox", "sh", "-c", IN_CONTAINER]
    run = [*ctr, "run", "--rm", "--rootfs", *labels, *capabilities, *group]
    subprocess.run([*run, root, CONTAINER_ID, *command], check=True, timeout=LIMIT_SECONDS)


def main(folder):
    config = folder / "config.toml"
    config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
    with (folder / "containerd.log").open("wb") as log:
        server = subprocess.Popen(["containerd", "--config", config], stdout=log, stderr=log)
    ctr = ["ctr", "--address", str(folder / "c.sock"), "--namespace", NAMESPACE]
    try:
        wait_until_ready(ctr)
        run_container(ctr, make_root(folder))
    finally:
        server.terminate()
        server.wait(timeout=LIMIT_SECONDS)
        remove_groups(own_cgroup(), CONTAINER_ID)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
