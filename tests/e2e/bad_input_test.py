# SPDX-License-Identifier: Apache-2.0

"""The engine with bad input: wrong names, captures and plugins, and too few privileges. Works with
and without root; as root a test drops all privileges when it is about having none.
"""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

import captures
import engine

HAS_LIVE_CAPTURE = os.environ.get("WIREHOUND_PROBES", "1") == "1"
COMPILER = os.environ.get("WIREHOUND_CC", "cc")
SDK_INCLUDE = engine.HERE.parent.parent / "sdk" / "include"

NOBODY = 65534
WITHOUT_PRIVILEGES = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    "--inh-caps=-all", "--bounding-set=-all",
)  # fmt: skip


class BadInput(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.scratch.chmod(0o755)

    def write(self, name, content):
        path = self.scratch / name
        path.write_bytes(content)
        return path

    def good_capture(self):
        return self.write("good.pcap", captures.pcap(captures.uol_packets()))

    def assert_a_line_says(self, result, *texts):
        """One line of standard error contains all of `texts`, in upper or lower case."""
        wanted = [str(text).lower() for text in texts]
        lines = result.stderr.lower().splitlines()
        found = [line for line in lines if all(text in line for text in wanted)]
        self.assertNotEqual(found, [], f"no line with {wanted}" + engine.printed_by(result))


class Names(BadInput):
    def assert_usage_error(self, result, *texts):
        self.assert_status(result, 2)
        self.assertEqual(result.stdout, "", engine.printed_by(result))
        self.assert_a_line_says(result, *texts)

    def test_an_unknown_detector_is_refused_with_the_closest_name(self):
        result = engine.run(engine.BIN, "--detectors", "DNZ", "--read", self.good_capture())
        self.assert_usage_error(result, "DNZ", "DNS")

    def test_an_unknown_event_is_refused_with_the_closest_name(self):
        result = engine.run(
            engine.BIN, "--events", "net_packet_dnss", "--read", self.good_capture()
        )
        self.assert_usage_error(result, "net_packet_dnss", "net_packet_dns")

    def test_an_unknown_option_is_refused_and_named(self):
        result = engine.run(engine.BIN, "--no-such-option")
        self.assert_usage_error(result, "--no-such-option")

    def test_an_unknown_output_is_refused_and_named(self):
        result = engine.run(engine.BIN, "--output", "jsn", "--read", self.good_capture())
        self.assert_usage_error(result, "jsn", "json")


class Captures(BadInput):
    def read(self, path):
        return engine.run(
            engine.BIN, "--detectors", "DNS", "--output", "json", "--read", path
        )

    def test_a_good_capture_is_one_detection(self):
        for name, make in (("good.pcap", captures.pcap), ("good.pcapng", captures.pcapng)):
            with self.subTest(name=name):
                result = self.read(self.write(name, make(captures.uol_packets())))
                self.assert_status(result, 0)
                event = self.assert_one_dns_detection(result)
                last_packet_ns = (captures.FIRST_PACKET_SECONDS + 3) * 1_000_000_000
                self.assertEqual(event["timestamp"], last_packet_ns)
                self.assertEqual(event["processId"], 0)

    def test_packets_before_the_damage_are_processed_and_the_damage_is_an_error(self):
        packets = captures.uol_packets()
        whole, whole_ng = captures.pcap(packets), captures.pcapng(packets)
        another = captures.pcap_record(4, packets[0])
        absurd_length = captures.pcap_record(4, packets[0], captured_length=0x7FFFFFFF)
        cases = {
            "cut_in_a_packet.pcap": whole + another[:-5],
            "cut_in_a_record_header.pcap": whole + another[:7],
            "absurd_length.pcap": whole + absurd_length,
            "cut_in_a_block.pcapng": whole_ng + captures.pcapng(packets)[-40:][:20],
        }
        for name, content in cases.items():
            with self.subTest(name=name):
                result = self.read(self.write(name, content))
                self.assert_one_dns_detection(result)
                self.assert_status(result, 1)
                self.assert_a_line_says(result, name)

    def test_a_file_that_is_no_capture_is_an_error_that_names_it(self):
        cases = {"empty.pcap": b"", "text.pcap": b"not a capture\n" * 10, "short.pcap": b"\xd4\xc3"}
        for name, content in cases.items():
            with self.subTest(name=name):
                result = self.read(self.write(name, content))
                self.assert_status(result, 1)
                self.assertEqual(result.stdout, "", engine.printed_by(result))
                self.assert_a_line_says(result, name)

    def test_a_missing_file_is_an_error_that_names_it(self):
        result = self.read(self.scratch / "absent.pcap")
        self.assert_status(result, 1)
        self.assert_a_line_says(result, "absent.pcap")


class Privileges(BadInput):
    def setUp(self):
        super().setUp()
        # A copy that every user can reach: the build may be in a private folder.
        copy = self.scratch / "wirehound"
        shutil.copytree(engine.PLUGINS, copy / "plugins")
        (copy / "bin").mkdir()
        self.binary = shutil.copy(engine.BIN, copy / "bin")
        for directory in (copy, copy / "bin", copy / "plugins"):
            directory.chmod(0o755)

    def run_unprivileged(self, *arguments):
        drop = WITHOUT_PRIVILEGES if os.geteuid() == 0 else ()
        return engine.run(*drop, self.binary, *arguments, cwd="/")

    @unittest.skipUnless(HAS_LIVE_CAPTURE, "built without WIREHOUND_BUILD_PROBES")
    def test_live_capture_without_privileges_names_the_missing_ones_and_an_alternative(self):
        # The command would succeed, so status 1 also shows that it was not run.
        result = self.run_unprivileged("--detectors", "DNS", "--output", "json", "--", "echo", "ran")
        self.assert_status(result, 1)
        self.assertEqual(result.stdout, "", engine.printed_by(result))
        self.assertRegex(result.stderr, r"(?i)\broot\b|CAP_[A-Z]+")
        self.assertIn("--read", result.stderr)

    def test_reading_a_capture_needs_no_privileges(self):
        capture = self.good_capture()
        result = self.run_unprivileged(
            "--detectors", "DNS", "--output", "json", "--read", capture
        )
        self.assert_status(result, 0)
        self.assert_one_dns_detection(result)


class Plugins(BadInput):
    """A plugins folder with the DNS detector and one file that is no detector."""

    def setUp(self):
        super().setUp()
        self.plugins = self.scratch / "plugins"
        self.plugins.mkdir(mode=0o755)
        self.real = next(
            path for path in sorted(engine.PLUGINS.glob("*.so")) if "dns" in path.name.lower()
        )
        shutil.copy(self.real, self.plugins / "dns.so")
        (self.plugins / "dns.so").chmod(0o755)

    def add_compiled(self, kind):
        subprocess.run(
            [COMPILER, "-shared", "-fPIC", f"-D{kind}", f"-I{SDK_INCLUDE}",
             engine.HERE / "not_a_detector.c", "-o", self.plugins / "odd.so"],
            check=True,
        )  # fmt: skip

    def detect(self):
        return engine.run(
            engine.BIN, "--plugins", self.plugins, "--detectors", "DNS", "--output", "json",
            "--read", self.good_capture(),
        )  # fmt: skip

    def assert_odd_is_refused(self, *reason):
        """One line names odd.so and the reason; the DNS detector beside it works."""
        (self.plugins / "odd.so").chmod(
            stat.S_IMODE((self.plugins / "odd.so").stat().st_mode) | 0o444
        )
        result = self.detect()
        self.assert_status(result, 0)
        self.assert_one_dns_detection(result)
        self.assert_a_line_says(result, "odd.so", *reason)
        lines = [line for line in result.stderr.splitlines() if "odd.so" in line]
        self.assertEqual(len(lines), 1, engine.printed_by(result))

    def test_a_text_file_is_refused(self):
        (self.plugins / "odd.so").write_text("just text\n", encoding="ascii")
        self.assert_odd_is_refused()

    def test_an_empty_file_is_refused(self):
        (self.plugins / "odd.so").touch()
        self.assert_odd_is_refused()

    def test_a_truncated_elf_is_refused(self):
        for divisor in (2, 20):
            with self.subTest(divisor=divisor):
                whole = self.real.read_bytes()
                (self.plugins / "odd.so").write_bytes(whole[: len(whole) // divisor])
                self.assert_odd_is_refused()

    def test_a_world_writable_file_is_refused(self):
        shutil.copy(self.real, self.plugins / "odd.so")
        (self.plugins / "odd.so").chmod(0o757)
        self.assert_odd_is_refused("writable")

    def test_another_abi_major_is_refused(self):
        self.add_compiled("OTHER_MAJOR")
        self.assert_odd_is_refused("abi", "2", "1")

    def test_a_newer_abi_minor_is_refused(self):
        self.add_compiled("NEWER_MINOR")
        self.assert_odd_is_refused("abi")

    def test_a_wrong_magic_is_refused(self):
        self.add_compiled("BAD_MAGIC")
        self.assert_odd_is_refused("magic")

    def test_a_library_without_the_entry_is_refused(self):
        self.add_compiled("NO_ENTRY")
        self.assert_odd_is_refused("wirehound_detector_module_v1")

    def test_a_library_with_an_unresolved_function_is_refused(self):
        self.add_compiled("UNRESOLVED")
        self.assert_odd_is_refused("wirehound_no_such_function")

    def test_a_detector_that_cannot_describe_itself_is_refused_with_its_reason(self):
        self.add_compiled("REFUSES_TO_DESCRIBE")
        self.assert_odd_is_refused("this is no detector")

    def test_a_world_writable_folder_is_refused_with_all_its_plugins(self):
        self.plugins.chmod(0o777)
        result = self.detect()
        self.assertNotEqual(result.returncode, 0, engine.printed_by(result))
        self.assertEqual(result.stdout, "", engine.printed_by(result))
        self.assert_a_line_says(result, self.plugins, "writable")


if __name__ == "__main__":
    engine.main()
