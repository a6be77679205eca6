"""Reads the forms in a folder with the parsers that others use; prints as JSON what they understood."""

import json
import sys

from google.protobuf import json_format
from hdrh.log import HistogramLogReader
from hdrh.histogram import HdrHistogram
from junitparser import Error, Failure, JUnitXml, Skipped
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from prometheus_client.parser import text_string_to_metric_families

folder = sys.argv[1]


def junit():
    suites = JUnitXml.fromfile(f"{folder}/junit.xml")
    cases = []
    for suite in suites:
        for case in suite:
            kinds = [type(one).__name__ for one in case.result if isinstance(one, (Error, Failure, Skipped))]
            cases.append({"name": case.name, "results": kinds, "messages": [one.message for one in case.result]})
    properties = {one.name: one.value for suite in suites for one in suite.properties()}
    return {
        "tests": suites.tests,
        "failures": suites.failures,
        "errors": suites.errors,
        "cases": cases,
        "properties": properties,
    }


def prometheus():
    with open(f"{folder}/run.prom", encoding="utf-8") as file:
        families = list(text_string_to_metric_families(file.read()))
    return [
        {
            "name": family.name,
            "type": family.type,
            "samples": [{"name": one.name, "labels": one.labels, "value": one.value} for one in family.samples],
        }
        for family in families
    ]


def hlog():
    counts = {}
    reader = HistogramLogReader(f"{folder}/run.hlog", HdrHistogram(1, 3_600_000_000, 3))
    while True:
        histogram = reader.get_next_interval_histogram()
        if histogram is None:
            break
        tag = histogram.get_tag()
        one = counts.setdefault(tag, {"count": 0, "max": 0, "lines": 0, "first_ms": histogram.get_start_time_stamp()})
        one["count"] += histogram.get_total_count()
        one["max"] = max(one["max"], histogram.get_max_value())
        one["lines"] += 1
    return {"start_s": reader.start_time_sec, "tags": counts}


def otlp():
    with open(f"{folder}/run.otlp.json", encoding="utf-8") as file:
        # Refuses members that the definitions do not have, and values of another type.
        request = json_format.Parse(file.read(), ExportMetricsServiceRequest())
    told = []
    for metric in request.resource_metrics[0].scope_metrics[0].metrics:
        kind = metric.WhichOneof("data")
        points = getattr(metric, kind).data_points
        one = {"name": metric.name, "unit": metric.unit, "kind": kind, "points": len(points)}
        if kind == "exponential_histogram":
            one["count"] = sum(point.count for point in points)
            one["bucketed"] = sum(
                point.zero_count + sum(point.positive.bucket_counts) + sum(point.negative.bucket_counts)
                for point in points
            )
            one["cumulative"] = metric.exponential_histogram.aggregation_temporality == 2
        if kind == "sum":
            one["total"] = sum(point.as_int for point in points)
        told.append(one)
    attributes = {one.key: one.value.string_value for one in request.resource_metrics[0].resource.attributes}
    return {"resource": attributes, "metrics": told}


json.dump({"junit": junit(), "prometheus": prometheus(), "hlog": hlog(), "otlp": otlp()}, sys.stdout)
