import { describeWorkspaces } from '../../../test/contracts/workspaces.contract.ts';
import { cloneWorkspaces } from './clone.ts';

describeWorkspaces(cloneWorkspaces);
