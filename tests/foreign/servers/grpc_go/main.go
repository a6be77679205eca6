// An interop server over grpc-go: the gRPC project's own test service, with what the interop contract asks of
// compression added, which that service leaves out. Argument: the suite's ServerOptions as JSON. Prints `port N`
// when it listens, and ends with its standard input.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/interop"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
)

type tlsOptions struct {
	Certificate string `json:"cert_path"`
	Key         string `json:"key_path"`
	ClientCA    string `json:"client_ca_path"`
}

type options struct {
	Port                 int         `json:"port"`
	UnixPath             string      `json:"unix_path"`
	TLS                  *tlsOptions `json:"tls"`
	MaxConcurrentStreams uint32      `json:"max_concurrent_streams"`
	MaxConnectionAge     int         `json:"max_connection_age_ms"`
}

// lastMessage remembers for each call whether the last message that came was compressed.
type lastMessage struct{}

func (lastMessage) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, lastMessage{}, new(atomic.Bool))
}

func (lastMessage) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if in, ok := event.(*stats.InPayload); ok {
		ctx.Value(lastMessage{}).(*atomic.Bool).Store(in.CompressedLength != in.Length)
	}
}

func (lastMessage) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (lastMessage) HandleConn(context.Context, stats.ConnStats)                       {}

// checkCompression holds the last message against what its sender says of it.
func checkCompression(ctx context.Context, expected *testgrpc.BoolValue) error {
	if expected == nil {
		return nil
	}
	if got := ctx.Value(lastMessage{}).(*atomic.Bool).Load(); got != expected.Value {
		return status.Errorf(codes.InvalidArgument, "compressed: %v, expected: %v", got, expected.Value)
	}
	return nil
}

func compressReplies(ctx context.Context, wanted bool) error {
	name := "identity"
	if wanted {
		name = "gzip"
	}
	return grpc.SetSendCompressor(ctx, name)
}

type service struct {
	testgrpc.TestServiceServer
}

func (s service) UnaryCall(ctx context.Context, in *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
	if err := checkCompression(ctx, in.GetExpectCompressed()); err != nil {
		return nil, err
	}
	if err := compressReplies(ctx, in.GetResponseCompressed().GetValue()); err != nil {
		return nil, err
	}
	return s.TestServiceServer.UnaryCall(ctx, in)
}

func (s service) StreamingOutputCall(
	in *testgrpc.StreamingOutputCallRequest, out testgrpc.TestService_StreamingOutputCallServer,
) error {
	for _, parameters := range in.ResponseParameters {
		if parameters.GetCompressed().GetValue() {
			if err := compressReplies(out.Context(), true); err != nil {
				return err
			}
		}
	}
	return s.TestServiceServer.StreamingOutputCall(in, out)
}

type checkedInput struct {
	testgrpc.TestService_StreamingInputCallServer
}

func (c checkedInput) Recv() (*testgrpc.StreamingInputCallRequest, error) {
	in, err := c.TestService_StreamingInputCallServer.Recv()
	if err != nil {
		return nil, err
	}
	return in, checkCompression(c.Context(), in.GetExpectCompressed())
}

func (s service) StreamingInputCall(in testgrpc.TestService_StreamingInputCallServer) error {
	return s.TestServiceServer.StreamingInputCall(checkedInput{in})
}

func tlsConfig(o *tlsOptions) *tls.Config {
	certificate, err := tls.LoadX509KeyPair(o.Certificate, o.Key)
	if err != nil {
		log.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if o.ClientCA != "" {
		pem, err := os.ReadFile(o.ClientCA)
		if err != nil {
			log.Fatal(err)
		}
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config
}

func serverOptions(o options) []grpc.ServerOption {
	all := []grpc.ServerOption{grpc.StatsHandler(lastMessage{})}
	if o.TLS != nil {
		all = append(all, grpc.Creds(credentials.NewTLS(tlsConfig(o.TLS))))
	}
	if o.MaxConcurrentStreams > 0 {
		all = append(all, grpc.MaxConcurrentStreams(o.MaxConcurrentStreams))
	}
	if o.MaxConnectionAge > 0 {
		all = append(all, grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionAge:      time.Duration(o.MaxConnectionAge) * time.Millisecond,
			MaxConnectionAgeGrace: 5 * time.Second,
		}))
	}
	return all
}

func main() {
	var o options
	if len(os.Args) > 1 {
		if err := json.NewDecoder(strings.NewReader(os.Args[1])).Decode(&o); err != nil {
			log.Fatal(err)
		}
	}
	network, address := "tcp", fmt.Sprintf("127.0.0.1:%d", o.Port)
	if o.UnixPath != "" {
		network, address = "unix", o.UnixPath
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(serverOptions(o)...)
	testgrpc.RegisterTestServiceServer(server, service{interop.NewTestServer()})
	reflection.Register(server)
	port := 0
	if tcp, ok := listener.Addr().(*net.TCPAddr); ok {
		port = tcp.Port
	}
	fmt.Printf("port %d\n", port)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(server.Serve(listener))
}
