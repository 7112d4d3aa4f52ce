"""Policing: the vocabulary that the units share, and one Django application for each unit."""
