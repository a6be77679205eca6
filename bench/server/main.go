// The server that all load generators are measured against, the hand-written grpc-go client they are measured with, and
// a way to run a command and learn what it used.
//
//	bench serve [-address 127.0.0.1:0] [-gap 20ms]
//	bench client -address HOST:PORT [-stream] [-in-flight 50] [-calls 100000] [-tokens 200]
//	bench measure USAGE.json COMMAND [ARGUMENT...]
package main

import (
	"encoding/json"
	"flag"
	"log"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// measure runs a command and writes what it used: user and system time of the whole process, peak memory, time taken.
func measure(file string, command []string) {
	child := exec.Command(command[0], command[1:]...)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	began := time.Now()
	err := child.Run()
	if child.ProcessState == nil {
		log.Fatal(err)
	}
	usage := child.ProcessState.SysUsage().(*syscall.Rusage)
	text, _ := json.Marshal(map[string]float64{
		"cpu_s":     float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9,
		"rss_bytes": float64(usage.Maxrss) * 1024,
		"wall_s":    time.Since(began).Seconds(),
	})
	if err := os.WriteFile(file, text, 0o644); err != nil {
		log.Fatal(err)
	}
	os.Exit(child.ProcessState.ExitCode())
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("say serve, client or measure")
	}
	verb, rest := os.Args[1], os.Args[2:]
	if verb == "measure" {
		measure(rest[0], rest[1:])
	}
	flags := flag.NewFlagSet(verb, flag.ExitOnError)
	address := flags.String("address", "127.0.0.1:0", "listen on, or call")
	gap := flags.Duration("gap", 0, "serve: time between the chunks of a stream")
	stream := flags.Bool("stream", false, "client: call GenerateStream")
	inFlight := flags.Int("in-flight", 50, "client: calls at the same time")
	calls := flags.Int64("calls", 100_000, "client: calls in all")
	tokens := flags.Int("tokens", 200, "client: chunks of each stream")
	flags.Parse(rest)
	switch verb {
	case "serve":
		serve(*address, *gap)
	case "client":
		client(load{*address, *stream, *inFlight, *calls, *tokens})
	default:
		log.Fatalf("cannot %q: say serve, client or measure", verb)
	}
}
