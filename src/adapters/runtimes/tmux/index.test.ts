import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { floodBytes, runtimeContract } from '../../../../test/contracts/runtime.contract.ts';
import { hasTmux } from '../../../../test/scenarios/support/terminal.ts';
import { tmuxRuntime } from './index.ts';

const sh = (script: string): string[] => ['/bin/sh', '-c', script];
const skip = hasTmux ? false : 'there is no tmux';
const folder = mkdtempSync(join(tmpdir(), 'ao-tmux-'));
const socket = join(folder, 's');
after(() => rmSync(folder, { recursive: true, force: true }));

runtimeContract(
  'tmux',
  () => tmuxRuntime(socket),
  {
    greet: sh('echo hello; exit 7'),
    copy: ['/bin/cat'],
    environment: sh('echo "${PLANTED:--} ${AO_MARK:--} ${HOME:--}"'),
    hang: sh('echo ready; exec sleep 60'),
    stubborn: sh('trap "" TERM; echo ready; exec sleep 60'),
    flood: sh(`head -c ${floodBytes} /dev/zero | tr '\\0' f`),
  },
  { newline: '\r\n', skip },
);
