// Contexts of every shape.
import * as v from './vocabulary.mjs';

/** Attributes of one kind of context. Excluded: one named like a kind ("user"): Node takes it for a context. */
function attributes(random) {
  const out = {};
  const maybe = (name, probability, make) => {
    if (random.chance(probability)) out[name] = make();
  };
  maybe('name', 0.6, () => random.pick(v.words));
  maybe('anonymous', 0.3, () => random.chance(0.5));
  maybe('email', 0.7, () => random.pick(v.emails));
  maybe('country', 0.6, () => random.pick(v.words));
  maybe('plan', 0.6, () => (random.chance(0.8) ? random.pick(v.words) : random.pick(v.mixed)));
  // Excluded: a number beyond 64 bits where rollouts bucket by it: Go reads another number.
  maybe('age', 0.6, () => random.pick(v.numbers.filter((number) => number < 2 ** 63)));
  maybe('balance', 0.5, () => random.pick(v.numbers));
  maybe('verified', 0.5, () => random.chance(0.5));
  maybe('appVersion', 0.7, () => random.pick(v.versions));
  maybe('signup', 0.7, () => (random.chance(0.6) ? random.pick(v.dates) : random.pick(v.epochs)));
  maybe('mixed', 0.6, () => random.pick(v.mixed));
  maybe('groups', 0.6, () => random.sample(v.words, random.between(0, 4)));
  maybe('scores', 0.5, () => random.sample(v.numbers, random.between(0, 4)));
  maybe('bag', 0.5, () => random.sample([...v.mixed, null], random.between(0, 5)));
  maybe('releases', 0.4, () => random.sample(v.versions, random.between(0, 3)));
  maybe('bucket', 0.5, () => random.pick([...v.userKeys, 7, 33, 100000, -4, 1.5, true, 9007199254740991]));
  maybe('address', 0.6, () => ({
    city: random.pick(v.words),
    zip: random.pick(['10115', 10115, null]),
    geo: { lat: random.pick(v.numbers), tags: random.sample(v.words, 2) },
    'a/b': random.pick(v.words),
    'm~n': random.pick(v.words),
  }));
  maybe('a/b', 0.3, () => random.pick(v.words));
  maybe('m~n', 0.3, () => random.pick(v.words));
  maybe('/literal', 0.3, () => random.pick(v.words));
  maybe('größe', 0.3, () => random.pick(v.numbers));
  maybe('😀', 0.3, () => random.pick(v.words));
  maybe('nothing', 0.2, () => null);
  maybe('with space', 0.2, () => random.pick(v.words));
  return out;
}

function single(random, kind) {
  const out = { kind, key: random.pick(v.keysOfKind(kind)), ...attributes(random) };
  if (random.chance(0.2)) out._meta = { privateAttributes: ['email', '/address/city'] };
  return out;
}

function multi(random, howMany) {
  const out = { kind: 'multi' };
  for (const kind of random.sample(v.kinds, howMany)) {
    out[kind] = single(random, kind);
    delete out[kind].kind;
  }
  return out;
}

/** A user of the SDKs before contexts. Excluded: custom attributes named like built-in ones, which only Node ignores. */
function legacyUser(random) {
  const { name, email, country, anonymous, ...custom } = attributes(random);
  const out = { key: random.pick(v.userKeys) };
  for (const [attribute, value] of Object.entries({ name, email, country, anonymous })) {
    if (value !== undefined && random.chance(0.7)) out[attribute] = value;
  }
  if (random.chance(0.3)) out.ip = '10.0.0.7';
  if (random.chance(0.3)) out.firstName = random.pick(v.words);
  if (random.chance(0.9)) out.custom = custom;
  if (random.chance(0.2)) out.privateAttributeNames = ['email'];
  return out;
}

const fixed = [
  { kind: 'user', key: 'only-a-key' },
  { kind: 'org', key: 'acme' },
  { kind: 'user', key: 'bob', anonymous: true },
  { kind: 'multi', user: { key: 'bob' }, org: { key: 'acme', plan: 'enterprise' } },
  { kind: 'multi', user: { key: 'bob', plan: 'gold' } },
  // Excluded: an object where a clause looks for a value: Node never matches it, Go does when negated.
  { kind: 'user', key: 'deep', address: { geo: { lat: 1, more: { a: { b: { c: { d: [1, 2, 3] } } } } } } },
  { kind: 'user', key: 'wide', groups: Array.from({ length: 300 }, (_, i) => `group-${i}`).concat('gold') },
  { key: '', custom: { plan: 'gold' } },
  // Not contexts: nothing is evaluated. Excluded: kinds "multi" inside multi and none inside multi (Node
  // lets them pass), names and anonymous of a wrong type (likewise).
  { kind: 'kind', key: 'x' },
  { kind: '', key: 'x' },
  { kind: 'sp ace', key: 'x' },
  { kind: 'größe', key: 'x' },
  { kind: 'user', key: '' },
  { kind: 'user' },
  { kind: 'org', key: 5 },
  { kind: 7, key: 'x' },
  { kind: 'multi', user: { key: '' } },
  { kind: 'multi', user: { key: 'x' }, kind: 'multi', 'b@d': { key: 'y' } },
  { name: 'no key' },
];

/** @returns at least `count` contexts */
export function makeContexts(random, count) {
  const out = [...fixed];
  while (out.length < count) {
    const dice = random.unit();
    if (dice < 0.45) out.push(single(random, 'user'));
    else if (dice < 0.6) out.push(single(random, random.pick(v.kinds)));
    else if (dice < 0.85) out.push(multi(random, random.between(1, 4)));
    else out.push(legacyUser(random));
  }
  return out;
}
