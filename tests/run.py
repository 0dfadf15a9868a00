"""`make test`: get what the tests need, then run the whole suite on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from gi_trace.node import NoNode, require_packages

SYSTEM_PACKAGES = {"chromium": "chromium", "chromedriver": "chromium-driver", "openssl": "openssl"}


def install_system_packages() -> list[str]:
    """Install Chromium and OpenSSL where we may; returns what is still missing, with the reason."""
    missing = [package for command, package in SYSTEM_PACKAGES.items() if not shutil.which(command)]
    if not missing:
        return []
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return [
            f"{package}: not installed, and only root on Debian or Ubuntu can have it installed" for package in missing
        ]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", *missing], env=environment, check=False, stdout=subprocess.DEVNULL
    )
    return [
        f"{package}: apt-get could not install it"
        for command, package in SYSTEM_PACKAGES.items()
        if not shutil.which(command)
    ]


def install_node_packages() -> list[str]:
    """Install what the anchor contract's tests need; returns the reason when that cannot be."""
    try:
        require_packages()
    except NoNode as reason:
        return [f"{reason} (the tests of anchors on a chain)"]
    return []


def run_suite(database: str, arguments: list[str]) -> int:
    print(f"\n=== {database} ===", flush=True)  # noqa: T201
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", *arguments]
    return subprocess.run(command, env={**os.environ, "TEST_DATABASE": database}, check=False).returncode


def main() -> int:
    missing = install_system_packages() + install_node_packages()
    results = {database: run_suite(database, sys.argv[1:]) for database in ("sqlite", "postgres")}
    print("\n=== result ===")  # noqa: T201
    for database, code in results.items():
        print(f"{database}: {'passed' if code == 0 else f'FAILED (pytest exit {code})'}")  # noqa: T201
    for reason in missing:
        print(f"skipped for want of {reason}")  # noqa: T201
    return max(results.values())


if __name__ == "__main__":
    sys.exit(main())
