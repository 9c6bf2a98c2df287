# SPDX-License-Identifier: Apache-2.0

"""Detectors that tests compile, change and copy into the plugins folder of a running engine."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import engine

COMPILER = os.environ.get("WIREHOUND_CXX", "c++")
SDK_INCLUDE = engine.HERE.parent.parent / "sdk" / "include"
SOURCE = engine.HERE / "counting_detector.cc"

WAIT_SECONDS = 60


class Built:
    """Shared objects of counting_detector.cc, each built once."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.made = {}

    def new_detector(self, name):
        """The detector of a project that `wirehound new-detector` wrote."""
        engine.run(engine.BIN, "new-detector", name, "--directory", self.folder)
        path = self.folder / f"{name}.so"
        self.compile(self.folder / name / f"{name}.cc", path)
        return path

    def get(self, name, version=1, event="net_packet_udp", **macros):
        """A detector NAME whose detections say `version` and how many events it has seen."""
        key = (name, version, event, tuple(sorted(macros.items())))
        if key not in self.made:
            path = self.folder / f"{len(self.made)}.so"
            words = {"NAME": f'"{name}"', "EVENT": f'"{event}"', "VERSION": version, **macros}
            self.compile(SOURCE, path, *(f"-D{word}={value}" for word, value in words.items()))
            self.made[key] = path
        return self.made[key]

    @staticmethod
    def compile(source, path, *options):
        subprocess.run(
            [COMPILER, "-std=c++17", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", *options,
             f"-I{SDK_INCLUDE}", source, "-o", path],
            check=True,
        )  # fmt: skip


def put(source, target):
    """Puts a file in place at once, as a package manager does."""
    temporary = target.with_suffix(".new")
    shutil.copyfile(source, temporary)
    temporary.chmod(0o755)
    temporary.rename(target)


class Running:
    """A running engine whose output and log can be looked at while it runs."""

    def __init__(self, scratch, *arguments, binary=engine.BIN, **options):
        self.output = scratch / "events.json"
        self.log = scratch / "log.txt"
        with open(self.output, "wb") as output, open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [str(part) for part in (binary, "--output", "json", *arguments)],
                stdout=output, stderr=log, **options,
            )  # fmt: skip

    def logged(self):
        return self.log.read_text(encoding="utf-8")

    def events(self, name=None):
        text = self.output.read_text(encoding="utf-8")
        events = engine.events_in(text[: text.rfind("\n") + 1])
        return [event for event in events if name in (None, event["eventName"])]

    def details(self, name):
        """(version, number) of each detection of a counting detector."""
        found = [engine.args_of(event) for event in self.events(name)]
        return [(int(args["version"]), int(args["number"])) for args in found]

    def wait_for(self, what, condition):
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            if self.process.poll() is not None and not condition():
                raise AssertionError(f"the engine ended before {what}:\n{self.logged()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"no sign of {what}:\n{self.logged()}")
            time.sleep(0.02)

    def wait_for_line(self, *texts, times=1):
        def is_logged():
            lines = self.logged().splitlines()
            return sum(all(str(text) in line for text in texts) for line in lines) >= times

        self.wait_for(f"a line with {texts}", is_logged)

    def end(self):
        """Waits for the end; returns the exit status."""
        try:
            status = self.process.wait(timeout=engine.TIMEOUT_SECONDS)
            engine.check_ledger(self.logged(), self.logged())
            return status
        finally:
            self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def temporary_folder(test):
    """A folder only we may write to, as a plugins folder must be."""
    folder = pathlib.Path(test.enterContext(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)
    return folder
