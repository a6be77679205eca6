package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// load is what the client is asked to do.
type load struct {
	address  string
	stream   bool
	inFlight int
	calls    int64
	tokens   int
}

// ask makes one call and returns how many messages came.
func ask(connection *grpc.ClientConn, request *GenerationRequest) (int64, error) {
	if !request.Stream {
		return 1, connection.Invoke(context.Background(), "/"+service+"/Generate", request, &GenerationResponse{})
	}
	stream, err := connection.NewStream(context.Background(), &grpc.StreamDesc{ServerStreams: true}, "/"+service+"/GenerateStream")
	if err == nil {
		err = stream.SendMsg(request)
	}
	if err == nil {
		err = stream.CloseSend()
	}
	messages := int64(0)
	for ; err == nil; messages++ {
		err = stream.RecvMsg(&GenerationChunk{})
	}
	if errors.Is(err, io.EOF) {
		return messages - 1, nil
	}
	return 0, err
}

// client is the yardstick: the least that grpc-go needs for a closed loop with every latency kept.
func client(l load) {
	connection, err := grpc.NewClient(l.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	request := &GenerationRequest{
		Prompt: strings.Repeat("x", 52),
		Params: &Params{MaxTokens: int32(l.tokens), Temperature: 0.7},
		Stream: l.stream,
	}
	var left, messages atomic.Int64
	left.Store(l.calls)
	took := make([][]time.Duration, l.inFlight)
	var group sync.WaitGroup
	began := time.Now()
	for slot := range took {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				start := time.Now()
				count, err := ask(connection, request)
				if err != nil {
					log.Fatal(err)
				}
				messages.Add(count)
				took[slot] = append(took[slot], time.Since(start))
			}
		})
	}
	group.Wait()
	seconds := time.Since(began).Seconds()
	all := slices.Concat(took...)
	slices.Sort(all)
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"calls":    float64(len(all)),
		"messages": float64(messages.Load()),
		"per_s":    float64(messages.Load()) / seconds,
		"p50_us":   float64(all[len(all)/2].Nanoseconds()) / 1e3,
	})
}
