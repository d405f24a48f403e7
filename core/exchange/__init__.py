"""What leaves the program: maps, masks, overlays, scores and contact sheets. Reading clips lives in core.video."""
