"""What a bundle says in so many words. Courts read it in Chinese; nothing here depends on the reader's language."""

from __future__ import annotations

from typing import Final

from products.access import Role
from products.wording import STATEMENTS

# Art. 16 to 18 of 人民法院在线诉讼规则: after logging, and before it.
PROVEN: Final = (
    "所列每一条记录在所附检查点签署时已写入账本，自记录以来未改动：条目原文、证明和检查点三者一致，可离线复核。",
    "检查点由账本密钥签署；附有见证方会签或第三方锚定凭据的，还证明该检查点在会签或锚定的时间之前已经存在。",
    "已公开原值的承诺项：原值与账本中的承诺值一致。",
)
NOT_PROVEN: Final = (
    "记录内容在写入账本之前是否真实（诉讼规则第十八条）：来源、采集和录入过程须另行审查。",
    "条目中的时间由服务器自己的时钟给出；没有第三方锚定的，不能单凭本文件证明绝对时间。",
    "证据包所列是否齐全：账本只证明所列条目，不证明没有其他记录。",
    "records 目录和本封面由制作方在导出时写成，不在账本中；请以 entries 目录中的条目原文为准，两者不一致时以条目为准。",
    "条目由账户录入；平台不记录录入所用设备，也不证明操作账户的自然人身份。",
)
INTEREST: Final = {
    Role.PRODUCER: (
        "利害关系：导出方就是所述记录的录入企业，是当事人一方。平台为地理标志监管而设，供主管部门和企业使用，"
        "账本密钥由平台运营方掌握；平台不是独立的第三方存证机构。"
    ),
    Role.INSPECTOR: (
        "利害关系：导出方是使用本平台履行监管职责的市场监督管理部门。该部门为一方当事人（如行政诉讼被告）时，"
        "平台与当事人存在利害关系；账本密钥由平台运营方掌握，平台不是独立的第三方存证机构。"
    ),
    Role.AUDITOR: (
        "利害关系：导出方是对本平台进行审计的单位。平台为地理标志监管而设，供主管部门和企业使用，"
        "账本密钥由平台运营方掌握；平台不是独立的第三方存证机构。"
    ),
}
QUALIFICATION: Final = "本平台是否符合国家关于区块链存证服务的规定（诉讼规则第十七条），本文件不作陈述，由法院审查。"
STORAGE: Final = (
    "存证方式：条目为 RFC 8785 规范化 JSON，以 SHA-256 按 RFC 6962 组成只增不改的 Merkle 树（C2SP tlog-tiles）；"
    "检查点以 Ed25519 签名（C2SP signed-note）。个人信息和秘密以加盐 SHA-256 承诺值入账，原值存于业务数据库。"
    "数据库触发器禁止改写和删除账本表。传输加密由部署方的网关负责。"
)
STEPS: Final = (
    "从另一来源（公告、其他单位、以前的访问）取得账本公钥，写成策略文件 POLICY；不要只用包内的 policy。",
    "计算压缩包的 SHA-256：sha256sum 证据包.zip，与账本中“导出证据包”一条（导出后入账）中的 sha256 比对。",
    "安装 Python 3.11 以上和 cryptography，运行：python -m ledger.verifier 证据包.zip --policy POLICY；退出码 0 通过、1 不通过、2 无法核对。",
    "不用本平台软件也可核对：按 manifest.json 逐个核对文件的 SHA-256；证明和检查点是 C2SP 公开格式，步骤见 README.txt。",
    "有 anchors 目录的，凭其中的凭据向区块链节点或时间戳机构核对。",
)
LEFT_OUT: Final = (
    "经办人姓名和用户名（账本和本包只列单位）",
    "标签密钥和逐枚标签编码",
    "合格证上的联系方式（可能是个人电话）",
    "扫码记录（涉及消费者行踪）",
    "举报人的联系方式、购买地点和设备标识；举报的承诺值共用一个盐，因此一项也不公开原值",
)
FOR_PRODUCER: Final = "尚未公示的检查、举报和案件（不向企业提供）"
COMPLAINT_TEXT: Final = "举报的原文（只随所涉案件的证据包提供）"

DECLARED, CHECKED, DECIDED, MADE, TOLD = "企业自行申报", "平台核对", "主管部门作出", "平台生成", "消费者陈述"
# Who stands behind a statement, and what the platform itself looked at before taking it.
SOURCES: Final = {
    "registry.enterprise_registered": "主管部门登记；统一社会信用代码经校验位或执照核对",
    "registry.application_submitted": f"{DECLARED}；主体和名称与登记核对",
    "registry.use_stated": DECLARED,
    "trace.batch_registered": f"{DECLARED}；产地范围、授权和日期经{CHECKED}，净重未经核对",
    "trace.batch_corrected": f"{DECLARED}；更正前后均留存，产地范围经{CHECKED}",
    "trace.batch_released": f"{DECLARED}；授权有效经{CHECKED}",
    "trace.batch_held": DECLARED,
    "trace.batch_recalled": "企业或主管部门作出",
    "trace.lab_reported": f"{DECLARED}的检验数据；资质有效期、单位和计算基准经{CHECKED}，数值未与报告原件核对",
    "trace.lot_opened": f"{DECLARED}；批号不重复、采收地在保护范围内经{CHECKED}",
    "trace.lot_corrected": f"随批次更正，{MADE}",
    "trace.lots_moved": f"{DECLARED}；质量收支相符、库存不为负经{CHECKED}，实物未经核对",
    "trace.certificate_issued": f"{DECLARED}的承诺；批次在售、无不合格检验经{CHECKED}，内容取自批次登记",
    "trace.certificate_replaced": DECLARED,
    "trace.certificate_collected": DECLARED,
    "trace.plot_registered": f"{DECLARED}；位置在保护范围内经{CHECKED}，面积按轮廓计算或由企业填报",
    "trace.plot_changed": f"{DECLARED}；位置在保护范围内经{CHECKED}，面积按轮廓计算或由企业填报",
    "labels.run_issued": f"{MADE}；数量不超过批次净重和年度用标数量，经{CHECKED}",
    "labels.range_activated": DECLARED,
    "labels.range_voided": DECLARED,
    "labels.codes_derived": MADE,
    "scans.complaint_received": f"{TOLD}；编码经{CHECKED}，内容未经核对",
}
_BY_CONTEXT: Final = {"registry": DECIDED, "oversight": DECIDED, "scans": DECIDED, "accounts": MADE}


def source_of(kind: str) -> str:
    """Who said it and what was checked, in a few words."""
    if kind == "oversight.evidence_exported":
        return MADE
    return SOURCES.get(kind) or _BY_CONTEXT.get(kind.partition(".")[0], "未分类")


def kind_words(kind: str) -> str:
    """The statement in the language in force, which is Chinese while a bundle is made."""
    return str(STATEMENTS.get(kind, kind))
