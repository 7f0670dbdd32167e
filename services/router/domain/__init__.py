"""The rules of the case and its orders, pure: state and what somebody does give the next state and what happened."""
