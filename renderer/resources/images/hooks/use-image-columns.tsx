import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import { GIB, MIB } from '../../../design/byte-size.ts';
import { formatDateTime } from '../../../design/duration.ts';
import { ByteSize, TimeAgo } from '../../../design/Figures.tsx';
import { TagList } from '../../../design/TagList.tsx';
import type { Column } from '../../../design/table/column.ts';
import { OsIcon } from '../../machines/OsIcon.tsx';
import { ImageState } from '../ImageState.tsx';
import { imageName, statusLabel, visibilityLabel } from '../image-state.ts';
import classes from '../images.module.css';

/** The columns of the list; `projects` names owners, for administrators. */
export function useImageColumns(projects: ReadonlyMap<string, string>): readonly Column<ImageView>[] {
  const { t } = useTranslation('images');
  return useMemo<Column<ImageView>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        value: imageName,
        cell: (image) => (
          <Link to="/images/$id" params={{ id: image.id }} className={classes.name} title={imageName(image)}>
            <OsIcon of={image} />
            <span className="truncate">{imageName(image)}</span>
          </Link>
        ),
        width: { min: 208, share: 4 },
        isFixed: true,
      },
      {
        id: 'status',
        header: t('state'),
        value: (image) => image.status,
        cell: (image) => <ImageState image={image} />,
        width: 140,
        filter: { label: statusLabel },
      },
      { id: 'format', header: t('format'), value: (image) => image.disk_format, width: 84, filter: {} },
      {
        id: 'size',
        header: t('size'),
        value: (image) => image.size,
        cell: (image) => <ByteSize bytes={image.size} />,
        width: 84,
        align: 'end',
        isUnsearched: true,
      },
      {
        id: 'virtual',
        header: t('virtualSize'),
        value: (image) => image.virtual_size,
        cell: (image) => <ByteSize bytes={image.virtual_size} />,
        width: 92,
        givesWay: 2,
        align: 'end',
        isUnsearched: true,
      },
      {
        id: 'visibility',
        header: t('visibleTo'),
        value: (image) => image.visibility,
        cell: (image) => <span className="truncate">{visibilityLabel(image.visibility)}</span>,
        width: { min: 136, share: 1 },
        filter: { label: visibilityLabel },
      },
      {
        id: 'min-ram',
        header: t('minRamShort'),
        value: (image) => image.min_ram,
        cell: (image) => <ByteSize bytes={image.min_ram > 0 ? image.min_ram * MIB : null} />,
        width: 88,
        givesWay: 3,
        align: 'end',
        isUnsearched: true,
      },
      {
        id: 'min-disk',
        header: t('minDiskShort'),
        value: (image) => image.min_disk,
        cell: (image) => <ByteSize bytes={image.min_disk > 0 ? image.min_disk * GIB : null} />,
        width: 88,
        givesWay: 3,
        align: 'end',
        isUnsearched: true,
      },
      {
        id: 'tags',
        header: t('tags'),
        value: (image) => image.tags.join(', '),
        cell: ({ tags }) => tags.length > 0 && <TagList tags={tags} isOneLine />,
        width: { min: 88, share: 1.4 },
        givesWay: 1,
      },
      {
        id: 'age',
        header: t('age'),
        value: (image) => image.created_at,
        cell: (image) => <TimeAgo time={image.created_at} />,
        width: 80,
        align: 'end',
        isUnsearched: true,
      },
      {
        id: 'owner',
        header: t('owner'),
        value: (image) => (image.owner ? (projects.get(image.owner) ?? image.owner) : null),
        width: { min: 104, share: 1 },
        isHidden: true,
      },
      {
        id: 'protected',
        header: t('protected'),
        value: (image) => t(image.protected ? 'yes' : 'no'),
        width: 96,
        isHidden: true,
      },
      {
        id: 'updated',
        header: t('updated'),
        value: (image) => image.updated_at,
        cell: (image) => <span className="numeric truncate">{formatDateTime(image.updated_at)}</span>,
        width: 184,
        isHidden: true,
        isUnsearched: true,
      },
      {
        id: 'id',
        header: 'ID',
        value: (image) => image.id,
        cell: (image) => <span className="mono truncate">{image.id}</span>,
        width: 288,
        isHidden: true,
      },
    ],
    [t, projects],
  );
}
