"""Consume, hand to the handler, publish, commit: the only importer of aiokafka and faststream."""
