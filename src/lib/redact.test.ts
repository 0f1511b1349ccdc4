import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { Redactor } from './redact.ts';
import { secretValues } from './secret-forms.ts';

const base64 = (text: string, before: number): string =>
  Buffer.from('~'.repeat(before) + text).toString('base64');
const wrap = (text: string, width: number, by: string): string =>
  text.replace(new RegExp(`.{${width}}`, 'g'), (line) => line + by);

const encodings: ((value: string) => string)[] = [
  (value) => value,
  (value) => JSON.stringify({ value }),
  (value) => JSON.stringify(JSON.stringify({ value })),
  (value) => encodeURIComponent(value),
  (value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  (value) => new URLSearchParams({ value }).toString(),
  (value) => Buffer.from(value).toString('hex'),
  (value) => base64(value, 0),
  (value) => base64(value, 1),
  (value) => base64(value, 2),
  (value) => base64(`${value}~~~`, 3),
  (value) => Buffer.from(`user:${value}`).toString('base64url'),
  (value) => wrap(base64(`${'x'.repeat(50)}${value}${'y'.repeat(80)}`, 1), 76, '\n'),
  (value) => JSON.stringify(wrap(base64(`${'x'.repeat(50)}${value}`, 2), 64, '\n')),
];

const key = `-----BEGIN RSA PRIVATE KEY-----\n${wrap('MIIEvQIBADANBgkqhkiG9w0'.repeat(40), 64, '\n')}\n-----END RSA PRIVATE KEY-----`;
const shortKey = `-----BEGIN EC PRIVATE KEY-----\n${'MHcCAQEEIIGl'.repeat(5)}+/9=\nmWQ3tK7xZq1==\n-----END EC PRIVATE KEY-----`;
/** As tools and terminals show a file: numbered, in a frame, in colours, in a diff, behind its name. */
const shownKeys = [key, shortKey].flatMap((text) =>
  [
    (line: string, at: number) => `${String(at + 1).padStart(6)}→${line}`,
    (line: string, at: number) => `${String(at + 1).padStart(5, '0')}| ${line}`,
    (line: string, at: number) => `│ ${at + 1} ${line.padEnd(70)} │`,
    (line: string) => `\x1b[32m${line}\x1b[0m`,
    (line: string) => `+${line}`,
    (line: string, at: number) => `certs/my-key.pem:${at + 1}:${line}`,
  ].map((show) => text.split('\n').map(show).join('\n')),
);
const pgpKey = `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2.0.22 (GNU/Linux)\nComment: https://example.com/a-tool\n\n${wrap('lQOYBFzx'.repeat(90), 64, '\n')}\n=zC1d\n-----END PGP PRIVATE KEY BLOCK-----`;
const token = 'Ab3dEf6hIj9kLmNoPqRsTuVwXyZ012345678';
const shaped = [
  ...[
    'ghp_',
    'gho_',
    'ghu_',
    'ghs_',
    'ghr_',
    'github_pat_',
    'sk-ant-api03-',
    'sk-',
    'sk-proj-',
    'glpat-',
    'npm_',
    'hf_',
    'gsk_',
    'xai-',
    'pplx-',
    'sk_live_',
    'rk_live_',
  ].map((head) => head + token),
  'AKIAIOSFODNN7EXAMPLE',
  `xoxb-123456789012-${token}`,
  `AIza${token.slice(0, 35)}`,
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${token}`,
  `Bearer ${token}`,
  key,
  JSON.stringify(key).slice(1, -1),
];

/** All that a reader of the text could make the value of. */
function leaks(text: string, value: string): boolean {
  const oneLine = text.replaceAll('\\n', '').replaceAll('\n', '');
  return encodings.slice(0, 10).some((encode) => {
    const whole = encode(value);
    const core = whole.replaceAll('=', '').slice(4, -2);
    return text.includes(value) || (core.length > 8 && oneLine.includes(core));
  });
}

function inPieces(redactor: Redactor, text: string, cuts: readonly number[]): string {
  const stream = redactor.stream('text');
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  const out = places.slice(1).map((place, index) => stream.take(text.slice(places[index], place)));
  return out.join('') + stream.end();
}

const cuts = fc.array(fc.nat(), { maxLength: 6 });
const lines = fc
  .array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 5 })
  .map((all) => all.join('\n'));

describe('a redactor', () => {
  test('lets no known value through, however it is encoded and wherever the text is cut', () => {
    const value = fc
      .string({ unit: fc.constantFrom(...'abcXYZ0189/+=-_ "\\\n%&üß€😀'), minLength: 8, maxLength: 70 })
      .filter((text) => text.trim().length >= 8 && new Set(text).size > 4);
    const encode = fc.constantFrom(...encodings);
    fc.assert(
      fc.property(value, encode, lines, lines, cuts, (secret, form, before, after, places) => {
        const redactor = new Redactor([secret]);
        const text = `${before} ${form(secret)} ${after}`;
        const out = inPieces(redactor, text, places);
        assert.ok(out.includes('[redacted]'), `nothing was found in ${JSON.stringify(text)}`);
        assert.ok(!leaks(out, secret), out);
        assert.equal(out, redactor.text(text));
      }),
      { numRuns: 120 },
    );
  });

  test('lets nothing of the shape of a key through, wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...shaped), lines, lines, cuts, (secret, before, after, places) => {
        const redactor = new Redactor([]);
        for (const text of [
          `${before} ${secret}\n${after}`,
          JSON.stringify(`${before}\n${secret}\n${after}`),
          `\x1b[31m${secret}\x1b[0m`,
        ]) {
          const out = inPieces(redactor, text, places);
          assert.ok(out.includes('[redacted]') && !out.includes(secret.slice(-30)), out);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('lets no line of a key through, however it is shown and wherever the text is cut, whole or only its beginning', () => {
    const shown = [...shownKeys, pgpKey].flatMap((text) => [text, text.slice(0, text.lastIndexOf('\n'))]);
    const full = /[A-Za-z0-9+/]{60}/;
    fc.assert(
      fc.property(fc.constantFrom(...shown), lines, lines, cuts, (secret, before, after, places) => {
        const redactor = new Redactor([]);
        for (const text of [
          `${before}\n${secret}\n"${after}"`,
          JSON.stringify(`${before}\n${secret}\n${after}`),
        ]) {
          const out = inPieces(redactor, text, places);
          assert.ok(out.includes('[redacted]') && !full.test(out) && !out.includes('END'), out);
          assert.equal(out, redactor.text(text));
          const bytes = Buffer.from(text).toString('latin1');
          assert.ok(!full.test(redactor.mask(bytes)), redactor.mask(bytes));
        }
      }),
      { numRuns: 300 },
    );
    const whole = [...shownKeys, pgpKey].map((text) => new Redactor([]).text(text));
    assert.deepEqual(
      whole.filter((text) => /mWQ3|zC1d|PRIVATE/.test(text)),
      [],
    );
  });

  test('cuts no secret of several lines where one of them looks like wrapped base64, nor long text within a secret', () => {
    const blob = 'QUJD'.repeat(20);
    const secret = `first line\nsecond line\nthird ${blob}`;
    const value = `it begins here, Bearer ${token}`;
    const redactor = new Redactor([secret, value]);
    const texts = [
      `a\n${secret}\nb\n`,
      `a\n${key}|${blob}\nb\n`,
      `a\n${secret.slice(0, 30)}\n${key}${blob}\n${blob}\n${secret}${blob}\n`,
    ];
    for (const text of texts) {
      for (let at = 0; at <= text.length; at += 1)
        assert.equal(inPieces(redactor, text, [at]), redactor.text(text));
    }
    for (let before = 81_800; before < 81_960; before += 1) {
      const text = `${'x '.repeat(Math.floor(before / 2))}${before % 2 === 0 ? '' : 'x'} ${value}${token} ${'y '.repeat(60_000)}`;
      assert.equal(inPieces(redactor, text, []), redactor.text(text), String(before));
    }
  });

  test('leaves text without secrets as it is, and JSON as JSON', () => {
    fc.assert(
      fc.property(lines, cuts, (text, places) => {
        assert.equal(inPieces(new Redactor(['a-known-value-1']), text, places), text);
      }),
    );
    const innocent = [
      'the task-list-of-the-whole-repository is bearer of good-news-for-everybody',
      'disk-usage-of-the-machine-1234567890, sk-learn-and-other-packages-of-that-kind',
      'sha512-AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789== 3431d880aabbccddeeff',
      "if (text.includes('-----BEGIN CERTIFICATE-----')) return;",
    ].join('\n');
    assert.equal(new Redactor(['a-known-value-1']).text(innocent), innocent);
    const document = { text: `say "${token}" \n ghp_${token}`, key, more: [`Bearer ${token}`] };
    const masked: unknown = JSON.parse(new Redactor([token]).mask(JSON.stringify(document)));
    assert.deepEqual(Object.keys(masked as object), ['text', 'key', 'more']);
  });

  test('masks bytes at their places: the length stays, the lines stay, and masking again changes nothing', () => {
    const redactor = new Redactor([`one\n${token}`]);
    const text = `a\nghp_${token}\n${key}\nBearer ${token} b\none\n${token}\n`;
    const masked = redactor.mask(text);
    assert.equal(masked.length, text.length);
    assert.deepEqual(
      [...masked.matchAll(/\n/g)].map(({ index }) => index),
      [...text.matchAll(/\n/g)].map(({ index }) => index),
    );
    assert.equal(redactor.mask(masked), masked);
    assert.ok(!masked.includes(token));
  });

  test('takes time that grows with the text alone, whatever the text is', () => {
    const redactor = new Redactor([token, 'another-known-value']);
    const hostile = [
      '-----BEGIN PRIVATE KEY-----',
      `-----BEGIN PRIVATE KEY-----.${'a'.repeat(59)}.`,
      `-----BEGIN PRIVATE KEY-----${`.${'a'.repeat(60)}`.repeat(20)}"`,
      'eyJ',
      'sk-',
      'Bearer ',
      'ghp_',
      '-',
      'a',
      'eyJa.',
      token.slice(0, -1),
    ];
    for (const piece of hostile) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      const before = performance.now();
      inPieces(redactor, text, [300_000, 600_000]);
      const took = performance.now() - before;
      assert.ok(took < 2000, `${JSON.stringify(piece)}: ${Math.round(took)} ms for 1 MB`);
    }
  });

  test('takes out the beginning of a secret that stands where a text was shortened', () => {
    const redactor = new Redactor(['a known value, a long one']);
    assert.equal(redactor.text('Bash: echo a known val…'), 'Bash: echo [redacted]…');
    assert.equal(redactor.text(`Bash: curl ghp_${token.slice(0, 9)}…`), 'Bash: curl [redacted]…');
    assert.equal(redactor.text('Bash: echo a kno…'), 'Bash: echo [redacted]…');
    assert.equal(redactor.text('Bash: npm test and…'), 'Bash: npm test and…');
  });

  test('knows secrets by the names of their variables', () => {
    const env = {
      OPENAI_API_KEY: 'value-of-a-key',
      GH_TOKEN: 'value-of-a-token\n',
      DB_PASSWORD: 'value-of-a-password',
      SMTP_PASS: 'value-of-a-pass',
      SIGNING_PASSPHRASE: 'value-of-a-phrase',
      DB_PWD: 'value-of-a-pwd',
      PWD: '/home/somebody/project',
      COMPASS_MODE: 'value-of-a-mode',
      SHORT_KEY: 'short',
      SSH_AUTH_SOCK: '/tmp/ssh-1/agent.1',
      HOME: '/home/somebody',
    };
    assert.deepEqual(secretValues(env), [
      'value-of-a-key',
      'value-of-a-token\n',
      'value-of-a-token',
      'value-of-a-password',
      'value-of-a-pass',
      'value-of-a-phrase',
      'value-of-a-pwd',
    ]);
  });

  test('knows secrets that stand within variables: in addresses, headers and settings', () => {
    const env = {
      HTTPS_PROXY: 'http://somebody:pass%2Fof-a-proxy@proxy.example:3128',
      ANTHROPIC_CUSTOM_HEADERS:
        'X-Team: value-of-a-team\nX-Api-Key: value-of-a-header\nAuthorization: Basic value-of-basic',
      OPENCODE_CONFIG_CONTENT:
        '{"model":"a/some-model","provider":{"a":{"options":{"apiKey":"value-in-settings"}}}}',
      OPENCODE_AUTH_CONTENT: '{"a":{"type":"oauth-of-some-kind","refresh":"value-of-refresh"}}',
      NO_PROXY: 'localhost',
      EMPTY_CONTENT: '{',
    };
    assert.deepEqual(secretValues(env).toSorted(), [
      'pass%2Fof-a-proxy',
      'pass/of-a-proxy',
      'value-in-settings',
      'value-of-a-header',
      'value-of-basic',
      'value-of-refresh',
      env.OPENCODE_AUTH_CONTENT,
    ]);
  });
});
