"""A kind of contract that import-linter lacks: a package for one importer alone, used or not."""

import grimp
from importlinter import ContractCheck
from importlinter.contracts.protected import ProtectedContract


class OnlyContract(ProtectedContract):
    """As “protected”, but a package that nobody imports yet is in force too, and no error."""

    type_name = "only"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Checks those modules that are in the graph."""
        for field in ("protected_modules", "allowed_importers"):
            present = [
                module for module in getattr(self, field) if module.expression in graph.modules
            ]
            setattr(self, field, present)
        return super().check(graph, verbose)
