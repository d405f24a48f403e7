"""The timeline: transport buttons, typed jump, the strip of frame states and the score curve."""
