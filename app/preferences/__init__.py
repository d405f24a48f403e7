"""The person's own choices: the settings dialog, the keys, and writing them down."""
