// Evaluations per second of LaunchDarkly's Go SDK on the data of benchmarks/data. One JSON line per case.
//
//	go run . ../../data
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/launchdarkly/go-sdk-common/v4/ldcontext"
	"github.com/launchdarkly/go-server-sdk-evaluation/v4/ldmodel"
	ld "github.com/launchdarkly/go-server-sdk/v7"
	"github.com/launchdarkly/go-server-sdk/v7/ldcomponents"
	"github.com/launchdarkly/go-server-sdk/v7/testhelpers/ldtestdata"
)

const (
	warmUp     = 500 * time.Millisecond
	duration   = 2 * time.Second
	flagCount  = 1000
	rulesEvery = 10
)

// readJSON fills out from a file or ends the program.
func readJSON(path string, out any) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		log.Fatalf("%s: %v", path, err)
	}
}

// newClient makes a client that has just these flags, in memory, and sends nothing.
func newClient(flags []ldmodel.FeatureFlag) *ld.LDClient {
	source := ldtestdata.DataSource()
	for _, flag := range flags {
		source.UsePreconfiguredFlag(flag)
	}
	client, err := ld.MakeCustomClient("sdk-key", ld.Config{
		DataSource: source,
		Events:     ldcomponents.NoEvents(),
		Logging:    ldcomponents.NoLogging(),
	}, 5*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// measure calls run for at least the time given; batches keep the clock out of the measurement.
func measure(atLeast time.Duration, batch int, run func()) (calls int, took time.Duration) {
	start := time.Now()
	for took < atLeast {
		for i := 0; i < batch; i++ {
			run()
		}
		calls += batch
		took = time.Since(start)
	}
	return calls, took
}

func report(name string, batch int, value any, run func()) {
	measure(warmUp, batch, run)
	calls, took := measure(duration, batch, run)
	line, err := json.Marshal(map[string]any{
		"peer":       "go",
		"version":    ld.Version,
		"case":       name,
		"ns":         float64(took.Nanoseconds()) / float64(calls),
		"per_second": float64(calls) / took.Seconds(),
		"value":      value,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(line))
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: peers FOLDER-WITH-eval_flags.json")
	}
	var data struct {
		Flags map[string]ldmodel.FeatureFlag `json:"flags"`
	}
	readJSON(filepath.Join(os.Args[1], "eval_flags.json"), &data)
	var context ldcontext.Context
	readJSON(filepath.Join(os.Args[1], "eval_context.json"), &context)
	plain, rules := data.Flags["plain-flag"], data.Flags["rules-flag"]

	client := newClient([]ldmodel.FeatureFlag{plain, rules})
	var on bool
	var text string
	on, _ = client.BoolVariation("plain-flag", context, false)
	text, _ = client.StringVariation("rules-flag", context, "default")
	report("plain-flag", 1000, on, func() { on, _ = client.BoolVariation("plain-flag", context, false) })
	report("rules-flag", 1000, text, func() { text, _ = client.StringVariation("rules-flag", context, "default") })

	var many []ldmodel.FeatureFlag
	for i := 0; i < flagCount; i++ {
		flag := plain
		if i%rulesEvery == 0 {
			flag = rules
		}
		flag.Key = fmt.Sprintf("flag-%04d", i)
		many = append(many, flag)
	}
	all := newClient(many)
	count := len(all.AllFlagsState(context).ToValuesMap())
	report("all-flags", 1, count, func() { all.AllFlagsState(context) })
}
