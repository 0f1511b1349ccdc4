import { describeWorkspaces } from '../../../test/contracts/workspaces.contract.ts';
import { worktreeWorkspaces } from './worktree.ts';

describeWorkspaces(worktreeWorkspaces);
