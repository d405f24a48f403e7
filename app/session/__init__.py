"""The open clip: its threads, its playback and what is known of its frames. No drawing here."""
