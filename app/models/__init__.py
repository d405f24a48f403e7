"""The dialog with the models of this user. What a model is, and what may be done with it, is core.registry's."""
