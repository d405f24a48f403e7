"""The window: shows the state of core and sends it commands. Nothing is computed here that core could compute."""
