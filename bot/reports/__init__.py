"""Satisfaction as it is asked, counted and reported."""
