"""Long work of the window: masks carried over many frames, and the strip that shows every job. No computing here."""
