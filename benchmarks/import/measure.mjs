// Our CPU time and the wall time of `lddynamo import` of 1000 flags (about 2 MB) into dynalite.
//
//   node measure.mjs PROGRAM FOLDER-WITH-node_modules
//
// Prints a Markdown table. Exit code 1 when the import takes a third of its wall time or more for itself,
// or when the second, unchanged import writes anything.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [program, packages] = process.argv.slice(2);
if (!packages) {
  console.error('usage: node measure.mjs PROGRAM FOLDER-WITH-node_modules');
  process.exit(2);
}
const rounds = 5;
// A process of its own each round, so that the server neither shares our event loop nor is warm already.
const startServer = `
  const server = require(${JSON.stringify(createRequire(pathToFileURL(`${packages}/`)).resolve('dynalite'))})({ createTableMs: 0 });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

/** 1000 flags of about 2 KB each, as a large project has them. */
function makeFlags() {
  const flags = {};
  for (let i = 0; i < 1000; i++) {
    const key = `flag-${String(i).padStart(4, '0')}`;
    flags[key] = {
      key, version: i + 1, on: true, prerequisites: [], salt: `salt-${i}`, offVariation: 1, variations: [true, false],
      targets: [{ variation: 0, values: Array.from({ length: 52 }, (_, n) => `user-${i}-${n}-of-some-length`) }],
      contextTargets: [], fallthrough: { rollout: { variations: [{ variation: 0, weight: 40000 }, { variation: 1, weight: 60000 }] } },
      rules: [{ id: `rule-${i}`, variation: 0, clauses: [{ contextKind: 'user', attribute: 'country', op: 'in', values: ['de', 'fr'], negate: false }] }],
      clientSideAvailability: { usingMobileKey: false, usingEnvironmentId: true }, trackEvents: false, debugEventsUntilDate: null, deleted: false,
    };
  }
  return { flags, segments: {} };
}

/** Runs the program under the shell's clock. @returns {{wall, cpu, stdout}} in seconds */
async function timed(args, environment) {
  // bash's own `time`: user and system time of the program, children included.
  const child = spawn('bash', ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" 2>&3', 'bash', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'inherit'], env: environment,
  });
  let stdout = '';
  let times = '';
  child.stdout.on('data', (chunk) => { stdout += chunk; });
  child.stderr.on('data', (chunk) => { times += chunk; });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}`);
  const [wall, user, system] = times.trim().split(/\s+/).map(Number);
  return { wall, cpu: user + system, stdout };
}

const folder = mkdtempSync(join(tmpdir(), 'lddynamo-import-'));
try {
  const file = join(folder, 'flags.json');
  writeFileSync(file, JSON.stringify(makeFlags()));
  const environment = { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };

  const first = [];
  const again = [];
  const warm = [];
  for (let round = 0; round < rounds; round++) {
    const server = spawn(process.execPath, ['-e', startServer], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise((resolve, reject) => {
      server.on('error', reject).on('exit', () => reject(new Error('dynalite did not start')));
      server.stdout.once('data', (text) => resolve(String(text).trim()));
    });
    const common = ['--table', 'flags', '--endpoint-url', `http://127.0.0.1:${port}`];
    await timed(['table', 'create', ...common], environment);
    first.push(await timed(['import', file, ...common, '--output', 'json'], environment));
    again.push(await timed(['import', file, ...common, '--output', 'json'], environment));
    // The same into further tables: by the last one the server's code is compiled.
    for (let table = 1; table <= 4; table++) {
      const other = ['--table', `flags-${table}`, ...common.slice(2)];
      await timed(['table', 'create', ...other], environment);
      const run = await timed(['import', file, ...other, '--output', 'json'], environment);
      if (table === 4) warm.push(run);
    }
    server.removeAllListeners('exit');
    server.kill();
  }
  const median = (runs) => [...runs].sort((a, b) => a.wall - b.wall)[Math.floor(runs.length / 2)];
  const megabytes = (readFileSync(file).length / 1e6).toFixed(1);
  console.log(`1000 flags, ${megabytes} MB, dynalite; median of ${rounds}\n`);
  console.log('| | wall | our CPU | share | written | unchanged |\n|---|--:|--:|--:|--:|--:|');
  let good = true;
  for (const [title, run, written] of [['first import', median(first), 1000], ['unchanged import', median(again), 0],
    ['import into a server that is warm', median(warm), 1000]]) {
    const report = JSON.parse(run.stdout);
    const share = run.cpu / run.wall;
    good &&= report.written === written;
    if (title === 'first import') good &&= share < 1 / 3;
    console.log(`| ${title} | ${(run.wall * 1e3).toFixed(0)} ms | ${(run.cpu * 1e3).toFixed(0)} ms | ${(share * 100).toFixed(0)} % | ${report.written} | ${report.unchanged} |`);
  }
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
