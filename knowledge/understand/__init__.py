"""Questions → what is meant: `Understanding(knowledge, today).read(text, topic)`. The types are in `meaning`."""

from knowledge.understand.meaning import Answer, Asked, Choose, Meaning, Other, Reading, Topic, Unknown
from knowledge.understand.understanding import Understanding

__all__ = ["Answer", "Asked", "Choose", "Meaning", "Other", "Reading", "Topic", "Understanding", "Unknown"]
