// A server over grpc-java that answers UnaryCall with its own request, and drains each connection at a certain age: GOAWAY
// with the highest id and a PING, then, once the PING is answered, GOAWAY with the last stream it has seen.
// Arguments: that age and the longest time for open calls afterwards, in milliseconds. Prints `port N` when it listens,
// and ends with its standard input.
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

public final class Server {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
    @Override public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  };

  public static void main(String[] arguments) throws Exception {
    String service = "grpc.testing.TestService";
    MethodDescriptor<byte[], byte[]> unary = MethodDescriptor.newBuilder(BYTES, BYTES)
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, "UnaryCall"))
        .build();
    ServerServiceDefinition definition = ServerServiceDefinition.builder(service)
        .addMethod(unary, ServerCalls.asyncUnaryCall((request, observer) -> {
          observer.onNext(request);
          observer.onCompleted();
        }))
        .build();
    io.grpc.Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
        .addService(definition)
        .maxConnectionAge(Long.parseLong(arguments[0]), TimeUnit.MILLISECONDS)
        .maxConnectionAgeGrace(Long.parseLong(arguments[1]), TimeUnit.MILLISECONDS)
        .build()
        .start();
    System.out.println("port " + server.getPort());
    System.in.readAllBytes();
    System.exit(0);
  }
}
