/**
 * `node record-input.ts [slow] [bracketed]`: writes every byte that it reads into the file `received` of its directory, a
 * terminal's unchanged (raw mode), and prints a dot for each piece. Slow: 2 KB at a time with pauses between.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const slow = process.argv.includes('slow');
if (process.stdin.isTTY) process.stdin.setRawMode(true);
if (process.argv.includes('bracketed')) process.stdout.write('\u001b[?2004h');
process.stdout.write('ready\n');
for await (const bytes of process.stdin as AsyncIterable<Buffer>) {
  const piece = slow ? 2048 : bytes.length;
  for (let at = 0; at < bytes.length; at += piece) {
    appendFileSync('received', bytes.subarray(at, at + piece));
    process.stdout.write('.');
    if (slow) await delay(1);
  }
}
