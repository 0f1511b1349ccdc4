// Agents that speak the Agent Client Protocol.
import { findAgent } from '../../../src/adapters/registry.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { ModelServer } from '../../support/model-server/server.ts';
import { AcpClient, isPermissionRequest, type Mode } from './acp-client.ts';
import { faults, type Recording } from './recordings.ts';
import type { Take } from './take.ts';

interface AcpClientKind {
  /** As the registry has it; null: of one that has no adapter of its own. */
  name: string | null;
  argv: readonly string[];
  /** In which it asks before it runs a command, and in which it does not. */
  asking: Mode;
  free: Mode;
  /** Added to the environment where it shall ask, and where it shall not. */
  askingEnv?: Record<string, string>;
  freeEnv?: Record<string, string>;
}

interface Scene {
  client: AcpClient;
  take: Take;
  server: ModelServer;
}

type Act = (scene: Scene) => Promise<void>;

/** An agent that neither answers nor fails for so long is told to stop, as a watchdog would do. */
const watchdogMs = 20_000;

const oneTurn: Act = async ({ client }) => {
  const id = client.prompt();
  if (await client.turnEnd(id, watchdogMs)) return;
  client.cancel();
  await client.turnEnd(id, 5000);
};

const answered =
  (kind: string): Act =>
  async ({ client }) => {
    const id = client.prompt();
    await client.choose(kind);
    await client.turnEnd(id);
  };

const unanswered: Act = async ({ client, take }) => {
  client.prompt();
  await take.next(isPermissionRequest);
};

const followUp: Act = async ({ client }) => {
  await client.turnEnd(client.prompt('First.'));
  await client.turnEnd(client.prompt('Second.'));
};

const interrupted: Act = async ({ client, server }) => {
  const id = client.prompt();
  await waitFor('the request', () => server.log.asked('slow').length > 0, 30_000);
  client.cancel();
  await client.turnEnd(id, 15_000);
  await client.turnEnd(client.prompt('Say hello instead. [[scenario:hello]]'));
};

const refused: Act = async (scene) => {
  await scene.server.close();
  await oneTurn(scene);
};

export function acpRecordings(kind: AcpClientKind): readonly Recording[] {
  const agent = kind.name === null ? null : findAgent(kind.name);
  const recording = (name: string, scenario: string, act: Act): Recording => ({
    name,
    scenario,
    argv: kind.argv,
    patienceMs: 3000,
    env: (scenario === 'permission' ? kind.askingEnv : kind.freeEnv) ?? {},
    ...(agent === null ? {} : { agent }),
    drive: async (take, server) => {
      const client = new AcpClient(take, agent);
      await client.open(scenario === 'permission' ? kind.asking : kind.free);
      await act({ client, take, server });
      take.closeInput();
    },
  });
  return [
    recording('success', 'write', oneTurn),
    recording('permission-allowed', 'permission', answered('allow_once')),
    recording('permission-denied', 'permission', answered('reject_once')),
    recording('permission-unanswered', 'permission', unanswered),
    recording('follow-up', 'hello', followUp),
    recording('interrupt', 'slow', interrupted),
    recording('refused', 'write', refused),
    ...faults.map((name) => recording(name, name, oneTurn)),
  ];
}

export const opencode = acpRecordings({
  name: 'opencode',
  argv: ['opencode', 'acp'],
  asking: null,
  free: null,
  askingEnv: { OPENCODE_PERMISSION: '{"bash":"ask"}' },
});

export const gemini = acpRecordings({
  name: 'gemini',
  argv: ['gemini', '--acp', '-m', 'gemini-2.5-pro'],
  asking: { via: 'mode', value: 'default' },
  free: { via: 'mode', value: 'yolo' },
});

export const kimi = acpRecordings({
  name: 'kimi',
  argv: ['kimi', 'acp'],
  asking: { via: 'option', value: 'default' },
  free: { via: 'option', value: 'yolo' },
});

export const qwen = acpRecordings({
  name: 'qwen',
  argv: ['qwen', '--acp'],
  asking: { via: 'mode', value: 'default' },
  free: { via: 'mode', value: 'yolo' },
});

export const kilocode = acpRecordings({
  name: 'kilocode',
  argv: ['kilo', 'acp'],
  asking: null,
  free: null,
  askingEnv: { KILO_PERMISSION: '{"bash":"ask"}' },
  freeEnv: { KILO_PERMISSION: '{"bash":"allow"}' },
});

export const claudeAgentAcp = acpRecordings({
  name: null,
  argv: ['claude-agent-acp'],
  asking: { via: 'mode', value: 'default' },
  free: { via: 'mode', value: 'bypassPermissions' },
});
