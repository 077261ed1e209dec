// Evaluations per second of LaunchDarkly's Node SDK on the data of benchmarks/data. One JSON line per case.
//
//   node main.mjs ../../data
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import LaunchDarkly from 'launchdarkly-node-server-sdk';
import integrations from 'launchdarkly-node-server-sdk/integrations.js';

const warmUpMs = 500;
const durationMs = 2000;
const flagCount = 1000;
const rulesEvery = 10;

const version = createRequire(import.meta.url)('launchdarkly-node-server-sdk/package.json').version;
const folder = process.argv[2];
if (!folder) {
  console.error('usage: node main.mjs FOLDER-WITH-eval_flags.json');
  process.exit(2);
}
const { flags } = JSON.parse(readFileSync(join(folder, 'eval_flags.json'), 'utf8'));
const context = JSON.parse(readFileSync(join(folder, 'eval_context.json'), 'utf8'));

/** A client that has just these flags, in memory, and sends nothing. */
async function newClient(list) {
  const source = integrations.TestData();
  for (const flag of list) source.usePreconfiguredFlag(flag);
  const client = LaunchDarkly.init('sdk-key', {
    updateProcessor: source, sendEvents: false, logger: { debug() {}, info() {}, warn() {}, error: console.error },
  });
  return client.waitForInitialization();
}

/** Calls `run` for at least the time given; batches keep the clock out of the measurement. */
async function measure(atLeastMs, batch, run) {
  const start = process.hrtime.bigint();
  let calls = 0;
  let took = 0;
  while (took < atLeastMs * 1e6) {
    for (let i = 0; i < batch; i++) await run();
    calls += batch;
    took = Number(process.hrtime.bigint() - start);
  }
  return { calls, took };
}

async function report(name, batch, value, run) {
  await measure(warmUpMs, batch, run);
  const { calls, took } = await measure(durationMs, batch, run);
  console.log(JSON.stringify({ peer: 'node', version, case: name, ns: took / calls, per_second: (calls * 1e9) / took, value }));
}

const client = await newClient(Object.values(flags));
await report('plain-flag', 1000, await client.variation('plain-flag', context, false), () => client.variation('plain-flag', context, false));
await report('rules-flag', 1000, await client.variation('rules-flag', context, 'default'), () => client.variation('rules-flag', context, 'default'));
client.close();

const many = Array.from({ length: flagCount }, (_, i) => ({
  ...(i % rulesEvery === 0 ? flags['rules-flag'] : flags['plain-flag']), key: `flag-${String(i).padStart(4, '0')}`,
}));
const all = await newClient(many);
const count = Object.keys((await all.allFlagsState(context)).allValues()).length;
await report('all-flags', 1, count, () => all.allFlagsState(context));
all.close();
