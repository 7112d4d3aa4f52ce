"""The board: quarters as pages, the paper, editions."""
