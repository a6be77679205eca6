"""Reads V2 compressed histograms with Python's hdrhistogram package; JSON in, JSON out."""

import json
import sys

from hdrh.histogram import HdrHistogram

asked = json.load(sys.stdin)
told = []
for text in asked["histograms"]:
    read = HdrHistogram.decode(text)
    told.append(
        {
            "count": read.get_total_count(),
            "min": read.get_min_value(),
            "max": read.get_max_value(),
            "values": [read.get_value_at_percentile(p) for p in asked["percentiles"]],
        }
    )
json.dump(told, sys.stdout)
