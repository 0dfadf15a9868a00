"""The readable cover of a bundle: what it is about, what it proves, what it does not, and how to check it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from django.utils import timezone

from products.access import Role
from products.oversight.evidence import words
from products.oversight.evidence.paper import BODY, SMALL, TITLE, Paper
from products.oversight.evidence.scope import Scope
from products.proofs import Seal

# A court leafs through so many; the rest stand in manifest.json and in the folder of entries.
LISTED: Final = 2_000
_ROLES: Final = {Role.PRODUCER: "生产企业", Role.INSPECTOR: "监管人员", Role.AUDITOR: "审计人员"}
_SYMBOL_MM: Final = 30.0
_PLATFORM: Final = "平台（含无账户的公众提交）"


@dataclass(frozen=True)
class Cover:
    """What the cover shows. `lines` are the manifest's entries; `anchors` names the files of each checkpoint."""

    scope: Scope
    lines: Sequence[Mapping[str, Any]]
    seals: Sequence[Seal]
    anchors: Mapping[int, Sequence[str]]
    manifest: Mapping[str, Any]
    names: Mapping[str, str]
    role: Role
    address: str
    now: datetime


def write_cover(stream: BinaryIO, cover: Cover) -> int:
    """Write the PDF and return its number of pages."""
    paper = Paper(stream, title=f"电子证据包 {cover.scope.subject}", foot=f"电子证据包 {cover.scope.subject}")
    _head(paper, cover)
    _facts(paper, cover)
    _seals(paper, cover)
    paper.heading("已证明")
    paper.items(words.PROVEN)
    paper.heading("未证明")
    paper.items(words.NOT_PROVEN)
    paper.heading("利害关系和存证方式")
    paper.items((words.INTEREST[cover.role], words.QUALIFICATION, words.STORAGE))
    paper.heading("未收入的内容")
    paper.items(list(cover.manifest["left_out"]))
    paper.heading("核对步骤")
    paper.items(words.STEPS, numbered=True)
    _entries(paper, cover)
    return paper.finish()


def _head(paper: Paper, cover: Cover) -> None:
    top = paper.y
    beside = 166.0 - _SYMBOL_MM - 6.0
    paper.symbol(cover.address, side=_SYMBOL_MM, top=top)
    paper.text("电子证据包", size=TITLE, weight=0.014)
    paper.y += 2.0
    paper.text(cover.scope.title, size=BODY * 1.2, width=beside, weight=0.008)
    if cover.scope.is_demo:
        paper.text("演示数据：不是真实企业的记录。", width=beside, weight=0.012)
    paper.text(cover.address, size=SMALL, width=beside)
    paper.y = max(paper.y, top + _SYMBOL_MM) + 2.0


def _facts(paper: Paper, cover: Cover) -> None:
    facts = cover.manifest
    # Of the line as it stands in a policy, without its end: `printf %s KEY | sha256sum`.
    keys = [
        fact
        for vkey in facts["vkeys"]
        for fact in (("账本公钥", vkey), ("公钥 SHA-256", hashlib.sha256(vkey.encode()).hexdigest()))
    ]
    waiting = len(facts["waiting"])
    paper.heading("基本情况")
    for label, value in (
        ("对象", cover.scope.subject),
        ("导出单位", f"{cover.names.get(facts['made_by'], '')}（{facts['made_by']}，{_ROLES[cover.role]}）"),
        ("导出时间", both_times(cover.now)),
        ("导出终端", facts["client"]),
        ("软件", f"{facts['software']}（{facts['runtime']}）"),
        ("数据库", facts["database"]),
        ("时间来源", f"服务器时钟（UTC）；与标准时间同步情况：{_synchronisation(facts['clock_synchronisation'])}"),
        ("录入设备", "平台不记录录入所用设备；各条的操作主体见记录清单"),
        ("账本", facts["origin"]),
        *keys,
        ("记录", f"{len(cover.lines)} 条已入账" + (f"；另有 {waiting} 条等待入账，不在本包内" if waiting else "")),
        ("业务记录比对", _comparison(facts)),
        ("账本自查", _check(facts)),
    ):
        paper.fact(label, value)


def _synchronisation(text: str) -> str:
    return "未知" if text == "unknown" else text


def _comparison(facts: Mapping[str, Any]) -> str:
    count = len(facts["record_differences"]) + facts["more_record_differences"]
    if not count:
        return "导出时逐项比对，业务记录与账本条目一致"
    return f"导出时逐项比对，业务记录与账本条目有 {count} 处不一致，以条目为准；逐处列于 manifest.json"


def _check(facts: Mapping[str, Any]) -> str:
    check, missing = facts["last_log_check"], facts["append_only_triggers_missing"]
    triggers = "防改写触发器齐全" if not missing else f"缺少 {missing} 个防改写触发器"
    if check is None:
        return f"没有自查记录；{triggers}"
    return f"{check['at']} 自查前 {check['size']} 条，发现差异 {check['differences']} 处；{triggers}"


def _seals(paper: Paper, cover: Cover) -> None:
    paper.heading("检查点、见证和锚定")
    for seal in cover.seals:
        covered = sum(line["checkpoint"] == seal.size for line in cover.lines)
        paper.fact("检查点", f"账本共 {seal.size} 条时，{both_times(seal.signed_at)} 签署；本包 {covered} 条以它为准")
        paper.fact("根哈希", base64.b64encode(seal.root).decode())
        witnesses = "；".join(f"{name}（{both_times(at)}）" for name, at in seal.cosigners)
        paper.fact("见证方会签", witnesses or "无。没有第三方见证，不能排除向不同的人出示不同的账本")
        anchors = "、".join(cover.anchors.get(seal.size, ()))
        paper.fact("第三方锚定", anchors or "无。没有第三方的时间凭据，时间只凭服务器时钟")
        paper.y += 1.5


def _entries(paper: Paper, cover: Cover) -> None:
    paper.heading("记录清单")
    for line in cover.lines[:LISTED]:
        paper.room(2 * BODY * 1.6)
        at = datetime.fromisoformat(line["at"])
        paper.text(f"第 {line['index']} 条　{_beijing(at)}　{words.kind_words(line['kind'])}", weight=0.008)
        actor = _PLATFORM if line["actor"] == "office:platform" else cover.names.get(line["actor"], line["actor"])
        said = f"{line['subject']} · 操作主体：{actor} · 来源：{words.source_of(line['kind'])}"
        paper.text(said, size=SMALL, x=6.0)
        paper.y += 1.0
    if len(cover.lines) > LISTED:
        paper.text(f"此处列前 {LISTED} 条，其余 {len(cover.lines) - LISTED} 条见 manifest.json 和 entries 目录。")


def both_times(moment: datetime) -> str:
    """Beijing time and UTC, to the second."""
    return f"{_beijing(moment)} 北京时间（{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}）"


def _beijing(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
