// The official Node SDK: fills a table, and says what each flag is.
import { clientOptions } from './table.mjs';
import LaunchDarkly from 'launchdarkly-node-server-sdk';
import integrations from 'launchdarkly-node-server-sdk/integrations.js';
import { DynamoDBFeatureStore } from 'launchdarkly-node-server-sdk-dynamodb';

function makeClient(url, table, prefix, more) {
  const errors = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (text) => errors.push(text) };
  const client = LaunchDarkly.init('sdk-key', {
    // cacheTTL is in seconds: each item is read from the table once.
    featureStore: DynamoDBFeatureStore(table, { prefix, cacheTTL: 3600, clientOptions: clientOptions(url) }),
    sendEvents: false,
    logger,
    ...more,
  });
  client.on('error', () => {}); // what evaluations complain about; their reasons tell
  return { client, errors };
}

/** Lets the SDK write a file of flags to the table. */
export async function officialWrite(url, table, prefix, file) {
  const { client, errors } = makeClient(url, table, prefix, { updateProcessor: integrations.FileDataSource({ paths: [file] }) });
  await client.waitForInitialization();
  client.close();
  // The store reports a failed write nowhere else.
  if (errors.length > 0) throw new Error(`the Node SDK failed to write: ${errors.join('; ')}`);
}

/** Values of all flags out of the table, in daemon mode. @returns one object per context: flag key to detail */
export async function officialEvaluate(url, table, prefix, flagKeys, contexts) {
  const { client, errors } = makeClient(url, table, prefix, { useLdd: true });
  await client.waitForInitialization();
  const out = [];
  for (const context of contexts) {
    const details = new Map();
    for (const key of flagKeys) details.set(key, await client.variationDetail(key, context, null));
    out.push(details);
  }
  client.close();
  if (errors.length > 0) throw new Error(`the Node SDK failed to read: ${errors.slice(0, 3).join('; ')}`);
  return out;
}
