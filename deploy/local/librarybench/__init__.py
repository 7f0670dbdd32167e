"""`./bancheng bench library`: how well and how quickly the right case is found among very many."""
