// A DynamoDB that is not ours (dynalite), and raw access to tables through the AWS SDK.
import { credentials, region } from './environment.mjs';
import AWS from 'aws-sdk';
import dynalite from 'dynalite';

/** @returns {{url, counts, stop}} `counts`: requests by operation, for example counts.PutItem */
export async function startDynalite() {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  const counts = {};
  server.on('request', (request) => {
    const operation = String(request.headers['x-amz-target']).split('.').pop();
    counts[operation] = (counts[operation] ?? 0) + 1;
  });
  await new Promise((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    counts,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections?.(); }),
  };
}

export function clientOptions(url) {
  return { endpoint: url, region, credentials, maxRetries: 3 };
}

export async function createTable(url, table) {
  const client = new AWS.DynamoDB(clientOptions(url));
  await client.createTable({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'namespace', AttributeType: 'S' }, { AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'namespace', KeyType: 'HASH' }, { AttributeName: 'key', KeyType: 'RANGE' }],
  }).promise();
  await client.waitFor('tableExists', { TableName: table, $waiter: { delay: 0.1, maxAttempts: 100 } }).promise();
}

/** Every row of the table as the wire has it (attribute name to typed value). */
export async function readRows(url, table) {
  const client = new AWS.DynamoDB(clientOptions(url));
  const rows = [];
  let start;
  do {
    const page = await client.scan({ TableName: table, ConsistentRead: true, ExclusiveStartKey: start }).promise();
    rows.push(...page.Items);
    start = page.LastEvaluatedKey;
  } while (start);
  return rows;
}
