"""Reports by consumers, inspections and cases, in every state."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from products.management.demo.cast import office
from products.management.demo.making import Made
from products.management.demo.register import Progress, at_office_hours
from products.oversight.services.cases import advance_case, open_case
from products.oversight.services.inspections import plan_inspection, publish_result, record_result
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import answer_complaint, file_complaint
