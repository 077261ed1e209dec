// LaunchDarkly's Go SDK as the reference of the differential run: does what a case says and prints
// one JSON line per context and per operation. Events go to a sink of the runner's.
//
//	differential_go CASE.json DATA.json http://127.0.0.1:PORT
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/launchdarkly/go-sdk-common/v4/ldcontext"
	"github.com/launchdarkly/go-sdk-common/v4/ldvalue"
	ld "github.com/launchdarkly/go-server-sdk/v7"
	"github.com/launchdarkly/go-server-sdk/v7/interfaces"
	"github.com/launchdarkly/go-server-sdk/v7/ldcomponents"
	"github.com/launchdarkly/go-server-sdk/v7/ldfiledata"
)

const (
	wait     = 120 * time.Second // only a machine that is stopped takes so long
	never    = 24 * time.Hour
	settling = 5 * time.Millisecond
)

// What a case asks for; run.py says what the fields mean.
type caseFile struct {
	Options struct {
		AllAttributesPrivate  bool     `json:"allAttributesPrivate"`
		PrivateAttributes     []string `json:"privateAttributes"`
		OmitAnonymousContexts bool     `json:"omitAnonymousContexts"`
		Capacity              int      `json:"capacity"`
		ContextKeysCapacity   int      `json:"contextKeysCapacity"`
		PaceMicroseconds      int      `json:"paceMicroseconds"`
	} `json:"options"`
	Contexts   []json.RawMessage `json:"contexts"`
	Operations []operation       `json:"operations"`
}

type operation struct {
	Op      string        `json:"op"`
	Context int           `json:"context"`
	Flag    string        `json:"flag"`
	Default ldvalue.Value `json:"default"`

	Type   string `json:"type"`
	Detail bool   `json:"detail"`

	Key    string        `json:"key"`
	Data   ldvalue.Value `json:"data"`
	Metric *float64      `json:"metric"`

	WithReasons                bool `json:"withReasons"`
	ClientSideOnly             bool `json:"clientSideOnly"`
	DetailsOnlyForTrackedFlags bool `json:"detailsOnlyForTrackedFlags"`

	Migration *measured `json:"migration"`
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "differential_go: "+format+"\n", arguments...)
	os.Exit(1)
}

func readCase(path string) caseFile {
	var out caseFile
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		fail("%s: %v", path, err)
	}
	return out
}

func newClient(options caseFile, data, sink string) (*ld.LDClient, error) {
	events := ldcomponents.SendEvents().
		AllAttributesPrivate(options.Options.AllAttributesPrivate).
		PrivateAttributes(options.Options.PrivateAttributes...).
		OmitAnonymousContexts(options.Options.OmitAnonymousContexts).
		Capacity(options.Options.Capacity).
		ContextKeysCapacity(options.Options.ContextKeysCapacity).
		ContextKeysFlushInterval(never).
		FlushInterval(never)
	return ld.MakeCustomClient("differential", ld.Config{
		DataSource:       ldfiledata.DataSource().FilePaths(data),
		DiagnosticOptOut: true,
		Events:           events,
		Logging:          ldcomponents.NoLogging(),
		ServiceEndpoints: interfaces.ServiceEndpoints{Events: sink},
	}, wait)
}

func main() {
	if len(os.Args) != 4 {
		fail("usage: differential_go CASE DATA SINK")
	}
	asked := readCase(os.Args[1])
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	print := func(line any) {
		text, err := json.Marshal(line)
		if err != nil {
			fail("%v", err)
		}
		out.Write(append(text, '\n'))
	}

	client, err := newClient(asked, os.Args[2], os.Args[3])
	if err != nil {
		print(map[string]any{"refused": err.Error()})
		return
	}
	defer client.Close()

	contexts := make([]*ldcontext.Context, len(asked.Contexts))
	for i, text := range asked.Contexts {
		var context ldcontext.Context
		if err := json.Unmarshal(text, &context); err != nil {
			print(map[string]any{"invalid": err.Error()})
			continue
		}
		contexts[i] = &context
		print(map[string]any{
			"context": context, "fullKey": context.FullyQualifiedKey(), "hash": client.SecureModeHash(context),
		})
	}
	pace := time.Duration(asked.Options.PaceMicroseconds) * time.Microsecond
	for _, one := range asked.Operations {
		if one.Op == "flush" {
			// A flush of nothing never ends.
			client.TrackEvent("flush", ldcontext.New("flush"))
			print(map[string]any{"flushed": client.FlushAndWait(wait)})
			// The answer's date reaches the dispatcher on its own way.
			time.Sleep(settling)
			continue
		}
		context := contexts[one.Context]
		if context == nil {
			print(map[string]any{"skipped": true})
			continue
		}
		print(one.run(client, *context))
		// The SDK drops what comes faster than its dispatcher takes it, `capacity` at a time.
		time.Sleep(pace)
	}
}
