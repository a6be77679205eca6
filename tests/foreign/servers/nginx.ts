/** nginx as a gRPC proxy before the Go server: it tells connections to go after a number of requests. */
import type { RunningServer, ServerStarter, ServerTls } from "../../conformance/servers/server.ts";
import { freePort, startDaemon } from "./daemon.ts";
import { grpcGoServer } from "./grpc_go.ts";

/** How to start it. */
export interface NginxOptions {
  port?: number;
  tls?: ServerTls;
  /** Requests after which a connection gets GOAWAY. Default 1000, as nginx has it. */
  keepalive_requests?: number;
}

/** The suite's view of it: calls pass through a proxy and back. */
export const nginxServer: ServerStarter = {
  name: "nginx before grpc-go",
  features: new Set(["tls", "gzip", "gzip_checks", "gzip_replies"]),
  start: (options = {}) => startNginx(options),
};

/** Starts a Go server, and nginx before it, with a folder of its own; all go together. */
export async function startNginx({ port = freePort(), tls, keepalive_requests }: NginxOptions): Promise<RunningServer> {
  const folder = await Deno.makeTempDir({ prefix: "june-load-nginx-" });
  const behind = await grpcGoServer.start();
  const cleanUp = async () => {
    await behind.kill();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const text = configuration(folder, port, behind.port, {
      ...(tls && { tls }),
      ...(keepalive_requests && { keepalive_requests }),
    });
    await Deno.writeTextFile(`${folder}/nginx.conf`, text);
    const target = `${tls ? "localhost" : "127.0.0.1"}:${port}`;
    const args = ["-p", folder, "-c", `${folder}/nginx.conf`, "-e", "stderr"];
    const proxy = await startDaemon("nginx", args, port, target);
    return { ...proxy, kill: () => proxy.kill().finally(cleanUp) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** One process, nothing outside `folder`, no limits but the one on requests. */
function configuration(folder: string, port: number, behind: number, options: NginxOptions): string {
  const { tls, keepalive_requests = 1000 } = options;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ");
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary}
  client_max_body_size 0;
  upstream grpc_go {
    server 127.0.0.1:${behind};
    keepalive 100;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port} http2 ${tls ? "ssl" : ""};
    ${tls ? `ssl_certificate ${tls.cert_path};\n    ssl_certificate_key ${tls.key_path};` : ""}
    keepalive_requests ${keepalive_requests};
    http2_max_concurrent_streams 1000;
    location / {
      grpc_pass grpc://grpc_go;
      grpc_read_timeout 1h;
      grpc_send_timeout 1h;
    }
  }
}
`;
}
