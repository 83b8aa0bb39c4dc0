import { useQuery } from '@tanstack/react-query';
import { getImage, listImages } from '../../../api/image.api.ts';
import { keys } from '../../../api/query-keys.ts';

export function useImages() {
  return useQuery({ queryKey: keys.images.list, queryFn: ({ signal }) => listImages(signal) });
}

export function useImage(id: string) {
  return useQuery({ queryKey: keys.images.detail(id), queryFn: ({ signal }) => getImage(id, signal) });
}
