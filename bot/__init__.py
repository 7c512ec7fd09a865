"""The engine: channels, the road of a message, the store, the texts. It knows no procedure and no dialogue."""
