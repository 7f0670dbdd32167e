"""The rules of time, pure: state and event, or state and moment, give the next state and what happened."""
