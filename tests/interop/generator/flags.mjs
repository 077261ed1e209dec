// Flags: random ones that mix every feature, and special ones with one purpose each.
import { allOperators, makeClause, makeSegmentClause } from './clauses.mjs';
import * as v from './vocabulary.mjs';

const variationPools = [
  [[true, false], [false, true], [true], [true, false, true]],
  [['control', 'test'], ['', ' ', 'ünïcode', '東京', '👩‍💻', 'quote"back\\slash/\u0000\u001f\u007f\u2028']],
  [[0, 1, 2], [-1, 42, 9007199254740991, 2147483648], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  [[0.5, 1.5, -2.25], [1e-7, 1e21, 0.1, 123456.789, 5e-324, 1.7976931348623157e308]],
  [
    [{}, [], { a: [1, { b: null }] }],
    [{ theme: { dark: true, colors: ['#fff', '#000'] }, 'käy': 'välue', '': 0 }, { theme: null }],
    [[1, 'two', null, [true, [[]]]], [null]],
  ],
  [[null, true], [true, 'string', 3, 4.5, null, { mixed: true }, []]],
];

function weights(random, count) {
  // Random cuts of 100,000, some of them empty; sometimes the sum is not 100,000.
  const cuts = Array.from({ length: count - 1 }, () => random.pick([0, 10000, 33333, 50000, 66667, 99999, random.between(0, 100000)]));
  cuts.sort((a, b) => a - b);
  const parts = [...cuts, 100000].map((cut, i) => cut - (i === 0 ? 0 : cuts[i - 1]));
  if (random.chance(0.1)) parts[parts.length - 1] = Math.floor(parts[parts.length - 1] / 2);
  return parts;
}

function makeRollout(random, variationCount) {
  const experiment = random.chance(0.4);
  const rollout = {
    variations: weights(random, random.between(1, 4)).map((weight) => {
      const out = { variation: random.between(0, variationCount - 1), weight };
      if (experiment && random.chance(0.3)) out.untracked = true;
      return out;
    }),
  };
  if (experiment || random.chance(0.3)) rollout.kind = experiment ? 'experiment' : 'rollout';
  // Excluded: seed 0, which Node takes for none.
  if (random.chance(experiment ? 0.8 : 0.2)) rollout.seed = random.pick([1, 61, 12345, 2147483647]);
  if (random.chance(0.5)) rollout.contextKind = random.pick(['user', ...v.kinds]);
  if (random.chance(0.5)) {
    // Excluded: a literal name with a leading slash: Node escapes it twice.
    rollout.bucketBy = random.pick(['key', 'bucket', 'email', 'age', 'a/b', 'm~n', 'missing', 'verified']);
    if (rollout.contextKind && random.chance(0.3)) rollout.bucketBy = random.pick(['/bucket', '/address/city', '/a~1b', '/nope/nope']);
  }
  return rollout;
}

function variationOrRollout(random, variationCount) {
  return random.chance(0.4)
    ? { rollout: makeRollout(random, variationCount) }
    : { variation: random.between(0, variationCount - 1) };
}

function makeRule(random, index, variationCount, segmentKeys) {
  const rule = { id: `rule-${index}-${random.hex(6)}`, clauses: [], trackEvents: random.chance(0.2) };
  for (let n = random.pick([1, 1, 1, 2, 2, 3, 0]); n > 0; n--) {
    rule.clauses.push(random.chance(0.2) ? makeSegmentClause(random, segmentKeys) : makeClause(random));
  }
  Object.assign(rule, variationOrRollout(random, variationCount));
  if (random.chance(0.2)) delete rule.trackEvents;
  if (random.chance(0.05)) rule.description = 'unknown to the evaluator';
  return rule;
}

function addTargets(random, flag) {
  const n = flag.variations.length;
  for (let i = 0; i < n; i++) {
    if (random.chance(0.5)) flag.targets.push({ variation: i, values: random.sample(v.userKeys, random.between(0, 6)) });
  }
  if (random.chance(0.5)) return;
  for (const kind of random.sample(v.kinds, random.between(1, 4))) {
    // LaunchDarkly's form: a user target repeats the variation only, its keys stay in `targets`.
    const variation = random.between(0, n - 1);
    const values = kind === 'user' ? [] : random.sample(v.keysOfKind(kind), random.between(1, 4));
    flag.contextTargets.push({ contextKind: kind, variation, values });
  }
}

const optionalFields = [
  'prerequisites', 'targets', 'contextTargets', 'rules', 'clientSideAvailability', 'clientSide', 'trackEvents', 'trackEventsFallthrough',
  'debugEventsUntilDate', 'deleted', 'offVariation',
];

function makeFlag(random, key, earlier, segmentKeys) {
  const variations = random.pick(random.pick(variationPools));
  const flag = {
    key,
    version: random.between(1, 100000),
    on: random.chance(0.85),
    prerequisites: [],
    targets: [],
    contextTargets: [],
    rules: [],
    fallthrough: variationOrRollout(random, variations.length),
    offVariation: random.chance(0.75) ? random.between(0, variations.length - 1) : null,
    variations,
    clientSideAvailability: { usingMobileKey: random.chance(0.5), usingEnvironmentId: random.chance(0.5) },
    clientSide: random.chance(0.5),
    salt: random.hex(8),
    trackEvents: random.chance(0.2),
    trackEventsFallthrough: random.chance(0.2),
    debugEventsUntilDate: random.chance(0.1) ? 4102444800000 : null,
    deleted: false,
  };
  if (random.chance(0.4)) addTargets(random, flag);
  for (let i = 0, n = random.pick([0, 1, 1, 2, 3, 5]); i < n; i++) flag.rules.push(makeRule(random, i, variations.length, segmentKeys));
  // Excluded: two rules with one id, or without: Node reports the first one's index.
  if (flag.rules.length > 0 && random.chance(0.1)) delete flag.rules[0].id;
  if (random.chance(0.25)) {
    // The last ones only, so that chains grow, but not the work.
    for (const prerequisite of random.sample(earlier.slice(-25), random.between(1, 2))) {
      flag.prerequisites.push({ key: prerequisite.key, variation: random.between(0, prerequisite.variations.length - 1) });
    }
  }
  for (const field of optionalFields) {
    const empty = !flag[field] || flag[field].length === 0;
    if (empty && random.chance(0.3)) delete flag[field];
  }
  // Excluded: no salt in a flag that may need it (Node hashes "undefined"); no version (a row needs one).
  if (random.chance(0.1)) Object.assign(flag, { samplingRatio: 1, excludeFromSummaries: false, migration: { checkRatio: 1 }, unknown: [{}] });
  return flag;
}

/** Flags of one operator each, once as it is and once negated, so that none depends on luck. */
function operatorFlags(random) {
  const samples = {
    in: ['plan', ['gold', 42, true]], startsWith: ['email', ['bob', 'qa-']], endsWith: ['email', ['.com', '']], contains: ['name', ['o', 'ü', '']],
    matches: ['email', ['^qa-[0-9]+@', '(']], lessThan: ['age', [10]], lessThanOrEqual: ['age', [10]], greaterThan: ['age', [10]],
    greaterThanOrEqual: ['age', [10]], before: ['signup', ['2024-01-01T02:00:00+02:00', 0]], after: ['signup', [1704067200000]],
    semVerEqual: ['appVersion', ['2.0.0', '2.0']], semVerLessThan: ['appVersion', ['2.0.0-beta.11']], semVerGreaterThan: ['appVersion', ['2']],
    segmentMatch: ['', ['segment-0', 'segment-1']], noSuchOperator: ['plan', ['gold']],
  };
  for (const op of allOperators) if (!samples[op]) throw new Error(`no sample for ${op}`);
  return Object.entries(samples).flatMap(([op, [attribute, values]]) =>
    [false, true].map((negate) => ({
      ...baseFlag(random, `op-${op}-${negate ? 'not' : 'is'}`),
      rules: [{ id: 'r', variation: 0, clauses: [{ contextKind: 'user', attribute, op, values, negate }] }],
      fallthrough: { variation: 1 },
    })));
}

function baseFlag(random, key) {
  return {
    key, version: 1, on: true, prerequisites: [], targets: [], contextTargets: [], rules: [], fallthrough: { variation: 0 },
    offVariation: 1, variations: ['on', 'off'], salt: random.hex(6), clientSide: false, trackEvents: false,
  };
}

function prerequisiteFlags(random) {
  const flag = (key, needs, extra) => ({ ...baseFlag(random, key), prerequisites: needs.map(([k, variation]) => ({ key: k, variation })), ...extra });
  const chain = Array.from({ length: 20 }, (_, i) => flag(`chain-${i}`, i === 0 ? [] : [[`chain-${i - 1}`, 0]]));
  return [
    ...chain,
    flag('chain-broken', [['chain-19', 1]]),
    flag('diamond-left', [['chain-0', 0]]), flag('diamond-right', [['chain-0', 0]]), flag('diamond', [['diamond-left', 0], ['diamond-right', 0]]),
    flag('is-off', [], { on: false }), flag('needs-off', [['is-off', 1]]), flag('needs-missing', [['no-such-flag', 0]]),
    flag('needs-deleted', [['deleted-flag', 0]]), flag('needs-wrong', [['chain-0', 1]]),
    flag('needs-several', [['chain-3', 0], ['needs-wrong', 1], ['diamond', 0]]),
    flag('needs-experiment', [['chain-0', 0]], { fallthrough: { rollout: { kind: 'experiment', seed: 5, variations: [{ variation: 0, weight: 50000 }, { variation: 1, weight: 50000, untracked: true }] } } }),
    flag('off-with-prerequisite', [['no-such-flag', 0]], { on: false }), flag('failed-without-off-variation', [['no-such-flag', 0]], { offVariation: null }),
    flag('cycle-self', [['cycle-self', 0]]), flag('cycle-1', [['cycle-2', 0]]), flag('cycle-2', [['cycle-3', 0]]), flag('cycle-3', [['cycle-1', 0]]),
    flag('cycle-outside', [['chain-0', 0], ['cycle-1', 0]]), flag('cycle-off', [['cycle-off', 0]], { on: false }),
    // Excluded: prerequisites that are malformed by a bad reference: Node fails the flag above, Go its condition.
  ];
}

function malformedFlags(random) {
  const flag = (key, extra) => ({ ...baseFlag(random, `bad-${key}`), ...extra });
  const clause = (attribute) => ({ rules: [{ id: 'r', variation: 0, clauses: [{ contextKind: 'user', attribute, op: 'in', values: ['x'] }] }] });
  const rollout = (r) => ({ fallthrough: { rollout: r } });
  return [
    flag('variation-high', { fallthrough: { variation: 2 } }), flag('variation-negative', { fallthrough: { variation: -1 } }),
    flag('off-variation-high', { on: false, offVariation: 9 }), flag('off-variation-negative', { on: false, offVariation: -2 }),
    flag('no-variations', { variations: [] }), flag('fallthrough-empty', { fallthrough: {} }), flag('fallthrough-null', { fallthrough: { variation: null, rollout: null } }),
    flag('rollout-empty', rollout({ variations: [] })), flag('rollout-without', rollout({ kind: 'rollout' })),
    flag('rollout-variation-high', rollout({ variations: [{ variation: 7, weight: 100000 }] })),
    flag('rollout-reference', rollout({ contextKind: 'user', bucketBy: '//', variations: [{ variation: 0, weight: 100000 }] })),
    flag('target-variation', { targets: [{ variation: 5, values: v.userKeys }] }),
    flag('rule-variation', { rules: [{ id: 'r', clauses: [], variation: 5 }] }), flag('rule-nothing', { rules: [{ id: 'r', clauses: [] }] }),
    flag('rule-rollout', { rules: [{ id: 'r', clauses: [], rollout: { variations: [] } }] }),
    // Excluded: "/" and "/a/", which only Go refuses; no attribute at all, on which Node throws.
    flag('reference-empty', clause('')), flag('reference-slashes', clause('//')), flag('reference-double', clause('/a//b')), flag('reference-escape', clause('/a~2')), flag('reference-tilde', clause('/a~')),
    flag('reference-after-match', { rules: [{ id: 'first', clauses: [], variation: 0 }, ...clause('//').rules] }),
  ];
}

function segmentFlags(random, groups) {
  const keys = Object.values(groups).flat().map((segment) => segment.key);
  return keys.map((key) => ({
    ...baseFlag(random, `segment-${key}`),
    rules: [{ id: 'member', variation: 0, clauses: [{ attribute: 'segmentMatch', op: 'segmentMatch', values: [key], negate: false }] }],
    fallthrough: { variation: 1 },
  }));
}

function oddFlags(random) {
  const flag = (key, extra) => ({ ...baseFlag(random, key), ...extra });
  const users = (n, step) => Array.from({ length: n }, (_, i) => `user-${i * step}`);
  return [
    flag('ünïcode-flag'), flag('旗'), flag('🏁'), flag('with space'), flag('dots.and-dashes_1'), flag('123'), flag("quote'd"), flag('x'.repeat(256)),
    { key: 'bare', version: 0 }, { key: 'bare-off', version: 0, on: false, variations: [1, 2], offVariation: 1 },
    { key: 'deleted-flag', version: 12, deleted: true }, { ...baseFlag(random, 'deleted-with-content'), deleted: true },
    flag('off-null', { on: false, offVariation: null }), flag('null-value', { variations: [null], offVariation: 0 }),
    flag('many-variations', { variations: Array.from({ length: 200 }, (_, i) => i), fallthrough: { rollout: { variations: Array.from({ length: 200 }, (_, i) => ({ variation: i, weight: 500 })) } } }),
    flag('many-rules', { rules: Array.from({ length: 120 }, (_, i) => ({ id: `r${i}`, variation: i % 2, clauses: [{ contextKind: 'user', attribute: 'key', op: 'in', values: [`user-${i}`] }] })) }),
    flag('large-targets', { targets: [{ variation: 0, values: users(6000, 3) }, { variation: 1, values: users(6000, 2) }] }),
    flag('large-value', { variations: [{ text: 'é'.repeat(60000) }, 'small'], fallthrough: { rollout: { variations: [{ variation: 0, weight: 20000 }, { variation: 1, weight: 80000 }] } } }),
    flag('target-order', { targets: [{ variation: 1, values: ['bob'] }, { variation: 0, values: ['bob', 'alice'] }],
      contextTargets: [{ contextKind: 'org', variation: 0, values: ['acme'] }, { contextKind: 'user', variation: 1, values: [] }] }),
    // Excluded: a user target in contextTargets with keys of its own: Node looks into `targets` only.
  ];
}

/** @returns flag key to flag, at least `count` of them */
export function makeFlags(random, count, plainSegments, segmentGroups) {
  const special = [
    ...operatorFlags(random), ...prerequisiteFlags(random), ...malformedFlags(random), ...segmentFlags(random, segmentGroups), ...oddFlags(random),
  ];
  const flags = {};
  const earlier = [];
  for (let i = 0; i < count - special.length; i++) {
    const flag = makeFlag(random, `flag-${i}`, earlier, plainSegments);
    earlier.push(flag);
    flags[flag.key] = flag;
  }
  for (const flag of special) {
    if (flags[flag.key]) throw new Error(`flag ${flag.key} twice`);
    flags[flag.key] = flag;
  }
  return flags;
}
