// The official Node SDK on a table that also has chunked items.
//   node oversize_node.mjs write URL TABLE PREFIX FILE
//   node oversize_node.mjs eval URL TABLE PREFIX CONTEXT FLAG...   prints flag key to value
import { officialEvaluate, officialWrite } from '../interop/lib/judge.mjs';

const [what, url, table, prefix, last, ...flags] = process.argv.slice(2);
if (what === 'write') {
  await officialWrite(url, table, prefix, last);
} else {
  const [details] = await officialEvaluate(url, table, prefix, flags, [JSON.parse(last)]);
  console.log(JSON.stringify(Object.fromEntries([...details].map(([key, detail]) => [key, detail.value]))));
}
process.exit(0); // the SDK's own timers would keep the program running
