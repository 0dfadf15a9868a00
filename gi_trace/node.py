"""The npm packages that the local chain and the contract's tests need, in a folder of their own beside Python's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "ledger" / "contracts"
FOLDER = Path(sys.prefix) / "node"
MODULES = FOLDER / "node_modules"
_INSTALL_WITHIN = 600  # seconds; ganache is large


class NoNode(Exception):
    """Node or its packages cannot be had here; says why."""


def require_packages() -> Path:
    """Install what is missing and return the folder of the packages. Raises NoNode."""
    _require_node()
    wanted = (CONTRACTS / "package.json").read_text(encoding="utf-8")
    stamp = FOLDER / "installed.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return MODULES
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text(wanted, encoding="utf-8")
    command = ["npm", "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--omit=optional"]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_WITHIN,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoNode(f"npm packages: {error}") from error
    if done.returncode:
        raise NoNode(f"npm packages: npm could not install them ({done.stderr.strip()[-200:]})")
    # Written last: an interrupted installation is begun again.
    stamp.write_text(wanted, encoding="utf-8")
    return MODULES


def installed_packages() -> Path | None:
    """The folder of the packages if `require_packages` has been here; installs nothing."""
    return MODULES if shutil.which("node") and (FOLDER / "installed.json").exists() else None


def _require_node() -> None:
    if shutil.which("node") and shutil.which("npm"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoNode("nodejs and npm: not installed, and only root on Debian or Ubuntu can have them installed")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "nodejs", "npm"]):
        subprocess.run(  # noqa: S603
            ["apt-get", *command],  # noqa: S607
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoNode("nodejs and npm: apt-get could not install them")
