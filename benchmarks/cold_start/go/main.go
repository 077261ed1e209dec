// The peer: one flag read by LaunchDarkly's Go SDK in daemon mode from its DynamoDB store.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/launchdarkly/go-sdk-common/v3/ldcontext"
	"github.com/launchdarkly/go-sdk-common/v3/ldlog"
	ld "github.com/launchdarkly/go-server-sdk/v7"
	"github.com/launchdarkly/go-server-sdk/v7/ldcomponents"

	lddynamodb "github.com/launchdarkly/go-server-sdk-dynamodb/v4"
)

func main() {
	// As LaunchDarkly documents it: region, credentials and endpoint come from the AWS environment.
	store := lddynamodb.DataStore("flags")
	config := ld.Config{
		DataSource: ldcomponents.ExternalUpdatesOnly(),
		Events:     ldcomponents.NoEvents(),
		DataStore:  ldcomponents.PersistentDataStore(store),
		Logging:    ldcomponents.Logging().MinLevel(ldlog.Error),
	}
	client, err := ld.MakeCustomClient("sdk-key", config, 5*time.Second)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	on, err := client.BoolVariation("benchmark-flag", ldcontext.New("bob"), false)
	if err != nil || !on {
		fmt.Fprintln(os.Stderr, "the flag is not on:", err)
		os.Exit(1)
	}
}
