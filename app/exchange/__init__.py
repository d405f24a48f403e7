"""The dialogs through which masks leave and enter the program. What is written and read is core.exchange's."""
