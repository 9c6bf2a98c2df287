# SPDX-License-Identifier: Apache-2.0

"""Reads what `ctest --output-junit FILE` wrote and prints, for scripts/test,

PASSED FAILED SKIPPED
failed NAME           for every test that failed
skipped NAME: REASON  for every test that was skipped

A test that could not be started has failed, although ctest calls it skipped: only one that
returned the status set with SKIP_RETURN_CODE, or was disabled, was skipped.
"""

import sys
import xml.etree.ElementTree


def outcome(case):
    if case.get("status") == "run":
        return "passed"
    message = case.find("skipped")
    skipped_itself = message is not None and message.get("message", "").startswith("SKIP_")
    return "skipped" if skipped_itself or case.get("status") == "disabled" else "failed"


def first_line_of_output(case):
    lines = (case.findtext("system-out") or "").strip().splitlines()
    return lines[0] if lines else "no reason given"


def main():
    cases = list(xml.etree.ElementTree.parse(sys.argv[1]).iter("testcase"))
    outcomes = [outcome(case) for case in cases]
    print(*(outcomes.count(kind) for kind in ("passed", "failed", "skipped")))
    for case, result in zip(cases, outcomes):
        if result == "failed":
            print("failed", case.get("name"))
        elif result == "skipped":
            print(f"skipped {case.get('name')}: {first_line_of_output(case)}")


if __name__ == "__main__":
    main()
