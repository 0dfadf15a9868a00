"""The command line's part about bundles: what was found in one, in English and Chinese."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from ledger.verifier.evidence.bundle import verify_bundle
from ledger.verifier.evidence.options import check_anchor, check_timestamp
from ledger.verifier.policy import Policy


def check_bundle(options: Namespace, *, policy: Policy) -> Iterator[tuple[str, str]]:
    """Check the zip the command line names; what was found, in English and Chinese. Raises VerificationError and OSError."""
    if options.entry or options.anchor or options.timestamp:
        raise OSError("--entry, --anchor and --timestamp go with a proof taken out of the bundle")
    with options.proof.open("rb") as file:
        bundle = verify_bundle(file, policy=policy)
    of, by, at = (bundle.manifest[name] for name in ("subject", "made_by", "made_at"))
    yield "VALID.", "验证通过。"
    yield f"Bundle about {of}, made by {by} at {at}.", f"证据包：{of}；制作：{by}；时间：{at}。"
    yield f"SHA-256 of the zip: {bundle.sha256}.", f"压缩包 SHA-256：{bundle.sha256}。"
    yield f"{bundle.entries} entries are in the log.", f"{bundle.entries} 条记录均在账本中，与所附原文完全一致。"
    yield f"{bundle.opened} values fit their commitments.", f"{bundle.opened} 项原值与账本中的承诺值一致。"
    for checkpoint in bundle.checkpoints:
        names = ", ".join(f"{witness.name} ({time})" for witness, time in checkpoint.witnesses)
        size, key = checkpoint.text.size, checkpoint.log
        yield f"The log signed its first {size} entries with the key {key}.", f"账本以上述公钥签署了前 {size} 条。"
        yield f"Witnesses: {names or 'none of the policy'}.", f"见证方：{names or '策略所列的均未会签'}。"
    for name, data, text in bundle.anchors:
        if name.endswith(".json"):
            yield from check_anchor(options, data, checkpoint=text)
        elif options.tsa_certificates:
            yield from check_timestamp(options, data, checkpoint=text)
        else:
            yield f"{name} was not checked: give --tsa-certificates.", "时间戳未核对：请给出 --tsa-certificates。"
    yield (
        "Proven: these entries were logged and have not changed since. Not proven: that what they say is true; "
        "records and cover are as the maker of the zip wrote them.",
        "已证明：这些记录自入账以来未被改动。未证明：其内容属实；业务记录和封面由制作方写成。",
    )
