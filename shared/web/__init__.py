"""What every page and every HTTP answer has in common: words, frame, faults, sign-in."""
