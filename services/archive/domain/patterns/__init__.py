"""举一反三: what repeats is found as it arrives, grouped under one root cause, improved, and measured (方案 七(二); domain 歧义 24)."""
