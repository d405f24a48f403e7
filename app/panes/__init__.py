"""The four linked panes and what they draw with."""
