// A seeded source of randomness, so that every run sees the same data.

/** mulberry32: 32 bits of state are enough for test data. */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** A number in [0, 1). */
  unit() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer in [low, high]. */
  between(low, high) {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  chance(probability) {
    return this.unit() < probability;
  }

  pick(items) {
    return items[Math.floor(this.unit() * items.length)];
  }

  /** `count` different items, in random order. */
  sample(items, count) {
    const rest = [...items];
    const out = [];
    while (out.length < count && rest.length > 0) {
      out.push(...rest.splice(Math.floor(this.unit() * rest.length), 1));
    }
    return out;
  }

  hex(length) {
    let out = '';
    while (out.length < length) out += this.between(0, 15).toString(16);
    return out;
  }
}
