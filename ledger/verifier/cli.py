"""The command line: one proof, one policy, an answer in plain words and an exit status."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from ledger.verifier.encoding import write_base64
from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.options import add_options, check_evidence
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import VerifiedEntry, verify_proof

VALID, INVALID, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 when the proof is valid, 1 when it is not, 2 when it could not be checked.

    Wrong usage leaves through argparse, with status 2 as well.
    """
    options = _parser().parse_args(arguments)
    try:
        policy = parse_policy(options.policy.read_bytes())
        with options.proof.open("rb") as file:
            # A zip begins with PK. It may be large and is read one file at a time.
            is_bundle = file.read(2) == b"PK"
        proof = b"" if is_bundle else options.proof.read_bytes()
        entry = None if options.entry is None else options.entry.read_bytes()
    except OSError as error:
        name = error.filename or options.proof
        _say(sys.stderr, f"Could not be checked: {name} cannot be read.", f"无法核对：{name} 读不出来。")
        return UNUSABLE
    except VerificationError as error:
        _say(sys.stderr, f"Could not be checked: the policy is not usable ({error}).", "无法核对：策略文件不可用。")
        return UNUSABLE
    try:
        if is_bundle:
            # Imported here: a single proof needs none of it.
            from ledger.verifier.evidence.bundle_report import check_bundle

            for lines in list(check_bundle(options, policy=policy)):
                _say(sys.stdout, *lines)
            return VALID
        verified = verify_proof(proof, policy=policy, entry=entry)
        anchors = check_evidence(options, checkpoint=verified.checkpoint.text)
    except OSError as error:
        _say(sys.stderr, f"Could not be checked: {error}.", "无法核对：锚定证据或所需文件读不出来。")
        return UNUSABLE
    except VerificationError as error:
        _say(sys.stdout, f"INVALID ({error.code}): {error.detail}.", "验证不通过。不要相信这份文件。")
        return INVALID
    _report(verified, anchors, has_own_entry=entry is not None)
    return VALID


def _report(verified: VerifiedEntry, anchors: list[tuple[str, str]], *, has_own_entry: bool) -> None:
    checkpoint = verified.checkpoint.text
    digest = hashlib.sha256(verified.entry).hexdigest()
    source = ("the file you gave", "您给的文件") if has_own_entry else ("the proof file itself", "证明文件本身")
    _say(sys.stdout, "VALID.", "验证通过。")
    _say(
        sys.stdout,
        f"Entry {verified.index} of {checkpoint.size} in the log {checkpoint.origin} is exactly the one checked here.",
        f"账本 {checkpoint.origin} 共 {checkpoint.size} 条，第 {verified.index} 条（从 0 数起）与此处核对的完全一致。",
    )
    _say(
        sys.stdout,
        f"The entry was taken from {source[0]}: {len(verified.entry)} bytes, SHA-256 {digest}.",
        f"条目取自{source[1]}：{len(verified.entry)} 字节，SHA-256 {digest}。",
    )
    _say(
        sys.stdout,
        f"The log signed the root {write_base64(checkpoint.root)} with the key {verified.checkpoint.log}.",
        f"根哈希 {write_base64(checkpoint.root)} 由账本以上述公钥签名。",
    )
    for key, time in verified.checkpoint.witnesses:
        _say(
            sys.stdout,
            f"Witness {key.name} cosigned at {_moment(time)}.",
            f"见证方 {key.name} 于 {_moment(time)} 会签。",
        )
    if not verified.checkpoint.witnesses:
        _say(sys.stdout, "No witness of the policy cosigned.", "没有策略所列的见证方会签。")
    for english, chinese in anchors:
        _say(sys.stdout, english, chinese)
    _say(
        sys.stdout,
        "Proven: the entry was logged and has not changed since. Not proven: that what it says is true.",
        "已证明：该条目已入账，此后未被改动。未证明：其内容属实。",
    )


def _moment(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"


def _say(stream: TextIO, english: str, chinese: str) -> None:
    stream.write(f"{english}\n{chinese}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ledger.verifier",
        description="Verify a tlog-proof or an evidence bundle offline. Exit 0 valid, 1 invalid, 2 unusable.",
    )
    parser.add_argument("proof", type=Path, metavar="FILE", help="FILE.tlog-proof or BUNDLE.zip")
    parser.add_argument("--policy", type=Path, required=True, help="whom you trust, as in c2sp.org/tlog-policy")
    parser.add_argument("--entry", type=Path, help="the entry's exact bytes, if you hold them yourself")
    add_options(parser)
    return parser
