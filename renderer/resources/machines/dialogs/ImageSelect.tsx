import { Select, type SelectProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listImages } from '../../../api/image.api.ts';
import { keys } from '../../../api/query-keys.ts';

/** At a time, of names that are found as one types. */
const OFFERED = 60;

/**
 * Of the images that can start a machine now; `none` is what an empty choice means, where there is that. The list stays shut
 * when the field gets the focus: a dialog that begins with it shows its other fields first.
 */
export function ImageSelect({ none, ...props }: Omit<SelectProps, 'data'> & { none?: string }) {
  const images = useQuery({ queryKey: keys.images.list, queryFn: ({ signal }) => listImages(signal) }).data ?? [];
  const choices = images
    .filter((image) => image.status === 'active' && !image.os_hidden)
    .map(({ id, name }) => ({ value: id, label: name ?? id }));
  const data = none === undefined ? choices : [{ value: '', label: none }, ...choices];
  return <Select searchable openOnFocus={false} allowDeselect={false} limit={OFFERED} data={data} {...props} />;
}
