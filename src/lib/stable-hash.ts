/**
 * 64-bit hash of a list of strings, as 16 hex digits: the same on every machine and version, not for security.
 * Two rounds of the public-domain MurmurHash3 finaliser over FNV-like accumulators with different seeds.
 */
export function stableHash(parts: readonly string[]): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      const unit = part.charCodeAt(i);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    a = Math.imul(a ^ 0x10000, 2654435761); // a separator no UTF-16 unit can equal
    b = Math.imul(b ^ 0x10000, 1597334677);
  }
  return hex(mix(a) ^ b) + hex(mix(b) ^ a);
}

function mix(value: number): number {
  let v = value ^ (value >>> 16);
  v = Math.imul(v, 2246822507);
  v ^= v >>> 13;
  v = Math.imul(v, 3266489909);
  return v ^ (v >>> 16);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
