"""Speaking builders and a driver for one service in memory; imported by tests only."""
