// The reader of each client's screen.
import { readScreen as claudeCode } from '../../../src/adapters/agents/claude-code/screen.ts';
import { readScreen as codex } from '../../../src/adapters/agents/codex/screen.ts';
import type { ScreenReader } from '../../../src/adapters/agents/screen-parts.ts';

import { readGeminiScreen as gemini } from '../../../src/adapters/agents/acp/screens/gemini.ts';
import { readKimiScreen as kimi } from '../../../src/adapters/agents/acp/screens/kimi.ts';
import {
  readKiloScreen as kilocode,
  readOpencodeScreen as opencode,
} from '../../../src/adapters/agents/acp/screens/opencode.ts';
import { readQwenScreen as qwen } from '../../../src/adapters/agents/acp/screens/qwen.ts';

export const readers: Readonly<Record<string, ScreenReader>> = {
  'claude-code': claudeCode,
  codex,
  gemini,
  kimi,
  opencode,
  kilocode,
  qwen,
};
