import type { Context } from '../contract/context.ts';
import type { TaskView } from '../contract/task.ts';
import { UNLIMITED } from '../quota/quota.limits.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { BLOCK_BYTES } from './block-writer.ts';
import { IMAGE_QUOTAS } from './image.quotas.ts';
import type { ImageRepository } from './image.repository.ts';
import type { ImageStore } from './image-store.ts';

export type ImportFilter = Omit<Parameters<TaskService['list']>[0], 'visibleTo'>;

interface Parts {
  tasks: TaskService;
  quota: QuotaService;
  repository: ImageRepository;
  store: ImageStore;
}

/** What the image service tells of itself. Whoever calls has checked who asks. */
export class ImageInformationService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of everybody. */
  async tasks(filter: ImportFilter): Promise<TaskView[]> {
    return await this.#parts.tasks.list({ ...filter, visibleTo: 'all' });
  }

  async task(id: string): Promise<TaskView | undefined> {
    return await this.#parts.tasks.find(id);
  }

  /** What the project has of what is limited, by Glance's names. */
  async usage({ projectId }: Context) {
    const { images, image_size_total: size } = await this.#parts.quota.usage(projectId ?? '', null, IMAGE_QUOTAS);
    const uploading = await this.#parts.repository.uploading(projectId ?? '');
    const none = { limit: UNLIMITED, used: 0 };
    return {
      image_size_total: toUsage(size ?? none),
      // There is no place where data waits for an import.
      image_stage_total: toUsage(none),
      image_count_total: toUsage(images ?? none),
      image_count_uploading: toUsage({ ...none, used: uploading }),
    };
  }

  storeProperties() {
    return { data_dir: this.#parts.store.dir, chunk_size: BLOCK_BYTES, thin_provisioning: false };
  }
}

function toUsage({ limit, used }: { limit: number; used: number }) {
  return { limit, usage: used };
}
