"""The simulation: that it finds what is planted, replays what it found, and finds nothing in what we ship."""
