# SPDX-License-Identifier: Apache-2.0

"""`wirehound check-plugin`: it prints the needs of a plugin that loads, and the reason why another
one does not load. Works with and without root; nothing is captured.
"""

import json
import os
import pathlib
import subprocess
import tempfile

import engine

COMPILER = os.environ.get("WIREHOUND_CC", "cc")
SDK_INCLUDE = engine.HERE.parent.parent / "sdk" / "include"
NOBODY = 65534


class CheckPlugin(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.scratch.chmod(0o755)

    def compiled(self, source, *macros):
        """A plugin of one of the sources beside this test."""
        plugin = self.scratch / "checked.so"
        subprocess.run(
            [COMPILER, "-shared", "-fPIC", *(f"-D{macro}" for macro in macros),
             f"-I{SDK_INCLUDE}", engine.HERE / source, "-o", plugin],
            check=True,
        )  # fmt: skip
        plugin.chmod(0o755)
        return plugin

    def check(self, plugin, *options, prefix=()):
        return engine.run(*prefix, engine.BIN, "check-plugin", *options, plugin)

    def report(self, plugin, status):
        result = self.check(plugin, "--json")
        self.assert_status(result, status)
        return json.loads(result.stdout)

    def test_a_shipped_detector_loads_and_its_needs_are_listed(self):
        report = self.report(engine.PLUGINS / "dns.so", 0)
        self.assertTrue(report["loads"])
        self.assertEqual(report["problems"], [])
        self.assertEqual(report["abi_needed"], "1.0")
        self.assertRegex(report["abi_of_engine"], r"^1\.\d+$")
        self.assertTrue(report["sdk"] and report["compiler"])
        (detector,) = report["detectors"]
        self.assertEqual((detector["id"], detector["event"]), ("DNS", "DNS"))
        self.assertEqual([one["event"] for one in detector["requires"]], ["net_packet_dns"])
        self.assertEqual(detector["problems"], [])

    def test_the_text_report_shows_abi_detector_and_required_events(self):
        result = self.check(engine.PLUGINS / "dns.so")
        self.assert_status(result, 0)
        self.assertRegex(result.stdout, r"(?m)^loads +yes$")
        self.assertRegex(result.stdout, r"(?m)^detector ABI +needs 1\.0, this engine has 1\.\d+$")
        self.assertRegex(result.stdout, r"(?m)^detector +DNS$")
        self.assertRegex(result.stdout, r"(?m)^  requires +net_packet_dns$")

    def test_every_part_of_a_definition_is_shown(self):
        (detector,) = self.report(self.compiled("checked_detector.c"), 0)["detectors"]
        self.assertEqual(
            detector["requires"],
            [
                {"event": "net_packet_tcp", "optional": False},
                {
                    "event": "somebody_elses", "optional": True,
                    "versions": "1.0.0 or later and below 2.0.0",
                    "note": "from another detector: not checked",
                },
                {
                    "event": "net_packet_udp", "optional": True, "versions": "90.0.0 or later",
                    "note": detector["requires"][2]["note"],
                },
            ],
        )  # fmt: skip
        self.assertRegex(detector["requires"][2]["note"], "has version .*; expected 90.0.0 or later")
        self.assertEqual(detector["data_stores"], [{"name": "dns", "optional": False}])
        self.assertEqual(detector["enrichments"], [{"name": "ancestry", "optional": True}])
        (option,) = detector["options"]
        self.assertEqual(
            option,
            {"name": "limit", "type": "int64", "default": 5, "description": "how many",
             "minimum": 1, "maximum": 9},
        )  # fmt: skip

    def test_a_detector_that_could_not_run_is_a_problem(self):
        cases = {
            "WRONG_ARCHITECTURE": "it is for z80; this is ",
            "NEWER_ENGINE": "it is for engine version 99.0.0 or later; this is ",
            "UNKNOWN_STORE": "required data store 'moon' does not exist; there are container, dns,",
            "NEWER_EVENT": "required event 'net_packet_tcp' has version ",
            "BAD_FILTER": "dst_prt",
            "TAKEN_NAME": "event name 'net_packet_tcp' is a base event's",
        }
        for macro, reason in cases.items():
            with self.subTest(macro=macro):
                report = self.report(self.compiled("checked_detector.c", macro), 1)
                self.assertFalse(report["loads"])
                (problem,) = report["detectors"][0]["problems"]
                self.assertIn(reason, problem)

    def test_a_file_that_does_not_load_is_reported_with_the_reason(self):
        cases = {
            "OTHER_MAJOR": "built for detector ABI 2",
            "NEWER_MINOR": "it needs detector ABI 1.",
            "BAD_MAGIC": "magic number",
            "NO_ENTRY": "does not export wirehound_detector_module_v1",
            "UNRESOLVED": "wirehound_no_such_function",
            "REFUSES_TO_DESCRIBE": "this is no detector",
        }
        for macro, reason in cases.items():
            with self.subTest(macro=macro):
                plugin = self.compiled("not_a_detector.c", macro)
                report = self.report(plugin, 1)
                self.assertFalse(report["loads"])
                (problem,) = report["problems"]
                self.assertIn(reason, problem)
                self.assertEqual(report["detectors"], [])
                lines = self.check(plugin)
                self.assert_status(lines, 1)
                self.assertRegex(lines.stdout, r"(?m)^loads +no$")
                self.assertIn(reason, lines.stdout)

    def test_a_missing_file_or_one_that_is_no_plugin_is_reported_as_such(self):
        text = self.scratch / "text.so"
        text.write_text("just text\n", encoding="ascii")
        text.chmod(0o644)
        self.assertEqual(self.report(text, 1)["problems"], ["not an ELF file"])
        absent = self.report(self.scratch / "absent.so", 1)
        self.assertEqual(absent["problems"], ["No such file or directory"])

    def test_a_command_line_without_a_file_is_a_usage_error(self):
        result = engine.run(engine.BIN, "check-plugin")
        self.assert_status(result, 2)
        self.assertEqual(result.stdout, "", engine.printed_by(result))

    def test_no_privileges_are_needed(self):
        if os.geteuid() != 0:
            self.skipTest("runs without root as it is")
        # Copies that every user can reach: the build may be in a private folder.
        binary, plugin = self.scratch / "wirehound", self.scratch / "dns.so"
        for copy, original in ((binary, engine.BIN), (plugin, engine.PLUGINS / "dns.so")):
            copy.write_bytes(original.read_bytes())
            copy.chmod(0o755)
        drop = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                "--inh-caps=-all", "--bounding-set=-all")  # fmt: skip
        result = engine.run(*drop, binary, "check-plugin", plugin)
        self.assert_status(result, 0)


if __name__ == "__main__":
    engine.main()
