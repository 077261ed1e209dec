// What flags ask for and what contexts have: both draw from here, so that clauses do match now and then.
//
// The judge is the Node SDK, the reference is the Go SDK. Where these two differ an input would
// prove nothing, so it is left out; each such exclusion is marked "Excluded:".

export const kinds = ['user', 'org', 'device', 'Org-unit_1.x'];

export const userKeys = [
  ...Array.from({ length: 60 }, (_, i) => `user-${i}`),
  'bob', 'alice', 'Bob', 'ünïcode-üser', '用户-7', '😀-user', 'a b c', 'with/slash', 'with~tilde',
  'percent%25', 'colon:key', '12345', '1e3', 'true', 'null', "o'neil", '"quoted"', 'back\\slash',
  'tab\tkey', '$dollar', 'x'.repeat(300), ' ',
];
export const orgKeys = [...Array.from({ length: 12 }, (_, i) => `org-${i}`), 'acme', 'größe ag', '组织'];
export const deviceKeys = ['phone', 'tablet', 'tv', 'dev-1', 'dev-2', 'dev-3', '00:1A:2B'];
export function keysOfKind(kind) {
  if (kind === 'user') return userKeys;
  return kind === 'device' ? deviceKeys : orgKeys;
}

export const emails = [
  'bob@example.com', 'alice@example.org', 'carol@test.example.net', 'Dave@Example.COM', 'erin+tag@example.com',
  'frank@sub.example.com', 'grüße@exämple.de', 'qa-17@example.com', 'qa-x@example.com', '', 'no-at-sign',
];
export const words = [
  'gold', 'silver', 'bronze', 'free', 'enterprise', 'Gold', 'GOLD', 'de', 'fr', 'jp', 'us', 'DE',
  'Zürich', 'München', '東京', 'café', 'cafe\u0301', '👩‍💻', 'a.b', 'a+b', '(x)', '[y]', 'x|y', '^start', 'end$', 'new\nline', ' ', '',
];
export const versions = [
  '1.0.0', '1.0', '1', '2.0.0-beta', '2.0.0-beta.2', '2.0.0-beta.11', '2.0.0-rc.1', '2.0.0', '2', '2.1.3', '10.0.0', '2.10.0', '2.9.9',
  '2.0.0+build.5', '2.0.0+build.9', '2-rc1', '2.1-alpha', '2.0.0-alpha.beta', '2.0.0-0', '2.0.0-a-b',
  // Not versions at all: nothing compares with them.
  '2.x', '02.0.0', '2.0.0.0', 'v2.0.0', 'two', '', '2.0.0-', '2..1', '-1.0.0', '2.0.0-01',
  // Excluded: blanks around a version and a leading "=" (Node's semver package accepts them), and parts
  // over 2^53 (it refuses them).
];
export const dates = [
  '2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.123Z',
  '2024-01-01T02:00:00+02:00', '2023-12-31T19:00:00-05:00', '2024-01-01T05:45:00+05:45', '2024-06-30T23:59:59Z',
  '2024-02-29T12:00:00Z', '1969-07-20T20:17:40Z', '2038-01-19T03:14:08Z', '1970-01-01T00:00:00Z', '2099-12-31T23:59:59.999Z',
  // Not dates.
  '2024-01-01', '2024-01-01 00:00:00Z', '2024-01-01T00:00:00', 'yesterday', '', '2024-13-01T00:00:00Z', '2024-1-1T00:00:00Z',
  // Excluded: zones without minutes, lower-case t and z, 24:00, leap seconds and the 30th of February
  // (JavaScript's Date and Go's parser disagree); digits beyond milliseconds (Node drops them).
];
export const epochs = [
  0, 1, -1, -14182940000, 1704067200000, 1704067200001, 1704067199999, 1704067200500, 1719791999000, 2147483648000, 4102444799999,
  // Excluded: fractions of a millisecond and values beyond the range of nanoseconds in 64 bits (Go
  // counts those, JavaScript compares doubles).
];
export const numbers = [
  0, 1, -1, 2, 3, 5, 10, 42, 99, 100, 1000, 0.1, 0.5, 1.5, 3.14159, -2.5, 1e3, 1e-7, 123456789, 2147483648, -2147483649,
  9007199254740991, 1e15, 1e20,
];
export const mixed = [true, false, 0, 1, 42, '42', '1', 'true', 'gold', '', 1.5, '1.5', 'de'];

// Excluded: what only one of RE2 and JavaScript has: look-around, back references, \p, \Q, \A, \z, POSIX
// classes, (?i), \s on Unicode blanks, "." on characters beyond U+FFFF.
export const patterns = [
  '^qa-[0-9]+@', '@example\\.(com|org)$', '.*', '^$', '^.+@.+\\..+$', '[A-Z]', '\\d{2,}', '^\\w+$', 'g(ol)?d', '^(gold|silver)$', 'a.b', 'a\\.b',
  '\\bgold\\b', '(?:x|y)', 'caf[eé]', '^[^@]+$', 'x{3}', '^.{2}$', '東', 'ü', '\\|', '\\(x\\)', 'o+?l', '^user-[1-3]\\d?$', '[a-c-]', '\\$$', '\\t',
  // Broken in both: match nothing.
  '(', '[', '*a', 'a{2,1}', '(?<', '\\',
];
