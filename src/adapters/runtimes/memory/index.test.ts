import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { floodBytes, runtimeContract } from '../../../../test/contracts/runtime.contract.ts';
import { type MemoryProgram, memoryRuntime } from './index.ts';

const record: MemoryProgram = async ({ cwd, print, written }) => {
  print('ready\n');
  for await (const text of written) await appendFile(join(cwd, 'received'), text);
  return 0;
};
const forever = new Promise<never>(() => {});

runtimeContract(
  'memory',
  () =>
    memoryRuntime({
      greet: async ({ print }) => {
        print('hello\n');
        return 7;
      },
      copy: async ({ print, input, written }) => {
        print(input);
        for await (const text of written) print(text);
        return 0;
      },
      environment: async ({ print, env }) => {
        print(`${env['PLANTED'] ?? '-'} ${env['AO_MARK'] ?? '-'} ${env['HOME'] ?? '-'}\n`);
        return 0;
      },
      hang: async ({ print, signal }) => {
        print('ready\n');
        await once(signal, 'abort');
        throw signal.reason;
      },
      stubborn: async ({ print }) => {
        print('ready\n');
        return forever;
      },
      flood: async ({ print }) => {
        for (let left = floodBytes; left > 0; left -= 1000) print('f'.repeat(Math.min(left, 1000)));
        return 0;
      },
      answer: async ({ print, written }) => {
        print('ready\n');
        for await (const line of written) {
          print(`read ${line}`);
          break;
        }
        return 0;
      },
      record,
      recordSlowly: record,
      report: async ({ tell, written }) => {
        tell('one known-secret-value\n');
        for await (const _ of written) break;
        tell('two\n');
        return 0;
      },
    }),
  {
    greet: ['greet'],
    copy: ['copy'],
    environment: ['environment'],
    hang: ['hang'],
    stubborn: ['stubborn'],
    flood: ['flood'],
    answer: ['answer'],
    record: ['record'],
    recordSlowly: ['recordSlowly'],
    report: ['report'],
  },
  { tellsResources: false },
);
