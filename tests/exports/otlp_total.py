"""Decodes OTLP JSON lines with the official protobuf messages; prints what they hold as JSON."""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData


def ids_as_bytes(value):
    """OTLP writes ids in hex where protobuf's own mapping wants base64."""
    if isinstance(value, list):
        return [ids_as_bytes(item) for item in value]
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(item)).decode() if key in ("traceId", "spanId") else ids_as_bytes(item)
            for key, item in value.items()
        }
    return value


def count(attributes, key):
    """Nothing was counted where the attribute is absent."""
    return attributes[key].int_value if key in attributes else 0


found = {"spans": 0, "input": 0, "output": 0, "picos": 0}
for line in open(sys.argv[1], encoding="utf-8"):
    value = json.loads(line)
    if "resourceSpans" in value:
        decoded = json_format.ParseDict(ids_as_bytes(value), TracesData())
        for span in decoded.resource_spans[0].scope_spans[0].spans:
            assert len(span.trace_id) == 16 and len(span.span_id) == 8, span
            assert span.kind == 3 and span.end_time_unix_nano >= span.start_time_unix_nano, span
            attributes = {one.key: one.value for one in span.attributes}
            found["spans"] += 1
            found["input"] += count(attributes, "gen_ai.usage.input_tokens")
            found["output"] += count(attributes, "gen_ai.usage.output_tokens")
    else:
        decoded = json_format.ParseDict(value, MetricsData())
        for metric in decoded.resource_metrics[0].scope_metrics[0].metrics:
            for point in metric.histogram.data_points:
                assert sum(point.bucket_counts) == point.count, point
                assert len(point.bucket_counts) == len(point.explicit_bounds) + 1, point
                for one in point.attributes:
                    if one.key == "gen_ai.token.type":
                        found[one.value.string_value] += int(point.sum)
            for point in metric.sum.data_points:
                found["picos"] += point.as_int
print(json.dumps(found))
