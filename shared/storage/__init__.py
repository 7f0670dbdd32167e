"""Case documents: one guarded write each, motor behind one door, a memory twin for fast tests."""
