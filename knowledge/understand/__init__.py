"""Questions → what is meant: `Understanding(knowledge, today).read(text, topic)`. The types are in `meaning`."""
