"""The commands of clips and projects: opening, saving, bringing in and giving out. Plain data."""

from app.catalogue.command import Command

COMMANDS = (
    Command("open_file", "&Open file…", ("Ctrl+O",), "File", "file"),
    Command("open_folder", "Open &folder…", ("Ctrl+Shift+O",), "File", "folder"),
    Command("open_sample", "Open the &sample clip", (), "File", "sample"),
    Command("close_clip", "&Close clip", ("Ctrl+W",), "File", needs="clip"),
    Command("quit", "&Quit", ("Ctrl+Q",), "File"),
    Command("new_project", "&New project…", ("Ctrl+N",), "Project", ready=False),
    Command("open_project", "Open pro&ject…", (), "Project", ready=False),
    Command("save_project", "Save project &as…", ("Ctrl+S",), "Project", needs="clip", ready=False),
    Command("add_clips", "A&dd clips…", ("Ctrl+Shift+N",), "Project", ready=False, changes=True),
    Command("close_project", "Close &project", ("Ctrl+Shift+W",), "Project", needs="project", ready=False),
    Command("export", "&Export…", ("Ctrl+E",), "Project", needs="clip", ready=False),
    Command(
        "import_masks",
        "&Import masks…",
        ("Ctrl+Shift+I",),
        "Project",
        needs="clip",
        ready=False,
        changes=True,
    ),
)
