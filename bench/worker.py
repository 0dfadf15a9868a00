"""One measurement in a process of its own: `python -m bench.worker NAME SIZE FILE`, inside an instance's environment."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import django

from bench.figures import FULL, TINY


def main(name: str, size: str, target: str) -> None:
    django.setup()
    result = import_module(f"bench.{name}").measure({"full": FULL, "tiny": TINY}[size])
    Path(target).write_text(result.to_json(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
