"""`make demo`: prepare one instance under var/, run its processes, and say how to get in."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("GI_TRACE_VAR", ROOT / "var"))
PORT = os.environ.get("PORT", "8000")
READY_WITHIN = 60  # seconds from starting the web server
PORT_FREE_WITHIN = 10  # seconds; what a killed demonstration left behind needs a moment to end
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def environment() -> dict[str, str]:
    """The demonstration's settings; anything set outside wins."""
    return {
        "GI_TRACE_BASE_URL": f"http://localhost:{PORT}",
        "GI_TRACE_VAR": str(VAR),
        "GI_TRACE_DEMO": "1",
        "PYTHONUNBUFFERED": "1",
        **os.environ,
    }


def manage(*arguments: str) -> None:
    """Run one management command to its end; a failure ends the demonstration with the command's own message."""
    say(f"· {' '.join(arguments)}")
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(), check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"'manage.py {' '.join(arguments)}' failed; mend what it says above and run 'make demo' again.")


def prepare() -> None:
    """Create what is missing. Steps whose inputs have not changed since they last succeeded are skipped."""
    VAR.mkdir(parents=True, exist_ok=True)
    stamp = VAR / "prepared"
    wanted = _digest_of_inputs()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    manage("init_secrets")
    manage("migrate", "--verbosity", "0")
    manage("ledger_init", "--if-missing")
    manage("load_reference")
    manage("load_demo", "--scale", os.environ.get("GI_TRACE_DEMO_SCALE", "1"))
    manage("collectstatic", "--noinput", "--verbosity", "0")
    stamp.write_text(wanted)


def _digest_of_inputs() -> str:
    """Of the code and data that preparation depends on, and of the database it was made for."""
    digest = hashlib.sha256(environment().get("DATABASE_URL", "").encode())
    for folder in ("products", "ledger", "gi_trace"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def wait_for_the_port() -> None:
    """The web server shares its port with its own workers, so it would silently share it with another server too."""
    deadline = time.monotonic() + PORT_FREE_WITHIN
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", int(PORT)))  # noqa: S104
                return
            except OSError as error:
                if time.monotonic() > deadline:
                    sys.exit(f"Port {PORT} cannot be used ({error.strerror}). Try: make demo PORT=8010")
        time.sleep(0.2)


def end_with_parent() -> None:
    """Runs in a child before its command: if we are killed outright, it must not stay behind on port and database."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_processes() -> dict[str, subprocess.Popen[bytes]]:
    """Web server, worker, sequencer and the maker of EPCIS events, each in a group of its own so that Ctrl-C reaches them through us alone."""
    web = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "0.0.0.0", "--port", PORT]  # noqa: S104
    web += ["--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    # Without a limit, one of its workers that is told to stop while it starts is waited for without end.
    web += ["--workers-kill-timeout", "3", "gi_trace.wsgi:application"]
    commands = {
        "web": web,
        "worker": [sys.executable, "manage.py", "db_worker", "--queue-name", "*", "--no-startup-delay"],
        "sequencer": [sys.executable, "manage.py", "ledger_run"],
        "events": [sys.executable, "manage.py", "epcis_events", "--verbosity", "0"],
    }
    # Nobody to ask, nothing to run.
    policy_file = Path(os.environ.get("GI_TRACE_LEDGER_POLICY_FILE", VAR / "ledger-policy"))
    if policy_file.exists() or {"GI_TRACE_CHAIN_URL", "GI_TRACE_TSA_URL"} & os.environ.keys():
        commands["publisher"] = [sys.executable, "manage.py", "ledger_publish"]
    return {
        name: subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=environment(), start_new_session=True, preexec_fn=end_with_parent
        )
        for name, command in commands.items()
    }


def require_all(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raises SystemExit when one of them has ended."""
    if ended := [name for name, process in processes.items() if process.poll() is not None]:
        raise SystemExit(f"{'、'.join(ended)} ended unexpectedly; everything else is being stopped.")


def wait_until_ready(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        require_all(processes)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    raise SystemExit(f"The web server did not answer on port {PORT} within {READY_WITHIN} s.")


def write_facts() -> Path:
    """var/demo.json: what the demonstration holds, and the address it is served at this time."""
    facts = json.loads((VAR / "demo-facts.json").read_text(encoding="utf-8"))
    path = VAR / "demo.json"
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(
        json.dumps({"base_url": environment()["GI_TRACE_BASE_URL"], **facts}, ensure_ascii=False, indent=1),
        encoding="utf-8",
    )
    draft.replace(path)
    return path


def show(facts_file: Path) -> None:
    """Print where to go and as whom."""
    facts = json.loads(facts_file.read_text(encoding="utf-8"))
    base = facts["base_url"]
    say(f"\nGI Trace 演示已就绪 / is ready:  {base}\n")
    say(f"  扫码页 scan page      {base}/t/{facts['unit_codes'][0]}")
    say(f"  账本 ledger           {base}/ledger/")
    say(f"  接口 API              {base}/api/v1/docs\n")
    say("  账户 accounts (password behind each name):")
    for account in facts["accounts"]:
        say(f"    {account['role']:<20} {account['username']:<22} {account['password']}")
    say(f"\n  全部资料 all of it in  {facts_file}\n  Ctrl-C 停止 stops everything.")


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    for process in processes.values():
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _raise_exit(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def main() -> None:
    signal.signal(signal.SIGTERM, _raise_exit)
    begin = time.monotonic()
    wait_for_the_port()
    prepare()
    processes = start_processes()
    try:
        wait_until_ready(processes)
        show(write_facts())
        say(f"  ({time.monotonic() - begin:.0f} s)")
        while True:
            require_all(processes)
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("\n停止 stopping")
    finally:
        stop(processes)


if __name__ == "__main__":
    main()
