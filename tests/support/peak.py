"""Runs a command and writes the peak memory (kB) of its largest process to a file: `peak.py FILE COMMAND…`.

A process of its own, and a small one: Linux keeps the peak of whoever forked across exec, so a program that pytest
starts would be said to need what pytest needs.
"""

import os
import sys

if __name__ == "__main__":
    child = os.fork()
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    _, status, usage = os.wait4(child, 0)
    with open(sys.argv[1], "w") as file:
        file.write(str(usage.ru_maxrss))
    sys.exit(os.waitstatus_to_exitcode(status))
