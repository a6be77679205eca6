"""Reads series from standard input as JSON and writes the change points that Otava finds in each."""
import json
import sys

from otava.analysis import compute_change_points_orig

series = json.load(sys.stdin)
found = [[int(point.index) for point in compute_change_points_orig(one, max_pvalue=0.01, seed=1)[0]] for one in series]
json.dump(found, sys.stdout)
