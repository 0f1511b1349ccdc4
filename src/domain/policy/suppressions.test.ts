import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adding, refused } from './test-support/edit.ts';

const isRefused = (path: string, line: string) => refused(adding(path, line), {}, 'suppressions').length > 0;

test('comments that silence a tool may not be added', () => {
  const cheats: [path: string, line: string][] = [
    ['a.js', '// eslint-disable-next-line no-unused-vars'],
    ['a.js', '/* eslint-disable */'],
    ['a.js', 'foo(); // eslint-disable-line'],
    ['a.js', '/* eslint no-undef: 0 */'],
    ['a.jsx', '{/* eslint-disable-next-line */}'],
    ['a.js', '// oxlint-disable-next-line'],
    ['a.ts', '// @ts-ignore'],
    ['a.ts', '  // @ts-expect-error later'],
    ['a.ts', '// @ts-nocheck'],
    ['a.ts', '// biome-ignore lint: because'],
    ['a.ts', '/* istanbul ignore next */'],
    ['a.js', '/* c8 ignore start */'],
    ['a.js', '/* node:coverage disable */'],
    ['a.py', 'import os  # noqa'],
    ['a.py', 'import os  # noqa: F401'],
    ['a.py', '# ruff: noqa'],
    ['a.py', 'x = f()  # type: ignore[arg-type]'],
    ['a.py', '# mypy: ignore-errors'],
    ['a.py', '# pylint: disable=all'],
    ['a.py', 'x()  # pragma: no cover'],
    ['a.py', 'x()  # nosec'],
    ['a.go', 'x() //nolint:errcheck'],
    ['a.rs', '#[allow(unused)]'],
    ['a.rs', '#![allow(dead_code)]'],
    ['a.java', '@SuppressWarnings("unchecked")'],
    ['a.java', 'x(); // NOSONAR'],
    ['a.kt', '@Suppress("UNUSED")'],
    ['a.c', '#pragma GCC diagnostic ignored "-Wall"'],
    ['a.cpp', 'x(); // NOLINTNEXTLINE'],
    ['a.cs', '#pragma warning disable CS0168'],
    ['a.rb', 'x # rubocop:disable Style/All'],
    ['a.sh', '# shellcheck disable=SC2086'],
  ];
  assert.deepEqual(
    cheats.filter(([path, line]) => !isRefused(path, line)),
    [],
  );
});

test('lines that only speak of such things may be added', () => {
  const honest: [path: string, line: string][] = [
    ['a.js', 'const rules = ["eslint-disable"];'],
    ['a.js', '// we ignore empty rows here'],
    ['a.js', '// disabled until the user logs in'],
    ['a.ts', 'const type: Ignore = parse(text);'],
    ['a.py', '# ignore what comes after the last row'],
    ['a.py', 'noqa = load()'],
    ['a.rs', '#[derive(Debug)]'],
    ['a.go', '// lint the input before parsing'],
    ['a.c', '#pragma once'],
    ['README.md', 'Use `// eslint-disable-next-line` sparingly.'],
  ];
  assert.deepEqual(
    honest.filter(([path, line]) => isRefused(path, line)),
    [],
  );
});

test('a suppression that moves with its code is no news, a second one is', () => {
  const line = '// eslint-disable-next-line no-console';
  const moving = {
    'old.js': { before: `a\n  ${line}\nb\n`, after: 'a\n' },
    'new.js': { before: null, after: `${line}\nb\n` },
  };
  assert.deepEqual(refused(moving, {}, 'suppressions'), []);
  const twice = { ...moving, 'third.js': { before: 'c\n', after: `c\n${line}\n` } };
  assert.deepEqual(refused(twice, {}, 'suppressions'), ['suppressions: third.js']);
});

test('removing a suppression is welcome', () => {
  const edits = { 'a.js': { before: '// eslint-disable-line\na\n', after: 'a\n' } };
  assert.deepEqual(refused(edits, {}, 'suppressions'), []);
});
