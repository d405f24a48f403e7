"""Editing tools: pure functions from a layer to the changed layer and its dirty rectangle."""
