"""The published language: every event, id, term and topic that crosses a service's door."""
