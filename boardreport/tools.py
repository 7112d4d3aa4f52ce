"""The outside programs that a paper needs: what is said where one of them fails."""


class ToolFailed(Exception):
    """A program or library outside Python is missing or failed; the message gives the remedy."""
