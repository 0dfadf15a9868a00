"""Entry point of `python -m ledger.verifier` and of ledger-verifier.pyz."""

from __future__ import annotations

import sys

from ledger.verifier.cli import main

if __name__ == "__main__":
    # A terminal that cannot show Chinese must not turn a verdict into a crash.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main())
