/** What of a git command's options decides its environment. */
interface Surroundings {
  gitDir?: string;
  workTree?: string;
  indexFile?: string;
  env?: Readonly<Record<string, string>>;
  asUser?: boolean;
}

/**
 * Settings that hold whatever a repository's own configuration says. They cannot make plain git safe in a directory of
 * an agent's (names of filters and drivers are free): there, only fetch from it, or read its files with a git directory
 * and an index of ours.
 */
const settings: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.untrackedCache': 'false',
  'core.attributesFile': '/dev/null',
  'core.excludesFile': '/dev/null',
  'core.autocrlf': 'false',
  'core.safecrlf': 'false',
  'core.alternateRefsCommand': 'true',
  'core.quotepath': 'off',
  'core.sshCommand': 'false',
  'core.pager': 'cat',
  'core.editor': 'false',
  'credential.helper': '',
  'checkout.workers': '0',
  'checkout.thresholdForParallelism': '100',
  'commit.gpgSign': 'false',
  'tag.gpgSign': 'false',
  'push.gpgSign': 'false',
  'push.followTags': 'false',
  'log.showSignature': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.version': '2',
  'protocol.allow': 'never',
  'protocol.file.allow': 'always',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'push.recurseSubmodules': 'no',
  'advice.detachedHead': 'false',
  // Whose repository it is was checked when a person named it (`openTarget`); the hub and the clones are ours.
  'safe.directory': '*',
};

export const settingsAsArguments = Object.entries(settings).flatMap(([key, value]) => [
  '-c',
  `${key}=${value}`,
]);

const environment: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  // A path in the configuration may begin with `~`, which is fatal without a home; nothing of the real one is read.
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  GIT_PAGER: 'cat',
  GIT_EDITOR: 'false',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  // The other end of a fetch is an agent's repository, which must not make git load missing objects from anywhere.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'file',
  GIT_DEFAULT_REF_FORMAT: 'files',
  GIT_AUTHOR_NAME: 'ao',
  GIT_AUTHOR_EMAIL: 'ao@localhost',
  GIT_COMMITTER_NAME: 'ao',
  GIT_COMMITTER_EMAIL: 'ao@localhost',
};

const ofTheUser = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'];

export function environmentFor(options: Surroundings): Record<string, string> {
  const base = new Map(Object.entries(environment));
  for (const name of options.asUser ? ofTheUser : []) {
    const value = process.env[name];
    if (value === undefined) base.delete(name);
    else base.set(name, value);
  }
  return {
    ...Object.fromEntries(base),
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    ...(options.gitDir === undefined ? {} : { GIT_DIR: options.gitDir }),
    ...(options.workTree === undefined ? {} : { GIT_WORK_TREE: options.workTree }),
    ...(options.indexFile === undefined ? {} : { GIT_INDEX_FILE: options.indexFile }),
    ...options.env,
  };
}
