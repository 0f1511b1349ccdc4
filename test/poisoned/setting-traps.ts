import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commit, identity, type Prey, setting, type Trap } from './prey.ts';

/** Runs a line of shell that gives git something to read. */
function fed(line: string, ...options: string[]): string[] {
  return [...options, '-c', `alias.fed=!${line}`, 'fed'];
}

const askForPassword = fed('printf "protocol=https\\nhost=x\\n\\n" | git credential fill');

function settings(what: string, values: Record<string, string>, spring: string[]): Trap {
  return {
    what,
    set: async ({ repository, trap }) => {
      for (const [key, value] of Object.entries(values)) {
        await repository.git('config', key.replace('TRAP', trap), value.replace('TRAP', trap));
      }
    },
    spring: ({ repository }) => repository.git(...spring),
  };
}

/** A commit with a signature, which `git log` would have checked by a program. */
async function signCommit({ repository, directory }: Prey): Promise<void> {
  const [header = '', ...message] = (await repository.git('cat-file', 'commit', 'HEAD')).split('\n\n');
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----';
  const file = path.join(directory, 'signed');
  await writeFile(file, `${header}\n${signature}\n\n${message.join('\n\n')}\n`);
  await repository.git('update-ref', 'HEAD', await repository.git('hash-object', '-t', 'commit', '-w', file));
}

const ext = { 'protocol.ext.allow': 'always' };

/** Settings that do not get into each other's way: they lie side by side, each with a canary of its own. */
export const settingTraps: readonly Trap[] = [
  setting('core.editor', '', [...identity, 'commit', '--allow-empty']),
  setting('alias.evil', '!TRAP x', ['evil']),
  setting('core.sshCommand', '', ['fetch', 'ssh://localhost/x']),
  setting('core.gitProxy', '', ['fetch', 'git://localhost/x']),
  setting('core.askPass', '', askForPassword),
  setting('credential.helper', '!TRAP', askForPassword),
  setting('remote.evil.uploadpack', '', ['fetch', 'evil']),
  {
    what: 'remote.r.receivepack',
    set: async ({ repository, trap }) => {
      await repository.git('config', 'remote.r.url', repository.path);
      await repository.git('config', 'remote.r.receivepack', trap);
    },
    spring: ({ repository }) => repository.git('push', 'r', 'HEAD:refs/heads/x'),
  },
  settings('remote.v.vcs', { ...ext, 'remote.v.vcs': 'ext', 'remote.v.url': 'TRAP x' }, ['fetch', 'v']),
  settings('an ext:: address', { ...ext, 'remote.e.url': 'ext::TRAP x' }, ['fetch', 'e']),
  settings('url.….insteadOf', { ...ext, 'url.ext::TRAP x .insteadOf': 'https://' }, ['fetch', 'https://x/y']),
  setting('trailer.evil.command', '', [...commit, '--trailer=evil=x']),
  setting('trailer.other.cmd', '', [...commit, '--trailer=other=x']),
  setting('sequence.editor', '', [
    ...identity,
    'rebase',
    '--autostash',
    '--interactive',
    '--no-ff',
    'HEAD~1',
  ]),
  setting('difftool.evil.cmd', 'TRAP x', ['difftool', '--no-prompt', '--tool=evil', 'HEAD~1']),
  setting('tar.evil.command', '', ['archive', '--format=evil', 'HEAD']),
  setting('gpg.ssh.defaultKeyCommand', 'TRAP x', ['-c', 'gpg.format=ssh', ...commit, '--gpg-sign']),
  setting('gpg.ssh.program', '', [
    '-c',
    'gpg.format=ssh',
    '-c',
    'user.signingKey=/dev/null',
    ...commit,
    '--gpg-sign',
  ]),
  settings('tag.gpgSign', { 'tag.gpgSign': 'true', 'gpg.x509.program': 'TRAP' }, [
    '-c',
    'gpg.format=x509',
    ...identity,
    'tag',
    '-m',
    'x',
    'x',
  ]),
  {
    what: 'log.showSignature with gpg.program',
    set: async (prey) => {
      await signCommit(prey);
      await prey.repository.git('config', 'log.showSignature', 'true');
      await prey.repository.git('config', 'gpg.program', prey.trap);
    },
    spring: ({ repository }) => repository.git('log', '--grep=work'),
  },
];
