import { answerCommand } from '../answer.ts';

export const define = answerCommand('retry');
