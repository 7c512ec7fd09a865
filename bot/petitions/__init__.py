"""Petitions (phản ánh, kiến nghị): steps, due dates, codes and the sealed way back to the sender; the same rules under the chat and web pages."""
