// npm run bench -- input: messages of every size to programs that read fast and slowly, in both runtimes; whether every byte arrives.
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processRuntime } from '../src/adapters/runtimes/process/index.ts';
import { tmuxRuntime } from '../src/adapters/runtimes/tmux/index.ts';
import { typableText } from '../src/adapters/runtimes/tmux/typable-text.ts';
import type { Runtime } from '../src/ports/runtime.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { type Figure, report } from './support/figures.ts';

const messages = 250;
const largest = 1_000_000;
const recorder = path.resolve(import.meta.dirname, '../src/adapters/runtimes/test-support/record-input.ts');

/** The same texts every time: of 1 byte to 1 MB, small ones as often as large ones, of all of Unicode, ended by Enter. */
function* texts(): Generator<string> {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let count = 0; count < messages; count += 1) {
    const length = Math.floor(largest ** random());
    let text = '';
    while (Buffer.byteLength(text) < length) {
      const point = Math.floor(random() < 0.7 ? random() * 0x250 : random() * 0x11_0000);
      text += String.fromCodePoint(point)
        .toWellFormed()
        .repeat(1 + length / 1000);
    }
    yield `${text}\n`;
  }
}

async function readFrom(file: string, position: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const length = (await handle.stat()).size - position;
    return (await handle.read({ buffer: Buffer.alloc(length), position })).buffer;
  } finally {
    await handle.close();
  }
}

async function wrongIn(runtime: Runtime, speed: string, received: (text: string) => string): Promise<Figure> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ao-bench-'));
  const { PATH = '/usr/bin:/bin' } = process.env;
  const argv = [process.execPath, recorder, speed];
  const mark = `bench-${process.pid}-${speed}`;
  const handle = await runtime.start({ argv, env: { PATH }, cwd: dir, dir, input: null, mark });
  const file = path.join(dir, 'received');
  let wrong = 0;
  let bytes = 0;
  const begun = performance.now();
  try {
    await waitFor('the program', async () =>
      (await readFile(path.join(dir, 'output.log'))).includes('ready'),
    );
    for (const text of texts()) {
      const expected = Buffer.from(received(text));
      await runtime.write(handle, text);
      const arrived = async (): Promise<boolean> => (await stat(file)).size >= bytes + expected.length;
      await waitFor('a message', () => arrived().catch(() => false), 60_000);
      if (!(await readFrom(file, bytes)).equals(expected)) wrong += 1;
      bytes += expected.length;
    }
  } finally {
    await runtime.stop(handle, 0);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const made = `${messages} messages, ${(bytes / 1e6).toFixed(1)} MB in ${seconds} s`;
  return {
    what: `messages not byte for byte, ${runtime.name}, ${speed} reader`,
    value: wrong,
    made,
    most: 0,
    digits: 0,
  };
}

const folder = await mkdtemp(path.join(tmpdir(), 'ao-bench-'));
try {
  const tmux = tmuxRuntime(path.join(folder, 's'));
  const pasted = (text: string): string => typableText(text).replace(/\n$/, '\r');
  const figures: Figure[] = [];
  for (const speed of ['fast', 'slow']) {
    figures.push(await wrongIn(processRuntime, speed, (text) => text));
    figures.push(await wrongIn(tmux, speed, pasted));
  }
  report(figures);
} finally {
  await rm(folder, { recursive: true, force: true });
}
