"""Pictures of every page and paper: a window of its own, a browser, a listing."""
