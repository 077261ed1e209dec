// The official Node SDK in daemon mode: `node evaluate.mjs URL TABLE [PREFIX]`. Reads {"flags":[key...],"contexts":[...]}
// on stdin; prints a list, one object per context: flag key to {value, variationIndex, reason}.
import { text } from 'node:stream/consumers';

import { officialEvaluate } from './lib/judge.mjs';

const [url, table, prefix = ''] = process.argv.slice(2);
const { flags, contexts } = JSON.parse(await text(process.stdin));
const details = await officialEvaluate(url, table, prefix, flags, contexts);
process.stdout.write(JSON.stringify(details.map((one) => Object.fromEntries(one))));
