// The scenarios: who writes, who reads, on whose DynamoDB.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defaults, generate } from './generate.mjs';
import { Differences, compareDetails, compareRows, rowsByKey, sameJson, shown } from './lib/compare.mjs';
import { officialEvaluate, officialWrite } from './lib/judge.mjs';
import { runOk, startServer } from './lib/programs.mjs';
import { createTable, readRows, startDynalite } from './lib/table.mjs';

const officialTable = 'official-writes';
const ourTable = 'lddynamo-writes';
const ourPrefix = 'staging';

/** Our values of all flags. @returns per context a map of flag key to detail, or {error} */
async function ourEvaluate(evalProgram, url, table, prefix, contexts, more) {
  const input = contexts.map((context) => `${JSON.stringify(context)}\n`).join('');
  const stdout = await runOk(evalProgram, ['--table', table, '--prefix', prefix, '--endpoint-url', url, ...more], input);
  return stdout.trimEnd().split('\n').map((line) => {
    const { details, error } = JSON.parse(line);
    return details ? new Map(Object.entries(details)) : { error };
  });
}

/** Every flag for every context; a context that we refuse must be one that the judge refuses. */
function compareAll(differences, what, run, expected, actual) {
  differences.check(actual.length === expected.length, () => `${what}: ${actual.length} contexts of ${expected.length}`);
  run.contexts.forEach((context, i) => {
    const ours = actual[i];
    if (!ours?.error) {
      compareDetails(differences, what, context, run.flagKeys, expected[i], ours ?? new Map());
      differences.check(ours?.size === run.flagKeys.length, () => `${what}: ${ours?.size} flags of ${run.flagKeys.length}`);
      return;
    }
    for (const key of run.flagKeys) {
      const reason = expected[i].get(key).reason;
      differences.check(reason.errorKind === 'USER_NOT_SPECIFIED',
        () => `${what}, context ${shown(context)}: refused (${ours.error}), but the judge says ${shown(reason)} for ${key}`);
    }
  });
}

/** Scenario 1: the Node SDK fills a table; what it says of each flag, we say too. @returns its rows */
async function officialWrites(run, url, differences) {
  await createTable(url, officialTable);
  await officialWrite(url, officialTable, '', run.file);

  // The SDK ignores UnprocessedItems, so a write may be incomplete without a word.
  const rows = rowsByKey(await readRows(url, officialTable), '');
  const wanted = run.flagKeys.length + Object.keys(run.data.segments).length + 1;
  differences.check(rows.size === wanted, () => `the Node SDK wrote ${rows.size} rows of ${wanted}`);

  const [judged, lazy, loaded] = await Promise.all([
    officialEvaluate(url, officialTable, '', run.flagKeys, run.contexts),
    ourEvaluate(run.evalProgram, url, officialTable, '', run.contexts, []),
    ourEvaluate(run.evalProgram, url, officialTable, '', run.contexts, ['--load']),
  ]);
  run.expected ??= judged;
  if (run.expected !== judged) compareAll(differences, 'the judge on another server', run, run.expected, judged);
  compareAll(differences, 'read by need', run, judged, lazy);
  compareAll(differences, 'read at once', run, judged, loaded);
  return rows;
}

/** Scenario 2: `lddynamo import` fills a table; the Node SDK in daemon mode gets the same values out of it. */
async function weWrite(run, url, counts, officialRows, differences) {
  const common = ['--table', ourTable, '--endpoint-url', url];
  const prefixed = [...common, '--prefix', ourPrefix];
  const importFile = async (file) => JSON.parse(await runOk(run.program, ['import', file, ...prefixed, '--output', 'json']));
  await runOk(run.program, ['table', 'create', ...common]);

  const total = run.flagKeys.length + Object.keys(run.data.segments).length;
  const expectReport = (what, actual, expected) =>
    differences.check(sameJson(actual, expected), () => `${what}: expected ${shown(expected)}, got ${shown(actual)}`);
  expectReport('import', await importFile(run.file), { written: total, unchanged: 0, deleted: 0, kept: 0, oversize: [] });

  compareRows(differences, officialRows, rowsByKey(await readRows(url, ourTable), ourPrefix));
  const judged = await officialEvaluate(url, ourTable, ourPrefix, run.flagKeys, run.contexts);
  compareAll(differences, 'the judge on our rows', run, run.expected, judged);

  // Tombstones stay in the table, an export has what there is.
  const alive = (items) => Object.fromEntries(Object.entries(items).filter(([, item]) => !item.deleted));
  const exported = JSON.parse(await runOk(run.program, ['export', ...prefixed]));
  const input = { flags: alive(run.data.flags), segments: alive(run.data.segments) };
  for (const kind of ['flags', 'segments']) {
    const keys = new Set([...Object.keys(input[kind]), ...Object.keys(exported[kind] ?? {})]);
    for (const key of keys) {
      differences.check(sameJson(input[kind][key], exported[kind]?.[key]),
        () => `export, ${kind} ${key}: expected ${shown(input[kind][key])}, got ${shown(exported[kind]?.[key])}`);
    }
  }

  const writes = () => ['PutItem', 'DeleteItem', 'UpdateItem', 'BatchWriteItem', 'TransactWriteItems'].map((name) => counts?.[name] ?? 0).join();
  const before = writes();
  expectReport('import again', await importFile(run.file), { written: 0, unchanged: total, deleted: 0, kept: 0, oversize: [] });
  differences.check(writes() === before, () => `an unchanged import wrote: ${shown(counts)}`);

  const { 'flag-0': gone, ...flags } = run.data.flags;
  flags['flag-1'] = { ...flags['flag-1'], version: flags['flag-1'].version + 1, on: false, offVariation: 0 };
  writeFileSync(run.changedFile, JSON.stringify({ flags, segments: run.data.segments }));
  expectReport('import of a change', await importFile(run.changedFile), { written: 1, unchanged: total - 2, deleted: 1, kept: 0, oversize: [] });
  const bob = { kind: 'user', key: 'bob' };
  const [after] = await officialEvaluate(url, ourTable, ourPrefix, ['flag-0', 'flag-1'], [bob]);
  const changed = new Map([
    ['flag-0', { value: null, reason: { kind: 'ERROR', errorKind: 'FLAG_NOT_FOUND' } }],
    ['flag-1', { value: flags['flag-1'].variations[0], variationIndex: 0, reason: { kind: 'OFF' } }],
  ]);
  compareDetails(differences, 'the judge after a change', bob, [...changed.keys()], changed, after);
}

/** The kinds of reasons among the judge's answers: proof that the data reach every corner. */
function checkCoverage(expected, differences) {
  const seen = new Map();
  for (const details of expected) {
    for (const { reason } of details.values()) {
      const name = [reason.kind, reason.errorKind, reason.inExperiment && 'in experiment', reason.bigSegmentsStatus].filter(Boolean).join(' ');
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  }
  for (const name of ['OFF', 'FALLTHROUGH', 'FALLTHROUGH in experiment', 'TARGET_MATCH', 'RULE_MATCH', 'RULE_MATCH in experiment', 'PREREQUISITE_FAILED',
    'ERROR MALFORMED_FLAG', 'ERROR FLAG_NOT_FOUND', 'ERROR USER_NOT_SPECIFIED', 'FALLTHROUGH NOT_CONFIGURED']) {
    differences.check((seen.get(name) ?? 0) >= 20, () => `the data give ${seen.get(name) ?? 0} times ${name}`);
  }
  console.log(`reasons: ${[...seen].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

function numbersFromEnvironment() {
  const out = {};
  for (const name of Object.keys(defaults)) {
    const text = process.env[`INTEROP_${name.toUpperCase()}`];
    if (text !== undefined) out[name] = Number(text);
  }
  return out;
}

/** @returns whether nothing differs */
export async function runAll(program, evalProgram) {
  const folder = mkdtempSync(join(tmpdir(), 'lddynamo-interop-'));
  const run = { program, evalProgram, file: join(folder, 'flags.json'), changedFile: join(folder, 'changed.json'), ...generate(numbersFromEnvironment()) };
  let good = true;
  const report = async (title, scenario) => {
    const differences = new Differences();
    const start = Date.now();
    let result;
    try {
      result = await scenario(differences);
    } catch (error) {
      differences.count++;
      console.log(`  failed: ${error.message}`);
    }
    if (differences.count > 0) good = false;
    if (differences.equal + differences.count === 0) return result;
    console.log(`${title}: ${differences.equal} comparisons equal, ${differences.count} differ (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    return result;
  };

  try {
    writeFileSync(run.file, JSON.stringify(run.data));
    run.data = JSON.parse(readFileSync(run.file, 'utf8'));
    run.flagKeys = Object.keys(run.data.flags);
    console.log(`${run.flagKeys.length} flags, ${Object.keys(run.data.segments).length} segments, ${run.contexts.length} contexts`);
    for (const name of ['dynalite', 'lddynamo local']) {
      const server = await report(`start of ${name}`, () => (name === 'dynalite' ? startDynalite() : startServer(program, ['local', '--port', '0'])));
      if (!server) continue;
      try {
        const rows = await report(`the Node SDK writes, we read, on ${name}`, (differences) => officialWrites(run, server.url, differences));
        if (rows) await report(`we write, the Node SDK reads, on ${name}`, (differences) => weWrite(run, server.url, server.counts, rows, differences));
      } finally {
        await server.stop();
      }
    }
    if (run.expected) await report('the data reach every kind of reason', (differences) => checkCoverage(run.expected, differences));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return good;
}
