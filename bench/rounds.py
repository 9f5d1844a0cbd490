#!/usr/bin/env python3
"""Times commands in interleaved rounds and prints one table: rounds.py ROUNDS PAUSE_S < rows.json

rows.json is a list of {"name": text, "command": [words], "against": names of the rows that the ratios divide by}.
Every round runs every row once, so that a noisy minute spoils all rows alike. Before each command the machine rests for
PAUSE_S seconds, so that a row pays neither for what the one before it left to the kernel (links and namespaces are taken
down after their program has ended) nor profits from it. A command that fails ends the benchmark.
Times are wall-clock milliseconds of posix_spawn to wait.
"""
import json
import os
import statistics
import subprocess
import sys
import time

rounds = int(sys.argv[1])
pause_s = float(sys.argv[2])
rows = json.load(sys.stdin)
times = {row["name"]: [] for row in rows}
null_in = os.open("/dev/null", os.O_RDONLY)
null_out = os.open("/dev/null", os.O_WRONLY)
files = [(os.POSIX_SPAWN_DUP2, null_in, 0), (os.POSIX_SPAWN_DUP2, null_out, 1), (os.POSIX_SPAWN_DUP2, null_out, 2)]

for turn in range(rounds + 1):
    for row in rows:
        time.sleep(pause_s)
        begin = time.perf_counter()
        pid = os.posix_spawnp(row["command"][0], row["command"], os.environ, file_actions=files)
        _, status = os.waitpid(pid, 0)
        elapsed = (time.perf_counter() - begin) * 1000
        if status != 0:
            again = subprocess.run(row["command"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
            sys.exit(f"bench: {row['name']} failed: {again.stderr.strip() or os.waitstatus_to_exitcode(status)}")
        if turn > 0:  # the first round warms the caches
            times[row["name"]].append(elapsed)

print(f"{'':44} {'median ms':>10} {'min ms':>9}  ratio")
for row in rows:
    median = statistics.median(times[row["name"]])
    ratio = ", ".join(f"{median / statistics.median(times[other]):.3f} of {other}" for other in row.get("against", []))
    print(f"{row['name']:44} {median:10.2f} {min(times[row['name']]):9.2f}  {ratio}".rstrip())
