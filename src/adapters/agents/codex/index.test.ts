import { dialogAgentContract } from '../../../../test/contracts/dialog-agent.contract.ts';
import { recordedOutput } from '../../../../test/support/recorded-output.ts';
import { codexAgent } from './index.ts';

dialogAgentContract(codexAgent, recordedOutput('codex/0.169.0/permission-allowed'));
