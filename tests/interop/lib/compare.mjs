// Equality of JSON, of evaluations and of rows; differences are collected, not thrown.
const limit = 20;

export class Differences {
  constructor() {
    this.equal = 0;
    this.count = 0;
  }

  /** Counts one comparison; prints the first ones that failed. */
  check(same, describe) {
    if (same) {
      this.equal++;
      return;
    }
    this.count++;
    if (this.count <= limit) console.log(`  differs: ${describe()}`);
    if (this.count === limit + 1) console.log('  ... and more');
  }
}

/** Deep equality of parsed JSON; members in any order; 0 equals -0. */
export function sameJson(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

export function shown(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

/** A detail with what may be written in two ways written in one. */
export function normalized(detail) {
  if (!detail) return detail;
  const reason = { ...detail.reason };
  // The reason of a rule without id: the Node SDK leaves it out, the Go SDK may give "".
  if (reason.ruleId === undefined || reason.ruleId === '') delete reason.ruleId;
  if (!reason.inExperiment) delete reason.inExperiment;
  return { value: detail.value ?? null, variationIndex: detail.variationIndex ?? null, reason };
}

/** `expected` and `actual`: maps or objects, flag key to detail. */
export function compareDetails(differences, what, context, flagKeys, expected, actual) {
  for (const key of flagKeys) {
    const want = normalized(expected.get(key));
    const have = normalized(actual.get(key));
    differences.check(have !== undefined && sameJson(want, have),
      () => `${what}, flag ${key}, context ${shown(context)}: expected ${shown(want)}, got ${shown(have)}`);
  }
}

/** Rows of one prefix, by namespace (without it) and key. */
export function rowsByKey(rows, prefix) {
  const out = new Map();
  const strip = (name) => (prefix && name.startsWith(`${prefix}:`) ? name.slice(prefix.length + 1) : name);
  for (const row of rows) {
    const namespace = strip(row.namespace.S);
    out.set(`${namespace} / ${namespace === '$inited' ? strip(row.key.S) : row.key.S}`, row);
  }
  return out;
}

/** The same rows: keys, attribute names and types, versions, and items equal as JSON. */
export function compareRows(differences, official, ours) {
  const types = (row) => Object.entries(row).map(([name, value]) => `${name}:${Object.keys(value)}`).sort().join(' ');
  for (const [name, want] of official) {
    const have = ours.get(name);
    differences.check(have !== undefined, () => `row ${name} is missing`);
    if (!have) continue;
    differences.check(types(want) === types(have), () => `row ${name}: attributes ${types(want)}, ours ${types(have)}`);
    differences.check(want.version?.N === have.version?.N, () => `row ${name}: version ${shown(want.version)}, ours ${shown(have.version)}`);
    if (!want.item || !have.item?.S) continue;
    differences.check(sameJson(JSON.parse(want.item.S), JSON.parse(have.item.S)), () => `row ${name}: item ${shown(want.item.S)}, ours ${shown(have.item.S)}`);
  }
  for (const name of ours.keys()) differences.check(official.has(name), () => `row ${name} is one too many`);
}
