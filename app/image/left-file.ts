import type { Database } from '../database/database.ts';
import { imageFileLeftover, type LeftoverService } from '../leftover/leftover.service.ts';
import type { ImageStore } from './image-store.ts';

/** Once the transaction that left the file of an image behind is over; where this fails, the next start does it. */
export async function removeLeftFile(
  { database, store, leftovers }: { database: Database; store: ImageStore; leftovers: LeftoverService },
  imageId: string,
): Promise<void> {
  await store.remove(imageId);
  await database.transaction((trx) => leftovers.remove(trx, imageFileLeftover(imageId)));
}
