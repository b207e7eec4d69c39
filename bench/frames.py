"""pandas, doing one thing to the Parquet file of a dataframe in a process of its own. Prints seconds and peak MiB."""

import json
import os
import re
import sys
import time

import pandas

action, path = sys.argv[1:3]
if action == "write":
    # The same values: those of the file that was written here.
    frame = pandas.read_parquet(path)
    # What reading took at most is no part of what writing takes.
    open("/proc/self/clear_refs", "w").write("5")
    start = time.perf_counter()
    frame.to_parquet(sys.argv[3])
else:
    start = time.perf_counter()
    pandas.read_parquet(path, columns=sys.argv[3:] or None)
seconds = time.perf_counter() - start
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps({"seconds": seconds, "peak": peak}), flush=True)
os._exit(0)
