"""`make bench`, or `python -m bench [labels] [ledger] [scan] [browser] [issue] [trace] [epcis] [lineage]`: measures and writes docs/performance.md."""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import date
from typing import Final

from bench import report
from bench.databases import ROOT
from bench.figures import Result
from bench.load import missing_wrk
from bench.machine import describe
from bench.running import LIMIT, MEASUREMENTS, NotMeasured, run

PAGE: Final = ROOT / "docs" / "performance.md"
WITHIN: Final = 900.0  # seconds for all of it


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Side-by-side measurements.")
    parser.add_argument("measurements", nargs="*", metavar="|".join(MEASUREMENTS), help="all of them by default")
    chosen = parser.parse_args().measurements or list(MEASUREMENTS)
    if unknown := sorted(set(chosen) - set(MEASUREMENTS)):
        parser.error(f"no measurement is called {', '.join(unknown)}")
    deadline = time.monotonic() + WITHIN
    # Said on the page: on a machine that is busy with other work every absolute figure is too low.
    machine = f"{describe()}, load average {os.getloadavg()[0]:.1f} before it began"
    if "scan" in chosen and (reason := missing_wrk(may_install=True)):
        print(f"scan will be skipped under load: {reason}")
    done = [_measure(measurement, machine, deadline) for measurement in chosen]
    is_complete = all(done)
    print(f"\nwritten to {PAGE.relative_to(ROOT)}" if is_complete else "\nnot everything could be measured; see above")
    return 0 if is_complete else 1


def _measure(measurement: str, machine: str, deadline: float) -> bool:
    """Measure on every database and write the page; what could not be measured leaves the page as it was."""
    results: list[Result] = []
    for database in MEASUREMENTS[measurement]:
        begin = time.monotonic()
        print(f"\n· {measurement} {database}".rstrip(), flush=True)
        try:
            results.append(run(measurement, database, limit=max(1.0, min(LIMIT, deadline - begin))))
        except NotMeasured as error:
            print(f"not measured: {error}", flush=True)
            return False
        print(report.in_terminal(results[-1]))
        print(f"  ({time.monotonic() - begin:.0f} s)", flush=True)
    report.write(PAGE, measurement, results, machine=machine, on=date.today())  # noqa: DTZ011
    return True


if __name__ == "__main__":
    sys.exit(main())
