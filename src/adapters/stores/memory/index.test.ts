import { storeContract } from '../../../../test/contracts/store.contract.ts';
import { openMemoryStore } from './index.ts';

storeContract('memory', async (clock) => openMemoryStore(clock));
