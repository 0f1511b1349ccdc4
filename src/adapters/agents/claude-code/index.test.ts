import { dialogAgentContract } from '../../../../test/contracts/dialog-agent.contract.ts';
import { recordedOutput } from '../../../../test/support/recorded-output.ts';
import { claudeCodeAgent } from './index.ts';

dialogAgentContract(claudeCodeAgent, recordedOutput('claude-code/2.1.328/permission-allowed'));
