"""The commands of the window itself. Plain data."""

from app.catalogue.command import Command

COMMANDS = (
    Command("full_screen", "F&ull screen", ("F11",), "Window", checkable=True),
    Command("log", "&Log", ("F9",), "Window", "log", checkable=True),
    Command("settings", "Se&ttings…", ("Ctrl+,",), "Window", ready=False),
    Command("keys", "&Keys", ("F1",), "Window"),
    Command("change_keys", "&Change keys…", (), "Window", ready=False),
    Command("tour", "&Tour of the panes", (), "Window", needs="clip"),
    Command("about", "&About CAG-DDE Studio", (), "Window"),
)
