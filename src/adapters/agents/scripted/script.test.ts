import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadScript, parseScript } from './script.ts';

test('a script with every kind of step is read as it stands', () => {
  const otherwise = [
    { say: 'x' },
    { replace: { file: 'f', from: 'a', to: 'b', optional: true } },
    { write: { file: 'f', text: '' } },
    { append: { file: 'f', text: '' } },
    { delete: 'f' },
    { run: ['true'], optional: true },
    { commit: 'm' },
    { wait: 1 },
    { exit: 0 },
    { crash: 'SIGKILL' },
    { hang: true, ignoreTerm: true },
    { flood: 1 },
    { spawn: ['true'] },
  ];
  assert.deepEqual(parseScript(JSON.stringify({ otherwise })), { rules: [], otherwise });
});

test('a mistake in a script is named with its place', () => {
  const cases: [unknown, RegExp][] = [
    [[], /the script must be an object/],
    [{ rule: [] }, /the script does not know "rule"; it knows rules, otherwise/],
    [{ rules: {} }, /rules must be a list/],
    [
      { rules: [{ match: { finding: '(' }, steps: [] }] },
      /rules\[0\]\.match\.finding is not a regular expression/,
    ],
    [
      { rules: [{ match: { attempt: 'two' }, steps: [] }] },
      /rules\[0\]\.match\.attempt must be a whole number/,
    ],
    [{ rules: [{ match: { titel: '' }, steps: [] }] }, /rules\[0\]\.match does not know "titel"/],
    [{ rules: [{ match: {} }] }, /rules\[0\]\.steps must be a list/],
    [{ otherwise: [{ sya: 'x' }] }, /otherwise\[0\] must have exactly one of say, .*; it has sya/],
    [{ otherwise: [{ say: 'x', wait: 1 }] }, /otherwise\[0\] must have exactly one of/],
    [{ otherwise: [{ say: 'x', optional: true }] }, /otherwise\[0\] does not know "optional" beside "say"/],
    [{ otherwise: [{ write: { file: 'f' } }] }, /otherwise\[0\]\.write\.text must be a string/],
    [{ otherwise: [{ run: [] }] }, /otherwise\[0\]\.run must name a program/],
    [{ otherwise: [{ run: ['x', 1] }] }, /otherwise\[0\]\.run\[1\] must be a string/],
    [{ otherwise: [{ hang: false }] }, /otherwise\[0\]\.hang must be true/],
  ];
  for (const [script, message] of cases)
    assert.throws(() => parseScript(JSON.stringify(script)), { message });
  assert.throws(() => parseScript('{'), SyntaxError);
  assert.throws(() => loadScript('/no/such/script.json'), { message: /^\/no\/such\/script\.json: ENOENT/ });
});
