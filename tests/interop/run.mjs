// Runs every scenario; exit code 0 only when nothing differs.
//
//   LDDYNAMO_PROGRAM=build/dev/apps/lddynamo/lddynamo LDDYNAMO_INTEROP_EVAL=build/dev/tests/interop/interop_eval node run.mjs
//
// Other data: INTEROP_SEED, INTEROP_FLAGS, INTEROP_SEGMENTS, INTEROP_CONTEXTS.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
if (!existsSync(`${here}node_modules/dynalite`)) {
  console.error('tests/interop: node_modules is missing: run `npm ci --prefix tests/interop`');
  process.exit(1);
}
for (const name of ['LDDYNAMO_PROGRAM', 'LDDYNAMO_INTEROP_EVAL']) {
  if (!process.env[name] || !existsSync(process.env[name])) {
    console.error(`tests/interop: ${name} must name the built program (it is ${process.env[name] ?? 'not set'})`);
    process.exit(1);
  }
}
// Only now: the scenarios need node_modules.
const { runAll } = await import('./scenarios.mjs');
process.exit((await runAll(process.env.LDDYNAMO_PROGRAM, process.env.LDDYNAMO_INTEROP_EVAL)) ? 0 : 1);
