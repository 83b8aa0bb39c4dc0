import { useQuery } from '@tanstack/react-query';
import { getImage, listImageMembers, listImages } from '../../../api/image.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { listCatalog } from '../../../api/v1.api.ts';

export function useImages() {
  return useQuery({ queryKey: keys.images.list, queryFn: ({ signal }) => listImages(signal) });
}

export function useImage(id: string) {
  return useQuery({ queryKey: keys.images.detail(id), queryFn: ({ signal }) => getImage(id, signal) });
}

/** The projects a shared image is open to. */
export function useImageMembers(id: string, isShared: boolean) {
  return useQuery({
    queryKey: keys.images.members(id),
    queryFn: ({ signal }) => listImageMembers(id, signal),
    enabled: isShared,
  });
}

/** Official images that the controller can fetch, and the small Linux it can build. */
export function useCatalog() {
  return useQuery({ queryKey: keys.catalog.list, queryFn: ({ signal }) => listCatalog(signal) });
}
