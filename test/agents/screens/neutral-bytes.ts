// A recorded screen says nothing of the machine that it was made on. Nothing changes its length: columns and places stay true.
import { hostname, userInfo } from 'node:os';
import { agentCache } from '../clients/install.ts';
import type { Place } from '../clients/place.ts';

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

export function neutralBytes(bytes: Buffer, place: Place): Buffer {
  const words = [
    place.home,
    place.installed.prefix,
    agentCache(),
    new URL(place.url).host,
    `${userInfo().username}@${hostname()}`,
  ];
  const text = words.reduce((result, word) => result.replaceAll(word, stand(word)), bytes.toString('latin1'));
  return Buffer.from(text.replaceAll(uuid, '00000000-0000-4000-8000-000000000000'), 'latin1');
}

/** Of the same length; the beginning tells what it was. */
function stand(word: string): string {
  if (word.includes('@')) return 'x'.repeat(word.length);
  const begin = word.startsWith('/') ? '/home/user/' : '127.0.0.1:';
  return begin.padEnd(word.length, word.startsWith('/') ? 'x' : '4010').slice(0, word.length);
}
