"""What laboratory reports mean for a release."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from products.registry.domain.limits import OverallVerdict
from products.trace.errors import LabFailed, LabIncomplete
from products.trace.models.batch import Batch
from products.trace.queries.lab import batch_verdict
from products.trace.queries.lab_words import indicator_names


def require_not_failed(batch: Batch) -> None:
    """Refuse a batch that a laboratory found below its standard; the caller holds the batch's lock.

    A batch without all tests may be released: how often a product is tested is for its standard to say, which the
    limits do not tell. The pages say so, to the buyer as well. Where the office demands every test
    (GI_TRACE_REQUIRE_LAB), LabIncomplete. A standard without usable limits judges nothing and stops nothing.
    """
    verdict = batch_verdict(batch)
    if verdict.overall is OverallVerdict.FAILED:
        names = indicator_names(batch, verdict.failed)
        raise LabFailed(
            _("检验不合格，不能放行：%(names)s。请查明原因；报告填错的，更正检验报告；产品确不合格的，请召回。")
            % {"names": "、".join(names)}
        )
    if settings.REQUIRE_LAB and verdict.overall is OverallVerdict.INCOMPLETE:
        names = indicator_names(batch, verdict.open)
        raise LabIncomplete(_("还缺检验结果，不能放行：%(names)s。请补录检验报告。") % {"names": "、".join(names)})
