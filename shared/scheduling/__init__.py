"""What is done every so often; the only door to apscheduler."""

from __future__ import annotations

from shared.scheduling.ticker import Job, Ticker, run_once

__all__ = ["Job", "Ticker", "run_once"]
