"""Say how many tests ran on each database; the last line is the sum. A skip is a failure."""

import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path


def main(reports: list[str]) -> int:
    total: Counter[str] = Counter()
    for report in sorted(reports):
        suite = ET.parse(report).getroot().find("testsuite")
        if suite is None:
            raise SystemExit(f"{report} holds no result")
        count = {key: int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped")}
        failed = count["failures"] + count["errors"] + count["skipped"]
        part, database = Path(report).stem.split(".")
        print(f"{database:<11} {part:<9} {count['tests']:>5} tests, {count['skipped']} skipped")
        total += Counter(passed=count["tests"] - failed, failed=failed)
        if not count["tests"]:
            total["failed"] += 1
    print(f"{total['passed']} passed, {total['failed']} failed")
    return 1 if total["failed"] or len(reports) < 4 else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
