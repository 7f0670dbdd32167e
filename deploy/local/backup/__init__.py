"""`./bancheng backup` and `restore`: stores, topics and offsets of one moment, in one file, without the keys."""
