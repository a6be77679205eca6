/** A gRPC server of the shop, with reflection; it runs on the simulator's own server. */
import type { Json } from "../../../lib/plan/protocols.ts";
import { decodeMessage } from "../../../lib/driver/grpc/decode.ts";
import type { ServerCall } from "../../../lib/sim/server/server.ts";
import { WireServer } from "../../../lib/sim/server/wire_server.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { FileDescriptorProto, FileDescriptorSet } from "../../../proto/descriptor.ts";
import { PATHS, ServerReflectionRequest, ServerReflectionResponse } from "../../../proto/reflection.ts";
import { encode, messageType, SHOP, SHOP_SET } from "./shop.ts";

/** A running shop. */
export interface ShopServer extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Customers of the orders so far. */
  readonly customers: string[];
}

const reply = (value: Json): Uint8Array => encode("shop.v1.OrderReply", value);

/** Opens a shop that answers each order with its customer's name, and each item with its own. */
export async function openShop(options: { reflection: boolean }): Promise<ShopServer> {
  const server = new WireServer();
  const customers: string[] = [];
  const serve = (
    method: string,
    type: string,
    message: (call: ServerCall, value: { [name: string]: Json }) => void,
  ) => {
    server.handle(`/shop.v1.Shop/${method}`, (call) => {
      let count = 0;
      return {
        message: (bytes) => {
          count++;
          message(call, decodeMessage(messageType(type), bytes, SHOP) as { [name: string]: Json });
        },
        halfClose() {
          if (method === "Fill") call.write(reply({ number: count }));
          call.end(StatusCode.OK, "");
        },
        cancel() {},
        drain() {},
      };
    });
  };
  serve("Order", "shop.v1.OrderRequest", (call, { customer }) => {
    customers.push(String(customer));
    call.write(reply({ id: customer ?? "", size: "SIZE_LARGE" }));
  });
  serve("Watch", "shop.v1.OrderRequest", (call) => {
    for (const number of [1, 2, 3]) call.write(reply({ number }));
  });
  serve("Fill", "shop.v1.Item", () => {});
  serve("Talk", "shop.v1.Item", (call, { name }) => void call.write(reply({ id: name ?? "" })));
  if (options.reflection) await reflect(server);
  const port = await server.listen({ hostname: "127.0.0.1", port: 0 });
  return { address: `127.0.0.1:${port}`, customers, [Symbol.asyncDispose]: () => server.close() };
}

async function reflect(server: WireServer): Promise<void> {
  const files = FileDescriptorSet.decode(await Deno.readFile(SHOP_SET)).file;
  const ofShop = (symbol: string) => symbol.startsWith("shop.v1.") ? "shop.proto" : "";
  server.handle(PATHS[0], (call) => ({
    message(bytes) {
      const { file_by_filename, file_containing_symbol, list_services } = ServerReflectionRequest.decode(bytes);
      const file = files.find(({ name }) => name === (file_by_filename || ofShop(file_containing_symbol)));
      call.write(ServerReflectionResponse.encode(
        list_services !== ""
          ? { list_services_response: { service: [{ name: "shop.v1.Shop" }] } }
          : file === undefined
          ? { error_response: { error_code: StatusCode.NOT_FOUND, error_message: "not found" } }
          : { file_descriptor_response: { file_descriptor_proto: [FileDescriptorProto.encode(file)] } },
      ));
    },
    halfClose: () => call.end(StatusCode.OK, ""),
    cancel() {},
    drain() {},
  }));
}
