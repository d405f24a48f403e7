"""Small widgets that know nothing of clips: banner, slider, chips, first-start tour."""
