// What keeps clients from everybody but us, and what proves that they asked nobody else.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const works = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** What to put before a command so that it has no network but a loopback of its own; null where that cannot be had. */
export function isolated(): string[] | null {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  if (works('ip', ['-V']) && works('unshare', ['--net', ...user, 'true']))
    return ['unshare', '--net', ...user, '--'];
  const bubble = ['--dev-bind', '/', '/', '--unshare-net', '--']; // brings its loopback up by itself
  return works('bwrap', [...bubble, 'true']) ? ['bwrap', ...bubble] : null;
}

/** Within the namespace: true when loopback is all there is, and it works. */
export function loopbackOnly(): boolean {
  spawnSync('ip', ['link', 'set', 'lo', 'up'], { stdio: 'ignore' });
  const interfaces = readFileSync('/proc/net/dev', 'utf8').split('\n').slice(2);
  return interfaces.filter((line) => line.trim() !== '').every((line) => line.trim().startsWith('lo:'));
}

/** Put before a client's command: writes to `file` whom it and all that it starts try to reach. */
export const traced = (file: string): string[] =>
  `strace -f -qq --seccomp-bpf -e trace=connect,sendto,sendmsg,sendmmsg -e signal=none -o ${file} --`.split(
    ' ',
  );

export const canTrace = (): boolean => works('strace', ['-V']);

export interface Attempt {
  address: string;
  port: number;
  /** The system refused: nothing left the machine. */
  failed: boolean;
}

const inet = /sin6?_port=htons\((\d+)\).*?(?:inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")/;

/** Every attempt at an address of the internet's families; sockets of the file system lead nowhere else. */
export function attemptsIn(trace: string): Attempt[] {
  return wholeCalls(trace).flatMap((call) => {
    const [, port, four, six] = inet.exec(call) ?? [];
    if (port === undefined) return [];
    return [{ address: four ?? six ?? '', port: Number(port), failed: / = -1 E(?!INPROGRESS)/.test(call) }];
  });
}

/** A call during which another thread's was written stands in two lines: they are put together. */
function wholeCalls(trace: string): string[] {
  const begun = new Map<string, string>();
  const calls: string[] = [];
  for (const line of trace.split('\n')) {
    const thread = line.split(' ', 1)[0] ?? '';
    if (line.endsWith('<unfinished ...>')) begun.set(thread, line);
    else if (line.includes(' resumed>')) {
      calls.push(`${begun.get(thread) ?? ''}${line}`);
      begun.delete(thread);
    } else calls.push(line);
  }
  return [...calls, ...begun.values()];
}

/** A name server on loopback asks others, so a question to it leaves loopback too. */
export const leaves = ({ address, port }: Attempt): boolean =>
  port === 53 || !/^(?:127\.|::1$|::ffff:127\.)/.test(address);
