"""`./bancheng bench pages`: how long each page takes where ten thousand cases are open and a hundred thousand closed."""
