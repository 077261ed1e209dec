// Segments: members, rules, percentages, nesting, and Big Segments without a store for them.
import { makeClause, makeSegmentClause } from './clauses.mjs';
import * as v from './vocabulary.mjs';

function targetsByKind(random) {
  // Excluded: kind user (LaunchDarkly keeps users in `included` and `excluded`): Go then looks at
  // contexts of several kinds only, Node at all.
  const kinds = v.kinds.filter((kind) => kind !== 'user');
  return random.sample(kinds, random.between(1, 3)).map((kind) => (
    { contextKind: kind, values: random.sample(v.keysOfKind(kind), random.between(0, 5)) }));
}

function makeRule(random, index, nestable) {
  const rule = { id: `segment-rule-${index}-${random.hex(6)}`, clauses: [] };
  for (let n = random.between(0, 2) || 1; n > 0; n--) {
    rule.clauses.push(nestable.length > 0 && random.chance(0.3) ? makeSegmentClause(random, nestable) : makeClause(random));
  }
  if (random.chance(0.1)) rule.clauses = [];
  if (random.chance(0.4)) {
    // Excluded: a percentage of contexts without a user: Go says no, Node puts them into the first bucket.
    rule.clauses.unshift({ contextKind: 'user', attribute: 'key', op: 'startsWith', values: [''], negate: false });
    rule.weight = random.pick([0, 1, 25000, 50000, 75000, 100000]);
    if (random.chance(0.5)) rule.bucketBy = random.pick(['key', 'bucket', 'email', 'age', 'missing']);
    // Excluded: rolloutContextKind other than user: Node does not know the property.
    if (random.chance(0.3)) rule.rolloutContextKind = 'user';
  } else if (random.chance(0.3)) {
    rule.weight = null;
  }
  return rule;
}

function makeSegment(random, key, nestable) {
  const segment = {
    key,
    version: random.between(1, 5000),
    included: random.chance(0.5) ? random.sample(v.userKeys, random.between(0, 6)) : [],
    excluded: random.chance(0.4) ? random.sample(v.userKeys, random.between(0, 6)) : [],
    includedContexts: random.chance(0.4) ? targetsByKind(random) : [],
    excludedContexts: random.chance(0.3) ? targetsByKind(random) : [],
    rules: [],
    salt: random.hex(8),
    unbounded: false,
    generation: null,
    deleted: false,
  };
  for (let i = random.between(0, 3); i > 0; i--) segment.rules.push(makeRule(random, i, nestable));
  for (const field of ['included', 'excluded', 'includedContexts', 'excludedContexts', 'unbounded', 'generation', 'deleted']) {
    const empty = !segment[field] || segment[field].length === 0;
    if (empty && random.chance(0.3)) delete segment[field];
  }
  if (random.chance(0.1)) segment.usedFor = { unknown: true };
  return segment;
}

/** Segments with one purpose each. Not for nesting: Node stops at an unbounded one inside another's rule. */
function specialSegments(random) {
  const rule = (...clauses) => ({ id: random.hex(8), clauses });
  const match = (...keys) => ({ attribute: '', op: 'segmentMatch', values: keys, negate: false });
  const base = (key) => ({ key, version: 1, included: [], excluded: [], rules: [], salt: random.hex(6) });
  return {
    cycles: [
      { ...base('cycle-a'), rules: [rule(match('cycle-b'))] },
      { ...base('cycle-b'), rules: [rule(match('cycle-a'))] },
      { ...base('cycle-self'), rules: [rule(match('cycle-self'))] },
    ],
    unbounded: [
      { ...base('big-no-generation'), unbounded: true },
      { ...base('big'), unbounded: true, generation: 3 },
      { ...base('big-orgs'), unbounded: true, unboundedContextKind: 'org', generation: 1 },
    ],
    other: [
      { key: 'bare', version: 0 },
      { key: 'deleted-segment', version: 9, deleted: true },
      { ...base('invalid-reference'), rules: [rule({ contextKind: 'user', attribute: '//', op: 'in', values: ['x'] })] },
      { ...base('everyone-but-bob'), excluded: ['bob'], rules: [rule()] },
      { ...base('ünïcode 段'), included: ['用户-7', '😀-user'] },
      { ...base('large'), included: Array.from({ length: 4000 }, (_, i) => `user-${i * 3}`) },
    ],
  };
}

/** @returns {{segments: object, plain: string[], groups: object}} `plain`: keys for any clause; `groups`: the special ones */
export function makeSegments(random, count) {
  const segments = {};
  const plain = [];
  const groups = specialSegments(random);
  const special = Object.values(groups).flat();
  for (let i = 0; i < count - special.length; i++) {
    const key = `segment-${i}`;
    // Only earlier ones are nested, so no cycles but the special ones.
    segments[key] = makeSegment(random, key, plain.slice(-12));
    plain.push(key);
  }
  for (const segment of special) segments[segment.key] = segment;
  return { segments, plain, groups };
}
