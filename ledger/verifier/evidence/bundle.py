"""A bundle of evidence: a zip of entries, proofs and records, checked as a whole against whom the caller trusts."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, BinaryIO

from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.json_text import read_json
from ledger.verifier.evidence.zip_files import ZipFiles, open_zip
from ledger.verifier.policy import Policy
from ledger.verifier.verify import VerifiedCheckpoint, verify_checkpoint, verify_proof

FORMAT = "gi-trace-evidence@v1"
MANIFEST = "manifest.json"
COMMITMENTS = "records/commitments.json"
MAX_JSON_BYTES, MAX_ENTRY_BYTES, MAX_ANCHOR_BYTES, MAX_OPENINGS = 16_000_000, 65_535, 200_000, 30_000
_ENTRY = re.compile(r"entries/(0|[1-9][0-9]{0,18})\.json")
_PROOF = re.compile(r"proofs/(0|[1-9][0-9]{0,18})\.tlog-proof")
_ANCHOR = re.compile(r"anchors/anchor-([1-9][0-9]{0,18})\.(json|tsr)")
_FILE_FIELDS, _OPENING_FIELDS = {"path", "sha256", "bytes", "what"}, {"entry", "field", "salt", "value"}
_LINE_FIELDS = ("kind", "subject", "at", "actor")


@dataclass(frozen=True)
class VerifiedBundle:
    """What was checked. `entries` and `opened` (commitments whose value is in the bundle) are counts.

    `anchors` were not: whom to trust with them (a node, an authority) is not in the policy.
    """

    manifest: dict[str, Any]
    sha256: str
    entries: int
    opened: int
    checkpoints: tuple[VerifiedCheckpoint, ...]
    anchors: tuple[tuple[str, bytes, CheckpointText], ...]


def verify_bundle(file: BinaryIO, *, policy: Policy) -> VerifiedBundle:
    """Check a zip: its shape, every file against the manifest, every proof with its entry, every opened commitment.

    Reads one file at a time. Raises VerificationError.
    """
    with open_zip(file) as files:
        return _verify(files, file, policy)


def _verify(files: ZipFiles, file: BinaryIO, policy: Policy) -> VerifiedBundle:
    manifest = _read_manifest(files)
    proofs = {match[1] for name in files.names if (match := _PROOF.fullmatch(name))}
    entries = {match[1] for name in files.names if (match := _ENTRY.fullmatch(name))}
    strays = sum(name.startswith(("entries/", "proofs/")) for name in files.names) - len(entries) - len(proofs)
    if entries != proofs or not entries or strays:
        raise VerificationError("unproven_entry", "every entry has one proof and every proof its entry, at least one")
    # Compared in length as well: a line repeated a million times would be checked a million times.
    lines = [str(line.get("index")) for line in manifest["entries"]]
    if len(lines) != len(entries) or set(lines) != entries:
        raise VerificationError("entry_list_mismatch", "the manifest lists other entries than the bundle has")
    checkpoints: dict[int, VerifiedCheckpoint] = {}
    for line in manifest["entries"]:
        _verify_entry(files, line, checkpoints, manifest["origin"], policy)
    for size in (name.partition("/")[2] for name in files.names if name.startswith("checkpoints/")):
        if size not in map(str, checkpoints):
            raise VerificationError("stray_checkpoint", f"no proof leads to the checkpoint {size}")
    anchors = []
    for name in sorted(name for name in files.names if name.startswith("anchors/")):
        match = _ANCHOR.fullmatch(name)
        if match is None or int(match[1]) not in checkpoints:
            raise VerificationError("stray_anchor", f"{name} is of no checkpoint in the bundle")
        anchors.append((name, files.read(name, most=MAX_ANCHOR_BYTES), checkpoints[int(match[1])].text))
    opened = _verify_openings(files)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return VerifiedBundle(manifest, digest, len(entries), opened, tuple(checkpoints.values()), tuple(anchors))


def _read_manifest(files: ZipFiles) -> dict[str, Any]:
    """The manifest, once every file of the zip is what it lists."""
    data = files.read(MANIFEST, most=MAX_JSON_BYTES)
    manifest = _parse_json(data)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise VerificationError("bad_manifest", f"it is not of the format {FORMAT}")
    # RFC 8785: there are no floats, and of names in ASCII its order is Python's.
    if _canonical(manifest) != data:
        raise VerificationError("manifest_not_canonical", "the manifest is not in the form of RFC 8785")
    texts = all(_is_plain(manifest.get(name)) for name in ("subject", "made_by", "made_at", "origin"))
    if not texts or not all(_is_rows(manifest.get(name)) for name in ("files", "entries")):
        raise VerificationError("bad_manifest", "subject, made_by, made_at, origin, files or entries are missing")
    listed = {str(line["path"]): line for line in manifest["files"] if line.keys() == _FILE_FIELDS}
    if len(listed) != len(manifest["files"]):
        raise VerificationError("bad_manifest", "a file is listed twice, or with other facts than it should be")
    if extra := files.names - listed.keys() - {MANIFEST}:
        raise VerificationError("unlisted_file", f"{min(extra)} is not in the manifest")
    for name, line in listed.items():
        content = files.read(name)
        if (len(content), hashlib.sha256(content).hexdigest()) != (line["bytes"], line["sha256"]):
            raise VerificationError("file_changed", f"{name} is not the file in the manifest")
    return manifest


def _verify_entry(
    files: ZipFiles, line: dict[str, Any], checkpoints: dict[int, VerifiedCheckpoint], origin: str, policy: Policy
) -> None:
    entry = files.read(f"entries/{line['index']}.json", most=MAX_ENTRY_BYTES)
    verified = verify_proof(files.read(f"proofs/{line['index']}.tlog-proof"), policy=policy, entry=entry)
    text = verified.checkpoint.text
    if verified.index != line["index"] or text.origin != origin:
        raise VerificationError("other_proof", f"the proof of {line['index']} is of another entry or another log")
    if text.size not in checkpoints:
        checkpoints[text.size] = verify_checkpoint(files.read(f"checkpoints/{text.size}"), policy=policy)
    if checkpoints[text.size].text != text:
        raise VerificationError("other_checkpoint", f"two checkpoints of {text.size} entries differ")
    said = _parse_json(entry)
    if not isinstance(said, dict) or any(said.get(name) != line.get(name) for name in _LINE_FIELDS):
        raise VerificationError("entry_list_mismatch", f"the manifest says something else of entry {line['index']}")


def _verify_openings(files: ZipFiles) -> int:
    """Recompute each commitment whose salt and value are in the bundle; returns how many."""
    if COMMITMENTS not in files.names:
        return 0
    rows = _parse_json(files.read(COMMITMENTS, most=MAX_JSON_BYTES))
    if not _is_rows(rows) or len(rows) > MAX_OPENINGS or any(row.keys() != _OPENING_FIELDS for row in rows):
        raise VerificationError("bad_commitments", f"{COMMITMENTS} is not a list of entry, field, salt and value")
    for row in rows:
        try:
            salt, value = bytes.fromhex(row["salt"]), row["value"].encode()
        except (TypeError, ValueError, AttributeError) as error:
            raise VerificationError("bad_commitments", "a salt is not hexadecimal or a value is no text") from error
        said = _parse_json(files.read(f"entries/{row['entry']}.json", most=MAX_ENTRY_BYTES))
        found = said.get("commitments") if isinstance(said, dict) else None
        promised = found.get(row["field"]) if isinstance(found, dict) and isinstance(row["field"], str) else None
        if promised != f"sha256:{hashlib.sha256(salt + value).hexdigest()}":
            raise VerificationError("commitment_mismatch", f"{str(row['field'])[:80]!r} is another value")
    return len(rows)


def _is_plain(value: object) -> bool:
    # These are shown on a terminal, which obeys control characters.
    return isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= 200


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8", "surrogatepass")


def _parse_json(data: bytes) -> Any:
    return read_json(data, what="a file of the bundle")
