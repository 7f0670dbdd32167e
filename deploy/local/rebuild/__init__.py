"""`./bancheng rebuild`: a service's documents made anew from the topics, the same as they were."""
