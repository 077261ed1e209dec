// AWS's JavaScript SDK (version 3), client and document client, with `lddynamo local`.
//
//   LDDYNAMO_PROGRAM=build/dev/apps/lddynamo/lddynamo node --test tests/interop/javascript_sdk.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as aws from '@aws-sdk/client-dynamodb';
import * as lib from '@aws-sdk/lib-dynamodb';

import { credentials, region } from './lib/environment.mjs';
import { startServer } from './lib/programs.mjs';

let server;
let client;
let documents;
let tables = 0;

before(async () => {
  server = await startServer(process.env.LDDYNAMO_PROGRAM, ['local', '--port', '0']);
  client = new aws.DynamoDBClient({ endpoint: server.url, region, credentials, maxAttempts: 3 });
  documents = lib.DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
});
after(async () => {
  client?.destroy();
  await server?.stop();
});

async function createTable() {
  const TableName = `table-${++tables}`;
  await client.send(new aws.CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'namespace', AttributeType: 'S' }, { AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'namespace', KeyType: 'HASH' }, { AttributeName: 'key', KeyType: 'RANGE' }],
  }));
  const waited = await aws.waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
  assert.equal(waited.state, 'SUCCESS');
  return TableName;
}
const key = (name, namespace = 'a') => ({ namespace, key: name });
const put = (TableName, Item, more) => documents.send(new lib.PutCommand({ TableName, Item, ...more }));
const get = async (TableName, Key) => (await documents.send(new lib.GetCommand({ TableName, Key, ConsistentRead: true }))).Item;

test('the life of a table, with waiters and the paginator of names', async () => {
  const names = [await createTable(), await createTable(), await createTable()];
  const { Table } = await client.send(new aws.DescribeTableCommand({ TableName: names[0] }));
  assert.equal(Table.TableStatus, 'ACTIVE');
  assert.ok(Table.CreationDateTime instanceof Date && Table.CreationDateTime > new Date('2024-01-01'));
  const listed = [];
  for await (const page of aws.paginateListTables({ client, pageSize: 1 }, {})) listed.push(...page.TableNames);
  assert.ok(names.every((name) => listed.includes(name)));
  await client.send(new aws.DeleteTableCommand({ TableName: names[2] }));
  const waited = await aws.waitUntilTableNotExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName: names[2] });
  assert.equal(waited.state, 'SUCCESS');
  await assert.rejects(client.send(new aws.DeleteTableCommand({ TableName: names[2] })), aws.ResourceNotFoundException);
});

test('every type, there and back', async () => {
  const table = await createTable();
  const item = {
    ...key('b'), s: 'Ünï\u{1F600}', empty: '', n: -1.5e-10, yes: true, no: false, nothing: null, bytes: new Uint8Array([0, 255]),
    strings: new Set(['x', 'y']), numbers: new Set([1, 2.5]), list: [1, 'two', [3], { four: new Set(['x']) }], map: { 'a.b': { c: [] } },
    big: 123456789012345678901234567890n,
  };
  await put(table, item);
  const other = new aws.DynamoDBClient({ endpoint: server.url, region, credentials }); // settings belong to the client
  const wide = lib.DynamoDBDocumentClient.from(other, { unmarshallOptions: { wrapNumbers: (text) => text } });
  const raw = (await wide.send(new lib.GetCommand({ TableName: table, Key: key('b') }))).Item;
  assert.equal(raw.big, '123456789012345678901234567890');
  assert.equal(raw.n, '-0.00000000015');
  other.destroy();
  const { big, ...rest } = item;
  await put(table, rest);
  assert.deepEqual(await get(table, key('b')), rest);
  assert.equal(await get(table, key('nobody')), undefined);
});

test('updates, conditions and what a failed one gives back', async () => {
  const table = await createTable();
  await put(table, { ...key('b'), count: 1, list: ['a'] });
  const updated = await documents.send(new lib.UpdateCommand({
    TableName: table, Key: key('b'), UpdateExpression: 'SET #c = #c + :one, #l = list_append(#l, :more) REMOVE gone',
    ExpressionAttributeNames: { '#c': 'count', '#l': 'list' }, ExpressionAttributeValues: { ':one': 1, ':more': ['b'] }, ReturnValues: 'UPDATED_NEW',
  }));
  assert.deepEqual(updated.Attributes, { count: 2, list: ['a', 'b'] });
  const failed = await put(table, { ...key('b'), count: 9 }, {
    ConditionExpression: 'attribute_not_exists(#k) OR #c > :c', ExpressionAttributeNames: { '#k': 'key', '#c': 'count' },
    ExpressionAttributeValues: { ':c': 5 }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }).catch((error) => error);
  assert.ok(failed instanceof aws.ConditionalCheckFailedException);
  assert.deepEqual(failed.Item.count, { N: '2' });
  assert.equal(failed.$metadata.httpStatusCode, 400);
  const { Attributes } = await documents.send(new lib.DeleteCommand({ TableName: table, Key: key('b'), ReturnValues: 'ALL_OLD' }));
  assert.equal(Attributes.count, 2);
});

test('batches, and the paginators of query and scan', async () => {
  const table = await createTable();
  for (const start of [0, 25]) {
    const requests = Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { ...key(String(start + i).padStart(3, '0')), n: start + i } } }));
    const { UnprocessedItems } = await documents.send(new lib.BatchWriteCommand({ RequestItems: { [table]: requests } }));
    assert.deepEqual(UnprocessedItems, {});
  }
  const Keys = Array.from({ length: 60 }, (_, i) => key(String(i).padStart(3, '0')));
  const { Responses } = await documents.send(new lib.BatchGetCommand({ RequestItems: { [table]: { Keys } } }));
  assert.equal(Responses[table].length, 50);
  const numbers = [];
  let pages = 0;
  for await (const page of lib.paginateQuery({ client: documents, pageSize: 7 }, {
    TableName: table, KeyConditionExpression: '#n = :n AND #k BETWEEN :low AND :high', FilterExpression: 'n <> :not', ScanIndexForward: false,
    ExpressionAttributeNames: { '#n': 'namespace', '#k': 'key' }, ExpressionAttributeValues: { ':n': 'a', ':low': '010', ':high': '029', ':not': 15 },
  })) {
    pages++;
    numbers.push(...page.Items.map((item) => item.n));
  }
  assert.deepEqual(numbers, [29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 14, 13, 12, 11, 10]);
  assert.equal(pages, 3);
  let count = 0;
  for await (const page of lib.paginateScan({ client: documents, pageSize: 9 }, { TableName: table, ProjectionExpression: 'n' })) {
    count += page.Items.filter((item) => Object.keys(item).join() === 'n').length;
  }
  assert.equal(count, 50);
});

test('transactions, with the reasons of a cancelled one', async () => {
  const table = await createTable();
  const token = { ClientRequestToken: 'once' };
  const two = { TransactItems: [{ Put: { TableName: table, Item: { ...key('one'), n: 1 } } }, { Put: { TableName: table, Item: key('two') } }], ...token };
  await documents.send(new lib.TransactWriteCommand(two));
  await documents.send(new lib.TransactWriteCommand(two));
  await assert.rejects(documents.send(new lib.TransactWriteCommand({ TransactItems: two.TransactItems.slice(1), ...token })),
    aws.IdempotentParameterMismatchException);
  const cancelled = await documents.send(new lib.TransactWriteCommand({ TransactItems: [
    { Update: { TableName: table, Key: key('one'), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': 5 } } },
    { ConditionCheck: { TableName: table, Key: key('two'), ConditionExpression: 'attribute_not_exists(#k)', ExpressionAttributeNames: { '#k': 'key' } } },
  ] })).catch((error) => error);
  assert.ok(cancelled instanceof aws.TransactionCanceledException);
  assert.deepEqual(cancelled.CancellationReasons.map((reason) => reason.Code), ['None', 'ConditionalCheckFailed']);
  const { Responses } = await documents.send(new lib.TransactGetCommand({ TransactItems: [
    { Get: { TableName: table, Key: key('one') } }, { Get: { TableName: table, Key: key('nobody') } }] }));
  assert.deepEqual(Responses.map((response) => response.Item), [{ ...key('one'), n: 1 }, undefined]);
});

test('a lost request is sent again; refusals are not', async () => {
  const table = await createTable();
  const own = new aws.DynamoDBClient({ endpoint: server.url, region, credentials, maxAttempts: 3 });
  let sent = 0;
  own.middlewareStack.add((next) => async (args) => {
    sent++;
    if (sent === 1) throw Object.assign(new Error('lost'), { code: 'ECONNRESET', name: 'TimeoutError' });
    return next(args);
  }, { step: 'finalizeRequest', priority: 'low' });
  const answer = await own.send(new aws.ScanCommand({ TableName: table }));
  assert.equal(answer.$metadata.attempts, 2);
  const refused = await own.send(new aws.ScanCommand({ TableName: table, FilterExpression: 'a = ' })).catch((error) => error);
  assert.equal(refused.name, 'ValidationException');
  assert.match(refused.message, /^Invalid FilterExpression: Syntax error; token: "<EOF>"/);
  assert.equal(refused.$metadata.attempts, 1);
  own.destroy();
});
