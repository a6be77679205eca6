package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/protoadapt"
)

const service = "june.llm.LLMInference"

// llm answers as a language model would that costs nothing: one text, or max_tokens chunks with a gap between them.
type llm struct {
	gap      time.Duration
	response *GenerationResponse
	token    string
}

func (l *llm) stream(request *GenerationRequest, stream grpc.ServerStream) error {
	count := int32(1)
	if request.Params != nil {
		count = max(count, request.Params.MaxTokens)
	}
	next := time.Now()
	for i := range count {
		if l.gap > 0 && i > 0 {
			next = next.Add(l.gap)
			time.Sleep(time.Until(next))
		}
		if err := stream.SendMsg(&GenerationChunk{Token: l.token, Index: i, IsFinal: i == count-1}); err != nil {
			return err
		}
	}
	return nil
}

func unary[Request any](name string, answer func(srv any) any) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: name, Handler: func(srv any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		request := new(Request)
		if err := decode(request); err != nil {
			return nil, err
		}
		return answer(srv), nil
	}}
}

var description = grpc.ServiceDesc{
	ServiceName: service,
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{
		unary[GenerationRequest]("Generate", func(srv any) any { return srv.(*llm).response }),
		unary[HealthRequest]("HealthCheck", func(any) any { return &HealthResponse{Healthy: true, ModelName: "bench"} }),
	},
	Streams: []grpc.StreamDesc{{StreamName: "GenerateStream", ServerStreams: true, Handler: func(srv any, stream grpc.ServerStream) error {
		request := &GenerationRequest{}
		if err := stream.RecvMsg(request); err != nil {
			return err
		}
		return srv.(*llm).stream(request, stream)
	}}},
}

// serve prints "port N" and answers until it is killed.
func serve(address string, gap time.Duration) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	response := func(text string) protoadapt.MessageV1 { return &GenerationResponse{Text: text, TokensGenerated: 16} }
	chunk := func(text string) protoadapt.MessageV1 { return &GenerationChunk{Token: text, Index: 100} }
	server := grpc.NewServer()
	server.RegisterService(&description, &llm{
		gap:      gap,
		response: &GenerationResponse{Text: padded(response), TokensGenerated: 16},
		token:    padded(chunk),
	})
	fmt.Printf("port %d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}
