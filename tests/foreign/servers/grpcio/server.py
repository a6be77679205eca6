"""An interop server over grpcio, gRPC's C core. Argument: the suite's ServerOptions as JSON.

Prints `port N` when it listens, and ends with its standard input.
"""

import asyncio
import json
import os
import sys
import threading

import grpc
import grpc.aio

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
messages, services = grpc.protos_and_services("interop.proto")

INITIAL_KEY = "x-grpc-test-echo-initial"
TRAILING_KEY = "x-grpc-test-echo-trailing-bin"
CODES = {code.value[0]: code for code in grpc.StatusCode}


async def echo_metadata(context):
    """Sends back the metadata that the interop contract asks to echo."""
    received = context.invocation_metadata()
    initial = [(key, value) for key, value in received if key == INITIAL_KEY]
    # Sent even when empty: left to itself, the library forgets there which compression a unary reply is to have.
    await context.send_initial_metadata(initial)
    context.set_trailing_metadata(tuple((key, value) for key, value in received if key == TRAILING_KEY))


async def echo_status(request, context):
    """Ends the call with the status that the request asks for, if any."""
    if request.response_status.code:
        await context.abort(
            CODES[request.response_status.code], request.response_status.message, context.trailing_metadata()
        )


async def send_replies(request, context):
    """Sends one message per parameter, each after its interval."""
    for parameters in request.response_parameters:
        await asyncio.sleep(parameters.interval_us / 1e6)
        payload = messages.Payload(body=bytes(parameters.size))
        await context.write(messages.StreamingOutputCallResponse(payload=payload))


class TestService(services.TestServiceServicer):
    """The calls of grpc.testing.TestService."""

    async def EmptyCall(self, request, context):
        await echo_metadata(context)
        return messages.Empty()

    async def UnaryCall(self, request, context):
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        await echo_metadata(context)
        await echo_status(request, context)
        return messages.SimpleResponse(payload=messages.Payload(body=bytes(request.response_size)))

    async def StreamingOutputCall(self, request, context):
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        await echo_metadata(context)
        await send_replies(request, context)

    async def StreamingInputCall(self, requests, context):
        size = 0
        async for request in requests:
            size += len(request.payload.body)
        return messages.StreamingInputCallResponse(aggregated_payload_size=size)

    async def FullDuplexCall(self, requests, context):
        await echo_metadata(context)
        async for request in requests:
            await echo_status(request, context)
            await send_replies(request, context)


def read(path):
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


def bind(server, options):
    """Listens where the options say; returns the port, 0 on a Unix socket."""
    tls = options.get("tls")
    unix_path = options.get("unix_path")
    address = f"unix:{unix_path}" if unix_path else f"127.0.0.1:{options.get('port', 0)}"
    if tls is None:
        port = server.add_insecure_port(address)
    else:
        client_ca = tls.get("client_ca_path")
        credentials = grpc.ssl_server_credentials(
            [(read(tls["key_path"]), read(tls["cert_path"]))],
            root_certificates=read(client_ca) if client_ca else None,
            require_client_auth=client_ca is not None,
        )
        port = server.add_secure_port(address, credentials)
    return 0 if unix_path else port


def channel_arguments(options):
    """The options in the C core's words."""
    arguments = [
        ("grpc.so_reuseport", 0),
        # Without these the core protects itself: it refuses streams within the limit it has told while older ones
        # are being put away, and cancels calls beyond 1,000 that wait for a handler.
        ("grpc.http.overload_protection", 0),
        ("grpc.server.max_pending_requests", 100_000),
        ("grpc.server.max_pending_requests_hard_limit", 100_000),
    ]
    if "max_concurrent_streams" in options:
        arguments.append(("grpc.max_concurrent_streams", options["max_concurrent_streams"]))
    if "max_connection_age_ms" in options:
        arguments.append(("grpc.max_connection_age_ms", options["max_connection_age_ms"]))
        arguments.append(("grpc.max_connection_age_grace_ms", 5000))
    return arguments


def end_with_input():
    """Waits until the parent has closed our input, then ends the process."""
    sys.stdin.buffer.read()
    os._exit(0)


async def main():
    """Serves until the end of the process."""
    options = json.loads(sys.argv[1])
    server = grpc.aio.server(options=channel_arguments(options))
    services.add_TestServiceServicer_to_server(TestService(), server)
    port = bind(server, options)
    await server.start()
    print(f"port {port}", flush=True)
    threading.Thread(target=end_with_input, daemon=True).start()
    await server.wait_for_termination()


asyncio.run(main())
