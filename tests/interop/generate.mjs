// Makes the flags, segments and contexts of the interop tests; the same seed makes the same.
//
//   node generate.mjs [--seed N] [--flags N] [--segments N] [--contexts N] [--data FILE] [--contexts-file FILE]
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { makeContexts } from './generator/contexts.mjs';
import { makeFlags } from './generator/flags.mjs';
import { Random } from './generator/random.mjs';
import { makeSegments } from './generator/segments.mjs';

export const defaults = { seed: 20261122, flags: 560, segments: 60, contexts: 240 };

/** @returns {{data: {flags: object, segments: object}, contexts: object[]}} */
export function generate(options = {}) {
  const { seed, flags, segments, contexts } = { ...defaults, ...options };
  const random = new Random(seed);
  const made = makeSegments(random, segments);
  return {
    data: { flags: makeFlags(random, flags, made.plain, made.groups), segments: made.segments },
    contexts: makeContexts(random, contexts),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' }, flags: { type: 'string' }, segments: { type: 'string' }, contexts: { type: 'string' },
      data: { type: 'string', default: 'flags.json' }, 'contexts-file': { type: 'string', default: 'contexts.jsonl' },
    },
  });
  const numbers = {};
  for (const name of Object.keys(defaults)) if (values[name] !== undefined) numbers[name] = Number(values[name]);
  const { data, contexts } = generate(numbers);
  writeFileSync(values.data, JSON.stringify(data, null, 1) + '\n');
  writeFileSync(values['contexts-file'], contexts.map((context) => JSON.stringify(context)).join('\n') + '\n');
  console.error(`${Object.keys(data.flags).length} flags, ${Object.keys(data.segments).length} segments, ${contexts.length} contexts`);
}
