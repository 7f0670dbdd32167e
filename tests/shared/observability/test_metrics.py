"""Numbers by name, with labels that never tell a case or a person."""

from __future__ import annotations

import pytest

from shared.observability import metrics
from shared.observability.metrics import Metric, Metrics


def test_every_metric_has_its_shape_and_is_shown() -> None:
    """Names follow Prometheus: counters end in _total, times in _seconds."""
    shown = Metrics().render().decode()
    for metric in Metric:
        assert f"# HELP {metric.removesuffix('_total')}" in shown
        assert (f"# TYPE {metric} counter" in shown) == metric.endswith("_total")
        assert (f"# TYPE {metric} histogram" in shown) == metric.endswith("_seconds")


def test_counting_setting_and_observing() -> None:
    """And reading them back."""
    own = Metrics()
    own.count(Metric.CONSUMED, service="sla", topic="router.cases", type="OrderIssued")
    own.count(Metric.CONSUMED, 4, service="sla", topic="router.cases", type="OrderIssued")
    own.gauge(Metric.PARKED, 2, service="sla")
    own.gauge(Metric.PARKED, 1, service="sla")
    own.observe(Metric.HTTP_SECONDS, 0.2, service="intake", method="POST", route="/api/intake/cases/{case_no}", status="201")
    assert own.value(Metric.CONSUMED, service="sla", topic="router.cases", type="OrderIssued") == 5
    assert own.value(Metric.PARKED, service="sla") == 1
    assert own.value(Metric.HTTP_SECONDS, service="intake", method="POST", route="/api/intake/cases/{case_no}", status="201") == 1
    assert own.value(Metric.PARKED, service="router") == 0
    assert b'bancheng_parked_cases{service="sla"} 1.0' in own.render()


@pytest.mark.parametrize("value", ["PT2611230010001", "/cases/pt2611230010001-01", "13812345678", "zhang@qq.com", "x" * 101, "310107201301011234"])
def test_a_label_that_tells_a_case_or_person_is_withheld(value: str) -> None:
    """Nothing fails, nothing is told, and the number still counts."""
    own = Metrics()
    own.count(Metric.REFUSED, service="intake", rule=value)
    assert value not in own.render().decode()
    assert own.value(Metric.REFUSED, service="intake", rule="withheld") == 1


def test_wrong_kinds_and_labels_are_slips_of_ours() -> None:
    """They fail at once, in the first test that passes there."""
    own = Metrics()
    with pytest.raises(KeyError):
        own.count(Metric.PARKED, service="sla")
    with pytest.raises(ValueError, match="label"):
        own.count(Metric.RETRIED, service="sla")


def test_the_process_has_numbers_of_its_own() -> None:
    """The helpers share one registry, apart from every other and from the library's own."""
    before = metrics.value(Metric.RETRIED, service="sla", topic="router.cases")
    metrics.count(Metric.RETRIED, service="sla", topic="router.cases")
    assert metrics.value(Metric.RETRIED, service="sla", topic="router.cases") == before + 1
    assert b"bancheng_retried_total" in metrics.render()
    assert Metrics().value(Metric.RETRIED, service="sla", topic="router.cases") == 0
