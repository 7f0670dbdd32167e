"""Personal data: how it is hidden from the eye, sealed at rest, and how a channel proves who it is."""
