// The peer: one flag read by LaunchDarkly's Node SDK in daemon mode from its DynamoDB store.
'use strict';
const ld = require('launchdarkly-node-server-sdk');
const { DynamoDBFeatureStore } = require('launchdarkly-node-server-sdk-dynamodb');

const store = DynamoDBFeatureStore('flags', {
  clientOptions: { endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB, region: process.env.AWS_REGION },
});
const client = ld.init('sdk-key', {
  featureStore: store,
  useLdd: true,
  sendEvents: false,
  logger: ld.basicLogger({ level: 'error' }),
});
client
  .waitForInitialization()
  .then(() => client.variation('benchmark-flag', { kind: 'user', key: 'bob' }, false))
  .then((on) => process.exit(on === true ? 0 : 1));
