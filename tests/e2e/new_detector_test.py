# SPDX-License-Identifier: Apache-2.0

"""`wirehound new-detector` and `wirehound test` on the command line: the files they write, the
names they refuse, their output and exit status. The package test builds a new project and runs its
tests.
"""

import pathlib
import tempfile

import engine

DNS = engine.PLUGINS / "dns.so"

GOOD = """test four kinds of records of one domain
net_packet_dns proto_dns.answers.0.MX.preference=10 proto_dns.answers.0.MX.name=mx.uol.com.br
net_packet_dns proto_dns.answers.0.NS=eliot.uol.com.br proto_dns.answers.1.SOA.RName=root.uol.com.br
expect nothing
net_packet_dns proto_dns.answers.0.type=TXT proto_dns.answers.0.TXTs.0="v=spf1 include:spf.uol.com.br"
expect DNS domain=uol.com.br record_types=MX,NS,SOA,TXT

test one kind stays quiet
net_packet_dns proto_dns.answers.0.NS=eliot.uol.com.br
expect nothing
"""


class NewDetector(engine.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def new_detector(self, name):
        return engine.run(engine.BIN, "new-detector", name, "--directory", self.folder)

    def test_a_project_has_the_name_in_all_its_forms(self):
        result = self.new_detector("rare_Host2")
        self.assert_status(result, 0)
        self.assertEqual(len(result.stdout.splitlines()), 3, engine.printed_by(result))
        project = self.folder / "rare_Host2"
        files = {path.name: path.read_text(encoding="utf-8") for path in project.iterdir()}
        self.assertEqual(
            set(files), {"CMakeLists.txt", "README.md", "rare_Host2.cc", "rare_Host2_test.txt"}
        )
        self.assertIn("class RareHost2 : public", files["rare_Host2.cc"])
        self.assertIn('definition.id = "RARE_HOST2"', files["rare_Host2.cc"])
        self.assertIn("expect rare_host2 ", files["rare_Host2_test.txt"])
        for name, text in files.items():
            self.assertNotRegex(text, r"\{\{\w+\}\}", name)

    def test_existing_files_are_not_touched(self):
        there = self.folder / "mine"
        there.mkdir()
        (there / "mine.cc").write_text("precious", encoding="utf-8")
        result = self.new_detector("mine")
        self.assert_status(result, 2)
        self.assertIn("is there already; nothing was written", result.stderr)
        self.assertEqual([path.name for path in there.iterdir()], ["mine.cc"])
        self.assertEqual((there / "mine.cc").read_text(encoding="utf-8"), "precious")

    def test_a_bad_name_is_refused_with_the_expected_form(self):
        expectations = {
            "9lives": "a letter first",
            "a-b": "letters, digits and '_'",
            "../x": "letters, digits and '_'",
            "": "letters, digits and '_'",
            "x" * 65: "at most 64",
            "test": "CMake has a target of that name",
            "net_packet_dns": "an event or a set is called that",
            "flows": "an event or a set is called that",
        }
        for name, expected in expectations.items():
            with self.subTest(name=name):
                result = self.new_detector(name)
                self.assert_status(result, 2)
                self.assertEqual(len(result.stderr.splitlines()), 1, engine.printed_by(result))
                self.assertIn(expected, result.stderr)
                self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_folder_that_cannot_be_made_is_a_failure(self):
        (self.folder / "file").write_text("", encoding="utf-8")
        result = engine.run(engine.BIN, "new-detector", "x", "--directory", self.folder / "file")
        self.assert_status(result, 1)
        self.assertIn("new-detector: ", result.stderr)


class DetectorTest(engine.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_cases(self, text, *options, plugin=DNS):
        cases = self.folder / "cases.txt"
        cases.write_text(text, encoding="utf-8")
        return engine.run(engine.BIN, "test", "--log-level", "warn", *options, plugin, cases)

    def test_cases_that_pass_are_reported_as_ok(self):
        result = self.run_cases(GOOD)
        self.assert_status(result, 0)
        self.assertEqual(
            result.stdout.splitlines(),
            ["ok four kinds of records of one domain", "ok one kind stays quiet"],
        )

    def test_a_folder_of_plugins_is_accepted_too(self):
        self.assert_status(self.run_cases(GOOD, plugin=engine.PLUGINS), 0)

    def test_a_failed_expectation_is_reported_with_its_line(self):
        result = self.run_cases(GOOD.replace("domain=uol.com.br", "domain=example"))
        self.assert_status(result, 1)
        failed, passed = result.stdout.splitlines()
        self.assertEqual(
            failed,
            f"FAILED {self.folder}/cases.txt:6: four kinds of records of one domain: expected DNS "
            "domain=example record_types=MX,NS,SOA,TXT, got DNS domain=uol.com.br "
            "record_types=MX,NS,SOA,TXT (not domain=uol.com.br)",
        )
        self.assertEqual(passed, "ok one kind stays quiet")

    def test_detections_are_shown_as_expectations(self):
        shown = self.run_cases(GOOD, "--show").stdout.splitlines()
        self.assertIn("expect DNS domain=uol.com.br record_types=MX,NS,SOA,TXT", shown)

    def test_wrong_cases_and_files_have_status_2(self):
        for text, expected in {
            "": "expected at least one line 'test TITLE'",
            "test x\nnet_packet_dns srcc=192.0.2.1": "did you mean 'src'",
            "test x\nread none.pcap": "none.pcap",
        }.items():
            with self.subTest(text=text):
                result = self.run_cases(text)
                self.assert_status(result, 2)
                self.assertIn(expected, result.stdout + result.stderr)

    def test_a_plugin_that_does_not_load_is_a_failure(self):
        broken = self.folder / "broken.so"
        broken.write_bytes(b"not a plugin")
        result = self.run_cases(GOOD, plugin=broken)
        self.assert_status(result, 1)
        self.assertIn("broken.so", result.stderr)


if __name__ == "__main__":
    engine.main()
