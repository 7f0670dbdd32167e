"""The five services; none imports another, they only publish and consume events."""
