"""What `cagdde` tells a shell by its exit code. Wrong usage is 2, which the command parser gives by itself."""

DONE, FAILED, INTERRUPTED = 0, 1, 130
