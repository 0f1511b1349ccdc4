import type { FileChange } from '../change.ts';
import { isProse, type Rule, violation } from './rule.ts';

const leader = String.raw`(?:\/\/|\/\*|\*|#|<!--|\{\/\*|--|%|;)\s*`;
const comments = [
  String.raw`(?:eslint|oxlint|tslint|jshint|stylelint|jscs|standard)-(?:disable|ignore)\b`,
  String.raw`eslint\s+[\w@/-]+\s*:`,
  String.raw`eslint-env\b|jshint\s+ignore\b`,
  String.raw`(?:biome|rome|deno-lint|deno-coverage|flow|svelte|vue-tsc|astro)-ignore\b|\$Flow(?:FixMe|Ignore|Expected)\w*`,
  String.raw`@ts-(?:ignore|expect-error|nocheck)\b|@noflow\b`,
  String.raw`(?:ruff\s*:\s*|flake8\s*:\s*)?noqa\b|type:\s*ignore\b|(?:mypy|pyright|pyre|pytype|ruff|basedpyright)\s*:\s*(?:ignore|disable|basic|strict\s*=\s*false)`,
  String.raw`pyre-(?:ignore|fixme)\b|pylint\s*:\s*(?:disable|skip-file)|nosec\b|isort\s*:\s*skip|pragma\s*:\s*no\s*(?:cover|branch)`,
  String.raw`nolint\b|NOLINT\w*|NOSONAR\b|lint:ignore|revive:disable|#nosec\b|cppcheck-suppress\b|IWYU\s+pragma`,
  String.raw`(?:istanbul|c8|v8|node:coverage)\s+(?:ignore|disable)\b|LCOV_EXCL\w*|GCOV_EXCL\w*`,
  String.raw`rubocop\s*:\s*(?:disable|todo)|swiftlint\s*:\s*disable|ktlint-disable\b|detekt\s*:|noinspection\b|phpcs\s*:\s*(?:disable|ignore)|@phpstan-ignore|@psalm-suppress`,
  String.raw`shellcheck\s+disable=|hadolint\s+ignore=|yamllint\s+disable|markdownlint-disable|checkov:skip|tflint-ignore`,
];
const attributes = [
  String.raw`#!?\[\s*(?:cfg_attr\s*\([^)]*,\s*)?(?:allow|expect)\s*\(`,
  String.raw`@SuppressWarnings\b|@SuppressFBWarnings\b|@Suppress\s*\(|@file:Suppress\b`,
  String.raw`\[\s*(?:assembly\s*:\s*)?(?:SuppressMessage|ExcludeFromCodeCoverage)\b`,
  String.raw`#\s*pragma\s+(?:warning\s*\(?\s*disable|(?:GCC|clang)\s+diagnostic\s+ignored)`,
  String.raw`@no_type_check\b|@(?:typing\.)?no_type_check_decorator\b`,
];
const suppression = new RegExp(`${leader}(?:${comments.join('|')}).*|(?:${attributes.join('|')}).*`, 'i');

/**
 * No comment or attribute is added that silences a linter, a compiler or a coverage tool. One that only moved, also from
 * one file to another, is no news: where it came from the tool speaks again.
 */
export const suppressions: Rule = {
  name: 'suppressions',
  check({ files }) {
    const code = files.filter(({ path }) => !isProse(path));
    const moved = new Map<string, number>();
    for (const text of code.flatMap(({ removed }) => directives(removed))) {
      moved.set(text, (moved.get(text) ?? 0) + 1);
    }
    const adding = code.filter((file) => addsOne(file, moved));
    return violation(
      'Findings are to be mended, not silenced: suppression comments may not be added.',
      adding.map(({ path }) => path),
    );
  },
};

function addsOne({ added }: FileChange, moved: Map<string, number>): boolean {
  let adds = false;
  for (const text of directives(added)) {
    const left = moved.get(text) ?? 0;
    moved.set(text, left - 1);
    if (left <= 0) adds = true;
  }
  return adds;
}

function directives(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const text = suppression.exec(line)?.[0];
    return text === undefined ? [] : [text.replace(/\s+/g, ' ').trim()];
  });
}
