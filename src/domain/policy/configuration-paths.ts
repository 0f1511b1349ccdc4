import { nameOf } from './rule.ts';

const js = String.raw`\.(?:[cm]?[jt]s|json[5c]?|ya?ml|toml)`;
const names = new RegExp(
  `^(?:${[
    // tests and coverage
    String.raw`(?:jest|vitest|ava|playwright|cypress|karma|wdio|mocha|nyc|c8|stryker)\.(?:config|conf|workspace)\b.*`,
    String.raw`\.(?:mocha|nyc|c8|tap|ava)rc.*|cypress\.json|\.(?:coveragerc|pytest\.ini|rspec|simplecov)|pytest\.(?:ini|toml)|tox\.(?:ini|toml)|noxfile\.py|phpunit\.xml.*|codecov\.ya?ml|\.codecov\.ya?ml`,
    // linters, types and formatters
    String.raw`\.(?:eslint|oxlint|stylelint|prettier|jshint|jscs|pylint|swcrc|babel|commitlint|lintstaged)(?:rc|ignore)?(?:${js})?|(?:eslint|stylelint|prettier|lint-staged|babel|commitlint|oxlint|oxfmt)\.config\b.*|oxlint\.json|\.?biome\.jsonc?`,
    String.raw`tsconfig\b.*\.json|jsconfig\.json|\.?(?:ruff|mypy|clippy|rustfmt)\.(?:toml|ini)|\.flake8|pylintrc|pyrightconfig\.json|\.isort\.cfg|\.bandit|\.golangci\..*|\.rubocop.*\.yml|phpstan\.neon.*|psalm\.xml|\.clang-(?:tidy|format)|\.shellcheckrc|checkstyle.*\.xml|sonar-project\.properties`,
    // builds, runners and tool versions
    String.raw`(?:vite|webpack|rollup|rspack|esbuild|tsup|turbo|nx|lerna|rush|gulpfile|gruntfile)(?:\.config)?${js}|\.pnpmfile\.[cm]?js|pnpm-workspace\.yaml|\.?(?:npm|yarn|pnpm)rc(?:\.yml)?|bunfig\.toml|rakefile|rust-toolchain(?:\.toml)?`,
    String.raw`\.(?:nvmrc|node-version|python-version|ruby-version|tool-versions)|\.?mise\.toml|\.pre-commit-config\.yaml|lefthook\.ya?ml|(?:site|user)customize\.py|.*\.pth`,
    // CI
    String.raw`jenkinsfile|azure-pipelines.*\.ya?ml|\.(?:travis|drone|gitlab-ci)\.ya?ml|bitbucket-pipelines\.yml|\.?appveyor\.yml|cloudbuild\.ya?ml|\.cirrus\.yml`,
  ].join('|')})$`,
  'i',
);
const folders =
  /(?:^|\/)(?:\.github|\.gitlab|\.circleci|\.buildkite|\.woodpecker|\.ci|\.husky|\.githooks|\.cargo|\.storybook)\//;
const installed = /(?:^|\/)(?:node_modules|\.?venv|site-packages|\.yarn|\.pnp\.c?js)(?:\/|$)/;
const runners = /(?:^|\/)(?:_?pytest|unittest|doctest|pluggy|nose2?|coverage)(?:\.py$|\/)/;
const ours = /^(?:agent-orchestrator\.ya?ml|TASK\.md|\.ao(?:\/.*)?)$/;

/** Configuration of tests, linters, builds and CI that holds nothing else. */
export function isConfiguration(path: string): boolean {
  return folders.test(path) || names.test(nameOf(path));
}

/** What a package manager installs, or a module that would stand in front of a test runner's own. */
export function isTool(path: string): boolean {
  return installed.test(path) || runners.test(path);
}

export function isOurs(path: string): boolean {
  return ours.test(path);
}

const locks: Record<string, string> = {
  'package-lock.json': 'package.json',
  'npm-shrinkwrap.json': 'package.json',
  'yarn.lock': 'package.json',
  'pnpm-lock.yaml': 'package.json',
  'bun.lock': 'package.json',
  'bun.lockb': 'package.json',
  'deno.lock': 'deno.json',
  'poetry.lock': 'pyproject.toml',
  'uv.lock': 'pyproject.toml',
  'pdm.lock': 'pyproject.toml',
  'Pipfile.lock': 'Pipfile',
  'Cargo.lock': 'Cargo.toml',
  'composer.lock': 'composer.json',
  'Gemfile.lock': 'Gemfile',
};

export function isLockFile(path: string): boolean {
  return Object.hasOwn(locks, nameOf(path));
}

/** A lock file that changes although no manifest does that it stands for: beside it, or below it in a workspace. */
export function isStrayLock(path: string, changed: readonly string[]): boolean {
  const manifest = isLockFile(path) ? locks[nameOf(path)] : undefined;
  if (manifest === undefined) return false;
  const folder = path.slice(0, path.length - nameOf(path).length);
  return !changed.some((other) => other.startsWith(folder) && nameOf(other) === manifest);
}
