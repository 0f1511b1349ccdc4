import { type Files, pad, type Project, type RecordedOnly } from './project.ts';

const calc = 'exports.add = (a, b) => a + b;\nexports.subtract = (a, b) => a + b;\n';

const goodCalc = calc.replace('subtract = (a, b) => a + b', 'subtract = (a, b) => a - b');

const nodeTests = `const { test } = require('node:test');
const assert = require('node:assert');
const { add, subtract } = require('../calc.js');
test('adds', () => assert.strictEqual(add(1, 1), 2));
test('subtracts', () => assert.strictEqual(subtract(3, 1), 2));
`;

const tapeTests = `const test = require('tape');
const { add, subtract } = require('../calc.js');
test('adds', (t) => {
  t.plan(2);
  t.equal(add(1, 1), 2);
  t.equal(add(2, 1), 3);
});
test('subtracts', (t) => {
  t.plan(1);
  t.equal(subtract(3, 1), 2);
});
`;

const vitestTests = `import { expect, test } from 'vitest';
import { add, subtract } from '../calc.js';
test('adds', () => expect(add(1, 1)).toBe(2));
test('subtracts', () => expect(subtract(3, 1)).toBe(2));
`;

const mochaTests = `const assert = require('node:assert');
const { add, subtract } = require('../calc.js');
describe('calc', () => {
  it('adds', () => assert.strictEqual(add(1, 1), 2));
  it('subtracts', () => assert.strictEqual(subtract(3, 1), 2));
});
`;

const jestTests = `const { add, subtract } = require('../calc.js');
describe('calc', () => {
  it('adds', () => expect(add(1, 1)).toBe(2));
  it('subtracts', () => expect(subtract(3, 1)).toBe(2));
});
`;

const packageJson = (test: string): Files => ({
  'package.json': `{"private":true,"scripts":{"test":"${test}"}}\n`,
});

const testFinding = { kind: 'test' as const };

const broken = `const { test, describe, it, before } = require('node:test');
const assert = require('node:assert');
test('skipped one', { skip: 'later' }, () => {});
test('todo one', { todo: true }, () => { throw new Error('not yet'); });
describe('maths', () => {
  it('multiplies', () => assert.strictEqual(2 * 2, 4));
  it('divides', () => { throw new TypeError('no'); });
});
describe('bad hook', () => {
  before(() => { throw new Error('hook down'); });
  it('child one', () => {});
});
test('parent', async (t) => {
  await t.test('inner ok', () => {});
  await t.test('inner bad', () => { assert.ok(false, 'inner says no'); });
});
`;

const nodeFiles: Files = {
  'package.json': '{"private":true,"scripts":{"test":"node --test"}}\n',
  'test/a.test.js': broken,
  'test/syntax.test.js': 'const x = ;\n',
  'test/missing.test.js': "require('./nothing');\n",
  'test/exit.test.js': `const { test } = require('node:test');
test('before exit', () => {});
test('exits', () => { process.exit(3); });
`,
  'test/late.test.js': `const { test } = require('node:test');
test('leaves a timer', () => { setTimeout(() => { throw new Error('late'); }, 5); });
`,
  'test/plain.test.js': "console.log('plain script');\n",
};

const vitestFiles: Files = {
  'package.json': '{"private":true,"type":"module","scripts":{"test":"vitest run"}}\n',
  'test/a.test.js': `import { describe, expect, it, test } from 'vitest';
describe('maths & <co>', () => {
  it('adds', () => { expect(1 + 1).toBe(2); });
  it('subtracts', () => { expect(3 - 1).toBe(1); });
});
test.skip('later', () => {});
`,
  'test/missing.test.js': "import './nothing.js';\n",
  'test/syntax.test.js': 'const x = ;\n',
};

const jestFiles: Files = {
  'package.json': '{"private":true,"scripts":{"test":"jest"}}\n',
  'test/a.test.js': `describe('maths', () => {
  it('adds', () => { expect(1 + 1).toBe(2); });
  it('subtracts', () => { expect(3 - 1).toBe(1); });
  it.skip('later', () => {});
  it.todo('some day');
});
`,
  'test/missing.test.js': "require('./nothing.js');\n",
  'test/syntax.test.js': 'const x = ;\n',
};

export const javascript: readonly Project[] = [
  {
    needs: ['node'],
    name: 'node-test',
    format: 'node-test',
    command: 'npm test',
    files: { ...packageJson('node --test'), 'calc.js': calc, 'test/calc.test.js': nodeTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.test.js': pad(nodeTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'test/calc.test.js', line: 5 },
    movedLine: 8,
    passes: 'test/calc.test.js: adds',
  },
  {
    needs: ['node'],
    name: 'tap',
    format: 'tap',
    command: 'NODE_OPTIONS= node --test --test-reporter=tap',
    files: { 'calc.js': calc, 'test/calc.test.js': nodeTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.test.js': pad(nodeTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'test/calc.test.js', line: 5 },
    movedLine: 8,
    passes: 'adds',
  },
  {
    name: 'tape',
    format: 'tap',
    command: 'npm test',
    needs: ['tape'],
    files: { ...packageJson('tape test/*.js'), 'calc.js': calc, 'test/calc.js': tapeTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.js': pad(tapeTests, '// more') },
    finding: {
      ...testFinding,
      title: 'subtracts > should be strictly equal',
      file: 'test/calc.js',
      line: 10,
    },
    movedLine: 13,
    passes: 'adds > should be strictly equal',
  },
  {
    name: 'vitest',
    format: 'junit',
    command: 'npm test',
    needs: ['vitest'],
    files: {
      'package.json': '{"private":true,"type":"module","scripts":{"test":"vitest run"}}\n',
      'calc.js': calc.replaceAll('exports.', 'export const '),
      'test/calc.test.js': vitestTests,
    },
    fixed: { 'calc.js': goodCalc.replaceAll('exports.', 'export const ') },
    moved: { 'test/calc.test.js': pad(vitestTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'test/calc.test.js', line: 4 },
    movedLine: 7,
    passes: 'test/calc.test.js: adds',
  },
  {
    name: 'jest',
    format: 'jest',
    command: 'npm test',
    needs: ['jest'],
    files: { ...packageJson('jest'), 'calc.js': calc, 'test/calc.test.js': jestTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.test.js': pad(jestTests, '// more') },
    finding: { ...testFinding, title: 'calc > subtracts', file: 'test/calc.test.js', line: 4 },
    movedLine: 7,
    passes: 'test/calc.test.js: calc > adds',
  },
  {
    name: 'mocha',
    format: 'junit',
    command: 'npm test',
    needs: ['mocha'],
    files: { ...packageJson('mocha test'), 'calc.js': calc, 'test/calc.js': mochaTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.js': pad(mochaTests, '// more') },
    finding: { ...testFinding, title: 'calc > subtracts', file: 'test/calc.js', line: 5 },
    movedLine: 8,
    passes: 'test/calc.js: calc > adds',
  },
];

export const javascriptRecordings: readonly RecordedOnly[] = [
  {
    // Node 20 gives up on such a test, later versions wait for it.
    name: 'pending',
    format: 'node-test',
    command: 'node --test --test-timeout=2000',
    files: { 'a.test.js': "require('node:test').test('never ends', () => new Promise(() => {}));\n" },
  },
  { name: 'broken', format: 'node-test', command: 'npm test', files: nodeFiles },
  {
    name: 'broken',
    format: 'tap',
    command: 'NODE_OPTIONS= node --test --test-reporter=tap',
    files: nodeFiles,
  },
  { name: 'vitest-broken', format: 'junit', command: 'npm test', files: vitestFiles },
  { name: 'jest-broken', format: 'jest', command: 'npm test', files: jestFiles },
  { name: 'vitest-json', format: 'jest', command: 'vitest run --reporter=json', files: vitestFiles },
  { name: 'jest-printed', format: 'jest', command: 'jest --json', files: jestFiles },
];
