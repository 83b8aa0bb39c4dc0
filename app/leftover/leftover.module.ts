import * as leftover from '../database/migrations/0013-leftover.ts';
import { defineModule } from '../module.ts';
import { LeftoverService } from './leftover.service.ts';

export const leftoverModule = defineModule({
  name: 'leftover',
  migrations: { '0013-leftover': leftover },
  make: () => ({ leftovers: new LeftoverService() }),
});
