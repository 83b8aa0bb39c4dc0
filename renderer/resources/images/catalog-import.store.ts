import { create } from 'zustand';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { importCatalogImage } from '../../api/v1.api.ts';

interface CatalogImports {
  /** The task that fetches or fetched an entry last, by the entry's id: an entry whose import failed says why. */
  taskIds: Readonly<Record<string, string>>;
  /** Entries whose import is being asked for. */
  asking: ReadonlySet<string>;
}

export const useCatalogImports = create<CatalogImports>(() => ({ taskIds: {}, asking: new Set() }));

/** Begins to fetch an entry; answers the image that will come of it. */
export async function importFromCatalog(entryId: string): Promise<string> {
  useCatalogImports.setState(({ asking }) => ({ asking: new Set([...asking, entryId]) }));
  try {
    const { task, imageId } = await importCatalogImage(entryId);
    if (task) useCatalogImports.setState(({ taskIds }) => ({ taskIds: { ...taskIds, [entryId]: task.id } }));
    void queryClient.invalidateQueries({ queryKey: keys.catalog.all });
    return imageId;
  } finally {
    useCatalogImports.setState(({ asking }) => ({ asking: new Set([...asking].filter((id) => id !== entryId)) }));
  }
}
