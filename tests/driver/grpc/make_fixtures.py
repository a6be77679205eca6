"""Makes protos/shop.binpb, protos/odd.binpb and cases.json: what protobuf's own Python implementation makes of JSON.

Needs the packages of tests/foreign/servers/grpcio/requirements.txt. Run it in this folder.
"""

import importlib.resources
import json
import pathlib
import sys
import tempfile

from google.protobuf import json_format
from grpc_tools import protoc

made = tempfile.mkdtemp()
well_known = str(importlib.resources.files("grpc_tools").joinpath("_proto"))
protoc.main(["", "-Iprotos", f"-I{well_known}", "--include_imports", "--descriptor_set_out=protos/shop.binpb"]
            + [f"--python_out={made}", "shop.proto", "parts/legacy.proto", "parts/modern.proto"])
odd = sorted(path.name for path in pathlib.Path("protos/odd").glob("*.proto"))
protoc.main(["", "-Iprotos/odd", f"-I{well_known}", "--include_imports", "--descriptor_set_out=protos/odd.binpb", *odd])
sys.path.insert(0, made)
import shop_pb2  # noqa: E402
from parts import legacy_pb2, modern_pb2  # noqa: E402

ANY = "type.googleapis.com/"
CASES = [
    ("shop.v1.OrderRequest", {}),
    ("shop.v1.OrderRequest", {"customer": "Grüße 😀", "items": [{"name": "a", "count": -3, "size": "SIZE_LARGE"}, {}]}),
    ("shop.v1.OrderRequest", {"prices": {"one": "9007199254740993"}, "shelves": {"-7": {"name": "x"}}, "card": "4711"}),
    ("shop.v1.OrderRequest", {"barter": {"count": 2}, "floor": 0, "picture": "AAEC/w==", "offsets": [-1, 0, 1, -2147483648]}),
    ("shop.v1.OrderRequest", {"sizes": ["SIZE_SMALL", "SIZE_LARGE", "SIZE_SMALL"], "gift": True, "loose": [1, 300]}),
    ("shop.v1.OrderRequest", {"due": "2026-01-31T12:34:56.789Z", "patience": "-1.500s"}),
    ("shop.v1.OrderRequest", {"due": "1969-12-31T23:59:59.000000001Z", "patience": "3s"}),
    ("shop.v1.OrderRequest", {"total": "12", "note": "hi", "anything": None, "list": [1.0, "a", None, [True], {"k": 2.0}]}),
    ("shop.v1.OrderRequest", {"extra": {"deep": {"list": [1.5, False]}}, "mask": "a,oddName.b"}),
    ("shop.v1.OrderRequest", {"detail": {"@type": ANY + "shop.v1.Item", "name": "z", "count": 1}}),
    ("shop.v1.OrderRequest", {"detail": {"@type": ANY + "google.protobuf.Duration", "value": "2s"}}),
    ("shop.v1.OrderRequest", {"before": {"before": {"customer": "b"}}, "Odd": "o", "flags": {"true": "yes"}}),
    ("shop.v1.Scalars", {"d": 0.1, "f": 1.5, "i32": -1, "i64": "-9223372036854775808", "u32": 4294967295}),
    ("shop.v1.Scalars", {"u64": "18446744073709551615", "s32": 2147483647, "s64": "-9223372036854775808"}),
    ("shop.v1.Scalars", {"f32": 7, "f64": "18446744073709551615", "sf32": -7, "sf64": "-9", "b": True, "s": "s", "raw": "/w=="}),
    ("shop.v1.Scalars", {"d": "NaN", "f": "-Infinity"}),
    ("legacy.Parcel", {"address": "here", "weight": 5, "loose": [1, 2], "packed": [1, 2], "label": {"text": "t"}}),
    ("modern.Route", {"from": 0, "to": 4, "stops": [1, 2], "loose": [3, 4], "next": {"from": 1, "next": {}}}),
]
TYPES = {"shop.v1": shop_pb2, "legacy": legacy_pb2, "modern": modern_pb2}

cases = []
for name, value in CASES:
    package, _, short = name.rpartition(".")
    message = json_format.ParseDict(value, getattr(TYPES[package], short)())
    cases.append({"type": name, "json": value, "hex": message.SerializeToString(deterministic=True).hex()})
with open("cases.json", "w", encoding="utf-8") as file:
    json.dump(cases, file, indent=2, ensure_ascii=False)
    file.write("\n")
