"""Reports as people read them: 月台账 and 双月评估 as tables in Chinese, from which workbook and paper are made (方案 七(二))."""

from services.archive.api.papers.assessment import assessment_report
from services.archive.api.papers.monthly import monthly_report
from services.archive.api.papers.printing import FORMS, Form, printed, printed_now

__all__ = ["FORMS", "Form", "assessment_report", "monthly_report", "printed", "printed_now"]
