package main

import (
	"time"

	"github.com/launchdarkly/go-sdk-common/v4/ldcontext"
	"github.com/launchdarkly/go-sdk-common/v4/ldmigration"
	"github.com/launchdarkly/go-sdk-common/v4/ldreason"
	"github.com/launchdarkly/go-sdk-common/v4/ldvalue"
	ld "github.com/launchdarkly/go-server-sdk/v7"
	"github.com/launchdarkly/go-server-sdk/v7/interfaces/flagstate"
)

// What a migration's operation measured, before it is tracked.
type measured struct {
	Operation  string                         `json:"operation"`
	Invoked    []ldmigration.Origin           `json:"invoked"`
	Errors     []ldmigration.Origin           `json:"errors"`
	Latencies  map[ldmigration.Origin]float64 `json:"latencies"`
	Consistent *bool                          `json:"consistent"`
}

func (o operation) run(client *ld.LDClient, context ldcontext.Context) any {
	switch o.Op {
	case "variation":
		if o.Detail {
			return o.detail(client, context)
		}
		return map[string]any{"value": o.variation(client, context)}
	case "allFlags":
		return map[string]any{"state": client.AllFlagsState(context, o.stateOptions()...)}
	case "migration":
		return o.migration(client, context)
	case "identify":
		client.Identify(context)
	case "track":
		if o.Metric != nil {
			client.TrackMetric(o.Key, context, *o.Metric, o.Data)
		} else {
			client.TrackData(o.Key, context, o.Data)
		}
	default:
		fail("operation %q", o.Op)
	}
	return map[string]any{}
}

func (o operation) variation(client *ld.LDClient, context ldcontext.Context) (value any) {
	switch o.Type {
	case "bool":
		value, _ = client.BoolVariation(o.Flag, context, o.Default.BoolValue())
	case "int":
		value, _ = client.IntVariation(o.Flag, context, o.Default.IntValue())
	case "double":
		value, _ = client.Float64Variation(o.Flag, context, o.Default.Float64Value())
	case "string":
		value, _ = client.StringVariation(o.Flag, context, o.Default.StringValue())
	case "json":
		value, _ = client.JSONVariation(o.Flag, context, o.Default)
	default:
		fail("type %q", o.Type)
	}
	return value
}

func (o operation) detail(client *ld.LDClient, context ldcontext.Context) any {
	var value any
	var detail ldreason.EvaluationDetail
	switch o.Type {
	case "bool":
		value, detail, _ = client.BoolVariationDetail(o.Flag, context, o.Default.BoolValue())
	case "int":
		value, detail, _ = client.IntVariationDetail(o.Flag, context, o.Default.IntValue())
	case "double":
		value, detail, _ = client.Float64VariationDetail(o.Flag, context, o.Default.Float64Value())
	case "string":
		value, detail, _ = client.StringVariationDetail(o.Flag, context, o.Default.StringValue())
	case "json":
		value, detail, _ = client.JSONVariationDetail(o.Flag, context, o.Default)
	default:
		fail("type %q", o.Type)
	}
	return map[string]any{"value": value, "variationIndex": detail.VariationIndex, "reason": detail.Reason}
}

func (o operation) stateOptions() []flagstate.Option {
	var options []flagstate.Option
	if o.WithReasons {
		options = append(options, flagstate.OptionWithReasons())
	}
	if o.ClientSideOnly {
		options = append(options, flagstate.OptionClientSideOnly())
	}
	if o.DetailsOnlyForTrackedFlags {
		options = append(options, flagstate.OptionDetailsOnlyForTrackedFlags())
	}
	return options
}

func (o operation) migration(client *ld.LDClient, context ldcontext.Context) any {
	stage, tracker, _ := client.MigrationVariation(o.Flag, context, ldmigration.Stage(o.Default.StringValue()))
	if m := o.Migration; m != nil {
		if m.Operation != "" {
			tracker.Operation(ldmigration.Operation(m.Operation))
		}
		for _, origin := range m.Invoked {
			tracker.TrackInvoked(origin)
		}
		for _, origin := range m.Errors {
			tracker.TrackError(origin)
		}
		for origin, milliseconds := range m.Latencies {
			tracker.TrackLatency(origin, time.Duration(milliseconds*float64(time.Millisecond)))
		}
		if m.Consistent != nil {
			tracker.TrackConsistency(func() bool { return *m.Consistent })
		}
		if event, err := tracker.Build(); err == nil {
			client.TrackMigrationOp(*event)
		}
	}
	return map[string]any{"value": ldvalue.String(string(stage))}
}
