"""A shop over grpcio. Arguments: the folder of shop.proto, and its reflection: v1, v1alpha or none.

Prints `port N` when it listens, and ends with its standard input. grpcio-reflection speaks v1alpha; its servicer serves
v1 too, whose messages are the same.
"""

import concurrent.futures
import sys

import grpc

sys.path.insert(0, sys.argv[1])
messages, services = grpc.protos_and_services("shop.proto")

from grpc_reflection.v1alpha import reflection, reflection_pb2  # noqa: E402

NAMES = ("shop.v1.Shop", "grpc.reflection.v1alpha.ServerReflection")


class Shop(services.ShopServicer):
    """Answers with what it read, so that a misread field shows."""

    def Order(self, request, context):
        if request.customer == "":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "an order needs a customer")
        reply = messages.OrderReply(id=request.customer, number=request.prices["one"], items=request.items)
        reply.extra.CopyFrom(request.extra)
        reply.at.CopyFrom(request.due)
        return reply

    def Watch(self, request, context):
        for number in (1, 2, 3):
            yield messages.OrderReply(number=number)

    def Fill(self, requests, context):
        return messages.OrderReply(number=sum(item.count for item in requests))

    def Talk(self, requests, context):
        for item in requests:
            yield messages.OrderReply(id=item.name)


def add_v1(server):
    """Serves grpcio-reflection's v1alpha servicer under v1's name."""
    servicer = reflection.ReflectionServicer(NAMES)
    handler = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        reflection_pb2.ServerReflectionRequest.FromString,
        reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    name = "grpc.reflection.v1.ServerReflection"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler}),))


server = grpc.server(concurrent.futures.ThreadPoolExecutor(16))
services.add_ShopServicer_to_server(Shop(), server)
if sys.argv[2] == "v1":
    add_v1(server)
elif sys.argv[2] == "v1alpha":
    reflection.enable_server_reflection(NAMES, server)
print("port", server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(0)
