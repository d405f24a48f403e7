"""The project as the window sees it: its session, its docks and dialogs. Files and rows are core.project's."""
