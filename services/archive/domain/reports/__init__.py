"""月台账 and 双月评估: from the entries and their events to figures anybody can recompute (方案 七(二); domain §7)."""
