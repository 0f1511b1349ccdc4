import assert from 'node:assert/strict';
import test from 'node:test';
import { TerminalScreen } from './terminal-screen.ts';

const shown = async (...pieces: (string | Uint8Array)[]): Promise<string[]> => {
  const screen = new TerminalScreen({ columns: 20, rows: 4 });
  for (const piece of pieces) await screen.write(typeof piece === 'string' ? Buffer.from(piece) : piece);
  const rows = screen.rows();
  screen.close();
  return rows;
};

test('a screen shows what a program drew last, not what it printed', async () => {
  const spinner = '\u001b[2;1H\u001b[2K⠋ working\u001b[2;1H\u001b[2K✻ done\u001b[4;1H› ';
  assert.deepEqual(await shown('title\r\n', spinner), ['title', '✻ done', '', '›']);
});

test('rows that were scrolled away are gone', async () => {
  assert.deepEqual(await shown('1\r\n2\r\n3\r\n4\r\n5\r\n6'), ['3', '4', '5', '6']);
});

test('a full-screen program and a sequence that comes in pieces are read right', async () => {
  const bytes = Buffer.from('\u001b[?1049h\u001b[H日本 wide');
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assert.deepEqual(await shown('shell\r\n', ...pieces), ['日本 wide', '', '', '']);
});

test('no few bytes keep us busy for long, whatever a program prints', async () => {
  const hostile = [
    ...[...'@LMPSTXIZb'].map((final) => `a\u001b[2000000000${final}`),
    `\u001b]4;${'1;?;'.repeat(300_000)}\u0007`,
    ...Array.from({ length: 20_000 }, (_, id) => `\u001b]8;id=${id};http://x/${id}\u0007a`),
    `\u001b]2;${'t'.repeat(1_000_000)}\u0007`,
    `\u001b]7501;${'s'.repeat(1_000_000)}\u0007`,
    `a${'\u0301'.repeat(1_000_000)}`,
  ];
  const screen = new TerminalScreen({ columns: 20, rows: 4 });
  const begun = performance.now();
  await screen.write(Buffer.from(`${hostile.join('')}\u001b[2Jend`));
  assert.ok(performance.now() - begun < 10_000, 'it takes hours where it is taken at its word');
  assert.match(screen.rows().join(''), /end$/);
  assert.ok(screen.title.length + screen.declared.length < 2000);
  await screen.write(Buffer.from(`\u001b[2J\u001b[Ha${'\u0301'.repeat(100_000)}`));
  assert.ok(screen.rows().join('').length < 1000);
  screen.close();
});

test('as many rows as there are to see are scrolled, inserted and taken out as ever', async () => {
  assert.deepEqual(await shown('1\r\n2\r\n3\r\n4\u001b[2S'), ['3', '4', '', '']);
  assert.deepEqual(await shown('1\r\n2\r\n3\u001b[H\u001b[2L'), ['', '', '1', '2']);
  assert.deepEqual(await shown('abc\u001b[H\u001b[2P\u001b[4;1Hx\u001b[3b'), ['c', '', '', 'xxxx']);
});

test('what is drawn faintly is blank among the bright rows, and all else stands where it stood', async () => {
  const screen = new TerminalScreen({ columns: 20, rows: 4 });
  const rows = [
    '日本 \u001b[2mhint\u001b[0m é end',
    '\u001b[2mall faint\u001b[0m',
    'bright',
    '› \u001b[2mtail',
  ];
  await screen.write(Buffer.from(rows.join('\r\n')));
  assert.deepEqual(screen.brightRows(), ['日本      é end', '', 'bright', '›']);
  screen.close();
});
