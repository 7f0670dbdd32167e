"""Every page in a real browser: main tasks to their effect in Kafka, refused rights, access for everybody, nothing from outside."""
