"""The rules of telling people, pure: who hears what, when, how, and what a gateway's answer means."""
