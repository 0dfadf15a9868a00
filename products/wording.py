"""Official terms and ledger statements in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The three systems of protection: name, and what it means to a buyer.
INDICATION_TYPES: dict[str, tuple[Promise | str, Promise | str]] = {
    "gi_product": (
        _("地理标志产品"),
        _("由国家知识产权局（原质检总局）认定：产自特定地域，质量或声誉取决于当地自然和人文因素。"),
    ),
    "gi_mark": (
        _("地理标志证明商标或集体商标"),
        _("按商标法注册：注册人（多为协会）只许符合使用规则的会员或被许可人使用。"),
    ),
    "agri_gi": (
        _("农产品地理标志"),
        _("由农业农村部登记：来自特定地域的初级农产品。新的登记已停止，原有登记继续有效。"),
    ),
}

STATEMENTS: dict[str, Promise | str] = {
    "accounts.token_issued": _("发放接口令牌"),
    "accounts.token_revoked": _("吊销接口令牌"),
    "accounts.user_created": _("开立账户"),
    "accounts.person_erased": _("按申请删除账户中的个人信息"),
    "registry.enterprise_registered": _("登记企业"),
    "registry.application_submitted": _("申请使用专用标志"),
    "registry.authorisation_checked": _("核验通过"),
    "registry.authorisation_approved": _("省级核准"),
    "registry.authorisation_announced": _("公告核准"),
    "registry.authorisation_refused": _("不予核准"),
    "registry.authorisation_suspended": _("暂停使用专用标志"),
    "registry.authorisation_resumed": _("恢复使用专用标志"),
    "registry.authorisation_withdrawn": _("撤销专用标志使用资格"),
    "registry.quota_set": _("核定年度用标数量"),
    "registry.indication_changed": _("地理标志保护变动"),
    "registry.registrant_decided": _("注册人作出决定"),
    "registry.zone_advanced": _("示范区进入新阶段"),
    "registry.zone_counted": _("填报示范区年度数据"),
    "registry.use_stated": _("填报年度用标情况"),
    "trace.batch_registered": _("登记批次"),
    "trace.batch_corrected": _("更正批次"),
    "trace.batch_released": _("放行批次"),
    "trace.batch_held": _("暂停销售批次"),
    "trace.batch_recalled": _("召回批次"),
    "trace.recall_opened": _("发起召回或暂停销售"),
    "trace.recall_extended": _("召回补充下游批次"),
    "trace.recall_closed": _("召回或暂停销售结束"),
    "trace.consignee_answered": _("登记收货方的答复"),
    "trace.lab_reported": _("录入检验报告"),
    "trace.epcis_captured": _("采集 EPCIS 事件"),
    "trace.certificate_issued": _("开具承诺达标合格证"),
    "trace.certificate_replaced": _("合格证已重开"),
    "trace.certificate_collected": _("收存卖方的合格证"),
    "trace.contact_erased": _("按申请删除合格证上的联系方式"),
    "trace.persons_exported": _("导出含个人姓名的追溯数据"),
    "trace.plot_erased": _("按申请删除地块信息"),
    "trace.grower_registered": _("登记农户"),
    "trace.grower_changed": _("变更农户信息"),
    "trace.grower_retired": _("停用农户"),
    "trace.grower_erased": _("按申请删除农户信息"),
    "trace.plot_registered": _("登记地块或生产设施"),
    "trace.plot_changed": _("变更地块或生产设施"),
    "trace.plot_retired": _("停用地块或生产设施"),
    "trace.place_erased": _("按申请删除地块的名称和位置"),
    "labels.run_issued": _("发放标签"),
    "labels.range_activated": _("启用标签"),
    "labels.range_voided": _("作废标签"),
    "labels.codes_derived": _("导出标签编码"),
    "scans.complaint_received": _("收到举报"),
    "scans.complaint_answered": _("答复举报"),
    "scans.complaint_erased": _("按申请删除举报内容和联系方式"),
    "oversight.inspection_planned": _("安排检查"),
    "oversight.inspection_recorded": _("记录检查结果"),
    "oversight.inspection_published": _("公示检查结果"),
    "oversight.findings_erased": _("按申请删除检查情况"),
    "oversight.case_erased": _("按申请删除案件记录中的内容"),
    "oversight.case_opened": _("立案"),
    "oversight.case_advanced": _("案件进展"),
    "oversight.evidence_exported": _("导出证据包"),
}
