"""Intake registers what people bring: channels, 工单编号, sealed contact data, 堵点 (方案 二、六(一))."""
