import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { cargoTest } from './index.ts';

test('a test program that dies is a finding, tests of the code and of its documentation have their names', () =>
  withRecording('cargo-test', 'cargo-broken', (output) => {
    const report = cargoTest.parse(output) ?? assert.fail();
    assert.deepEqual(report.findings.map(({ title, file, line }) => [title, file, line]).toSorted(), [
      ['dies tests/dies.rs', 'tests/dies.rs', null],
      ['src/lib.rs - one', 'src/lib.rs', 5],
      ['tests::panics', 'src/lib.rs', 16],
    ]);
    const named = (ids: string[]) => ids.map((id) => report.names[id]).toSorted();
    assert.deepEqual(named(report.skipped), ['calc src/lib.rs: tests::later']);
    assert.deepEqual(named(report.passed), [
      'calc src/lib.rs',
      'doc-tests of calc',
      'fine tests/fine.rs',
      'fine tests/fine.rs: fine',
      'step:compile',
    ]);
    assert.equal(report.complete, false);
  }));

test('messages of the compiler belong to a step that is seen to pass once tests run', async () => {
  const broken = await withRecording('cargo-test', 'cargo-syntax', (output) => cargoTest.parse(output));
  const running = await withRecording('cargo-test', 'cargo-test-failing', (output) =>
    cargoTest.parse(output),
  );
  assert.deepEqual(broken?.findings.map(({ title, file, line }) => [title, file, line]).toSorted(), [
    ['E0308: mismatched types', 'src/lib.rs', 2],
    ['E0425: cannot find value `missing` in this scope', 'src/lib.rs', 6],
  ]);
  assert.equal(broken?.complete, false);
  for (const { step } of broken?.findings ?? []) assert.ok(running?.passed.includes(step ?? ''));
  const clippy = await withRecording('cargo-test', 'cargo-syntax', (output) =>
    cargoTest.parse({
      ...output,
      exitCode: 0,
      combined: '    Finished `dev` profile [unoptimized + debuginfo] target(s) in 0.04s\n',
    }),
  );
  assert.deepEqual(Object.values(clippy?.names ?? {}), ['step:compile']);
});

test('cargo is asked to go on behind the first program that fails, and arguments of the programs stay theirs', async () => {
  const made = (command: string) =>
    cargoTest.instrument({ check: 'test', command, resolved: command, root: '/', reportDir: '/r' })?.command;
  assert.equal(made('cargo test -p a'), 'exec 2>&1\ncargo test -p a --no-fail-fast');
  assert.equal(made('cargo +nightly test'), 'exec 2>&1\ncargo +nightly test --no-fail-fast');
  assert.equal(made('cargo test -- --nocapture'), 'exec 2>&1\ncargo test -- --nocapture');
  assert.equal(made('cargo build'), undefined);
  await withRecording('cargo-test', 'cargo-test-failing', (output) => {
    assert.equal(cargoTest.parse(output)?.complete, true);
    const command = 'cargo test -- --nocapture';
    assert.equal(cargoTest.parse({ ...output, command })?.complete, false);
  });
});
