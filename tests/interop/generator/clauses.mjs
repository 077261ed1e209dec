// Clauses with every operator, on every kind of attribute.
import * as v from './vocabulary.mjs';

/** Attribute references with the pool of values that fit. `literal`: also right without contextKind. */
const attributes = [
  { ref: 'key', pool: (kind) => v.keysOfKind(kind), type: 'string', literal: true },
  { ref: 'name', pool: () => v.words, type: 'string', literal: true },
  { ref: 'email', pool: () => v.emails, type: 'string', literal: true },
  { ref: '/email', pool: () => v.emails, type: 'string' },
  { ref: 'country', pool: () => v.words, type: 'string', literal: true },
  { ref: 'plan', pool: () => [...v.words, ...v.mixed], type: 'string', literal: true },
  { ref: 'groups', pool: () => v.words, type: 'string', literal: true },
  { ref: '/address/city', pool: () => v.words, type: 'string' },
  { ref: '/address/a~1b', pool: () => v.words, type: 'string' },
  { ref: '/address/m~0n', pool: () => v.words, type: 'string' },
  { ref: '/address/geo/tags', pool: () => v.words, type: 'string' },
  { ref: '/address/zip', pool: () => ['10115', 10115], type: 'string' },
  { ref: '/address/geo/lat/deeper', pool: () => v.numbers, type: 'number' },
  { ref: '/address/geo/tags/0', pool: () => v.words, type: 'string' },
  { ref: 'a/b', pool: () => v.words, type: 'string', literal: true },
  { ref: '/a~1b', pool: () => v.words, type: 'string' },
  { ref: 'm~n', pool: () => v.words, type: 'string', literal: true },
  { ref: '/m~0n', pool: () => v.words, type: 'string' },
  { ref: '/literal', pool: () => v.words, type: 'string', onlyLiteral: true },
  { ref: '/~1literal', pool: () => v.words, type: 'string' },
  { ref: '😀', pool: () => v.words, type: 'string', literal: true },
  { ref: 'with space', pool: () => v.words, type: 'string', literal: true },
  { ref: 'nothing', pool: () => v.words, type: 'string', literal: true },
  { ref: 'missing', pool: () => v.words, type: 'string', literal: true },
  { ref: 'age', pool: () => v.numbers, type: 'number', literal: true },
  { ref: 'balance', pool: () => v.numbers, type: 'number', literal: true },
  { ref: 'größe', pool: () => v.numbers, type: 'number', literal: true },
  { ref: 'scores', pool: () => v.numbers, type: 'number', literal: true },
  { ref: '/address/geo/lat', pool: () => v.numbers, type: 'number' },
  { ref: 'mixed', pool: () => v.mixed, type: 'number', literal: true },
  { ref: 'bag', pool: () => v.mixed, type: 'number', literal: true },
  { ref: 'verified', pool: () => [true, false, 'true', 1], type: 'bool', literal: true },
  { ref: 'signup', pool: () => [...v.dates, ...v.epochs], type: 'date', literal: true },
  { ref: 'appVersion', pool: () => v.versions, type: 'version', literal: true },
  { ref: 'releases', pool: () => v.versions, type: 'version', literal: true },
];

const operatorsOfType = {
  string: ['in', 'startsWith', 'endsWith', 'contains', 'matches'],
  number: ['in', 'lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'],
  bool: ['in'],
  date: ['before', 'after', 'in'],
  version: ['semVerEqual', 'semVerLessThan', 'semVerGreaterThan', 'in'],
};
export const allOperators = [...new Set(Object.values(operatorsOfType).flat()), 'segmentMatch'];

// Excluded: dates compared with any number (see vocabulary.mjs, epochs).
const operatorsForAny = allOperators.filter((op) => !['segmentMatch', 'before', 'after'].includes(op));

/** A part of a string, as startsWith and its like want it. */
function part(random, op, text) {
  const letters = [...text];
  const size = random.between(1, Math.max(1, Math.min(4, letters.length)));
  if (op === 'startsWith') return letters.slice(0, size).join('');
  if (op === 'endsWith') return letters.slice(-size).join('');
  const start = random.between(0, Math.max(0, letters.length - size));
  return letters.slice(start, start + size).join('');
}

function valuesFor(random, op, pool) {
  const values = random.sample(pool, random.pick([1, 1, 1, 2, 3, 8, 0]));
  if (op === 'matches') return random.sample(v.patterns, values.length);
  if (['startsWith', 'endsWith', 'contains'].includes(op)) {
    return values.map((value) => (typeof value === 'string' ? part(random, op, value) : value));
  }
  return values;
}

/** A clause on the context's kind. */
function kindClause(random) {
  const clause = { attribute: 'kind', op: random.pick(['in', 'startsWith', 'matches']), negate: random.chance(0.2) };
  clause.values = clause.op === 'matches' ? ['^(user|org)$'] : random.sample([...v.kinds, 'o', 'multi'], 2);
  return clause;
}

/** A clause on `anonymous`. Excluded: matching false, or negated, where the context lacks the kind: Node
    takes the missing context's `anonymous` for false. */
function anonymousClause(random) {
  return { contextKind: random.pick(v.kinds), attribute: 'anonymous', op: 'in', values: [true], negate: false };
}

/** A clause that looks at attributes, not at segments. */
export function makeClause(random) {
  if (random.chance(0.05)) return kindClause(random);
  if (random.chance(0.04)) return anonymousClause(random);
  const attribute = random.pick(attributes);
  // Mostly an operator that fits; sometimes any, which then matches nothing or by luck.
  const op = random.pick(random.chance(0.85) ? operatorsOfType[attribute.type] : operatorsForAny);
  const clause = { attribute: attribute.ref, op, values: [], negate: random.chance(0.25) };
  const withoutKind = attribute.onlyLiteral || (attribute.literal && random.chance(0.25));
  if (!withoutKind) clause.contextKind = random.pick(['user', 'user', ...v.kinds]);
  clause.values = valuesFor(random, op, attribute.pool(clause.contextKind ?? 'user'));
  if (random.chance(0.1) && !clause.negate) delete clause.negate;
  if (random.chance(0.05)) clause.comment = { unknown: ['field', 1, null] };
  return clause;
}

/** A clause that asks for segments; unknown keys among them. */
export function makeSegmentClause(random, segmentKeys) {
  const values = random.sample([...segmentKeys, 'no-such-segment'], random.between(1, 3));
  // Excluded: values that are not strings: Node asks the table for a key of another type and fails.
  return { attribute: random.pick(['', 'segmentMatch']), op: 'segmentMatch', values, negate: random.chance(0.2) };
}
