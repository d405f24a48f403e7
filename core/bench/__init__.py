"""`cagdde bench`: how fast the program is on this machine, each measurement in a process of its own. Nothing is decided
by what it finds.
"""
