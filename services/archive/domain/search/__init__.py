"""Finding a library case by what people say: pairs of characters, weighed, in segments that are never changed (decision 0042)."""
