// LaunchDarkly's Node store and our program write the same rows: upserts, tombstones, prefixes, on three servers.
//
//   LDDYNAMO_PROGRAM=... LDDYNAMO_PEERS_PYTHON=build/python/bin/python3 node --test tests/interop/launchdarkly_node.test.mjs
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import './lib/environment.mjs';
import { run, runOk, startProgram, startServer } from './lib/programs.mjs';
import { clientOptions, createTable, startDynalite } from './lib/table.mjs';
import { DynamoDBFeatureStore } from 'launchdarkly-node-server-sdk-dynamodb';

const program = process.env.LDDYNAMO_PROGRAM;
const features = { namespace: 'features' };
const logger = { debug() {}, info() {}, warn() {}, error(text) { throw new Error(text); } };
const flag = (key, version, more) => ({ key, version, on: true, variations: [true, false], fallthrough: { variation: 0 }, offVariation: 1, salt: 's', ...more });

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function startMoto() {
  const python = process.env.LDDYNAMO_PEERS_PYTHON;
  const port = await freePort();
  return startProgram(python, [join(dirname(python), 'moto_server'), '-H', '127.0.0.1', '-p', String(port)], `http://127.0.0.1:${port}`);
}

/** The store's functions as promises. */
function store(url, table, prefix) {
  const real = DynamoDBFeatureStore(table, { prefix, cacheTTL: 0, clientOptions: clientOptions(url) })({ logger });
  return {
    init: (data) => new Promise((resolve) => real.init(data, resolve)),
    initialized: () => new Promise((resolve) => real.initialized(resolve)),
    get: (key) => new Promise((resolve) => real.get(features, key, resolve)),
    all: () => new Promise((resolve) => real.all(features, resolve)),
    upsert: (item) => new Promise((resolve) => real.upsert(features, item, resolve)),
    remove: (key, version) => new Promise((resolve) => real.delete(features, key, version, resolve)),
    close: () => real.close(),
  };
}

async function shareATable(url) {
  const table = 'shared';
  await createTable(url, table);
  const common = ['--table', table, '--endpoint-url', url];
  const ours = (prefix, args, input) => runOk(program, [...args, ...common, '--prefix', prefix], input);
  const oursFails = async (prefix, args) => (await run(program, [...args, ...common, '--prefix', prefix])).code;
  const official = store(url, table, 'node');
  const other = store(url, table, 'other');

  assert.equal(await official.initialized(), false);
  await official.init({ features: { a: flag('a', 1), b: flag('b', 1), c: flag('c', 1) }, segments: {} });
  assert.equal(await official.initialized(), true);
  assert.equal(await other.initialized(), false);
  assert.deepEqual(Object.keys(JSON.parse(await ours('node', ['export'])).flags), ['a', 'b', 'c']);

  // Node's tombstone hides the flag from us, and only a newer version brings it back.
  await official.remove('a', 2);
  assert.equal(await oursFails('node', ['get', 'flag', 'a']), 3);
  await official.upsert(flag('a', 2));
  assert.equal(await oursFails('node', ['get', 'flag', 'a']), 3);
  await official.upsert(flag('a', 3, { salt: 'back' }));
  assert.deepEqual(JSON.parse(await ours('node', ['get', 'flag', 'a'])), flag('a', 3, { salt: 'back' }));

  // Our tombstone, our deletion of a row and our new version, seen by Node.
  const data = { flags: { a: flag('a', 4), b: { key: 'b', version: 5, deleted: true } } };
  await ours('node', ['import', '-'], JSON.stringify(data));
  assert.deepEqual(await official.all(), { a: flag('a', 4) });
  assert.equal(await official.get('b'), null);
  assert.equal(await official.get('c'), null);
  await official.upsert(flag('b', 5));
  assert.equal(await official.get('b'), null);
  await official.upsert(flag('b', 6));
  assert.deepEqual(await official.get('b'), flag('b', 6));

  // Another environment of the same table knows nothing of this.
  await ours('other', ['import', '-'], JSON.stringify({ flags: { a: flag('a', 1, { on: false }) } }));
  assert.deepEqual(await other.all(), { a: flag('a', 1, { on: false }) });
  assert.equal((await official.get('a')).version, 4);

  // The newest of concurrent upserts stays.
  const writers = Array.from({ length: 4 }, () => store(url, table, 'node'));
  await Promise.all(Array.from({ length: 32 }, (_, i) => writers[i % 4].upsert(flag('hot', (i * 11) % 32 + 1))));
  assert.equal(JSON.parse(await ours('node', ['get', 'flag', 'hot'])).version, 32);
  for (const one of [official, other, ...writers]) one.close();
}

const servers = { 'lddynamo local': () => startServer(program, ['local', '--port', '0']), dynalite: startDynalite, moto: startMoto };
for (const [name, start] of Object.entries(servers)) {
  test(`the Node store and the program share a table on ${name}`, async () => {
    const server = await start();
    try {
      await shareATable(server.url);
    } finally {
      await server.stop();
    }
  });
}
