"""What the office can answer: leaflets, their grammar, their checks, and the understanding of questions."""
