import { Tabs } from '@mantine/core';
import { IconDisc, IconUpload } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { LinkButton } from '../../../design/LinkButton.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { usePaletteCommands } from '../../../kernel/palette.store.ts';
import { useProjectNames } from '../../../kernel/use-project-names.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { IMAGE_ACTIONS } from '../actions/image-actions.ts';
import { CatalogTab } from '../CatalogTab.tsx';
import { openUploadDialog } from '../dialogs/open-upload-dialog.tsx';
import { useImageColumns } from '../hooks/use-image-columns.tsx';
import { useImageProgress } from '../hooks/use-image-progress.ts';
import { useImages } from '../hooks/use-images.ts';
import { mayCreateImages } from '../image-rights.ts';

/** The images of the project and those open to it; beside them, what can be fetched from outside. */
export function ImagesPage() {
  const { t } = useTranslation('images');
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/images' });
  const right = mayCreateImages(useCurrentUser());
  const shown = tab === 'catalog' ? 'catalog' : 'images';
  useShortcut({ keys: 'U', label: t('upload.action'), group: t('title') }, () => {
    if (right.allowed) openUploadDialog();
  });
  usePaletteCommands(
    useMemo(
      () => [
        {
          id: 'image-upload',
          label: t('upload.action'),
          group: t('title'),
          icon: IconUpload,
          run: () => openUploadDialog(),
        },
      ],
      [t],
    ),
  );
  const upload = (
    <ReasonedButton
      leftSection={<IconUpload size={16} aria-hidden="true" />}
      verdict={right}
      onClick={() => openUploadDialog()}
    >
      {t('upload.action')}
    </ReasonedButton>
  );
  return (
    <Page>
      <PageHeader title={t('title')} actions={upload} />
      <Tabs
        value={shown}
        onChange={(value) => void navigate({ to: '/images', search: value === 'catalog' ? { tab: 'catalog' } : {} })}
        mb={8}
      >
        <Tabs.List>
          <Tabs.Tab value="images">{t('tab.images')}</Tabs.Tab>
          <Tabs.Tab value="catalog">{t('tab.catalog')}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {shown === 'catalog' ? <CatalogTab /> : <ImageTable />}
    </Page>
  );
}

function ImageTable() {
  const { t } = useTranslation('images');
  const navigate = useNavigate();
  const images = useImages();
  const columns = useImageColumns(useProjectNames());
  const progressOf = useImageProgress();
  return (
    <DataTable
      id="images"
      label={t('title')}
      columns={columns}
      rows={images.data}
      error={images.error}
      onRetry={() => void images.refetch()}
      countLabel={(count) => t('count', { count })}
      searchLabel={t('search')}
      defaultSort="-age"
      actions={IMAGE_ACTIONS}
      onOpen={(image) => void navigate({ to: '/images/$id', params: { id: image.id } })}
      rowProgress={progressOf}
      empty={
        <EmptyState
          icon={<IconDisc size={32} stroke={1.5} />}
          title={t('none')}
          text={t('noneText')}
          action={
            <LinkButton to="/images" search={{ tab: 'catalog' }}>
              {t('openCatalog')}
            </LinkButton>
          }
        />
      }
    />
  );
}
