import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { DetailPanel } from '../design/DetailPanel.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { Page, PageHeader, PageNote } from '../design/PageHeader.tsx';
import { DataTable } from '../design/table/DataTable.tsx';
import { CreateButton, CreateButtons } from './CreateButtons.tsx';
import { NoSuchPage } from './NoSuchPage.tsx';
import { PageLink } from './PageLink.tsx';
import { type AnyResource, findResource } from './resource.ts';
import { resourceText } from './resource-text.ts';
import { ThingActions, ThingBody, ThingState } from './ThingParts.tsx';
import { useOpenThing } from './use-open-thing.ts';
import { useResourceColumns } from './use-resource-columns.tsx';
import { useResourceList } from './use-resource-list.ts';
import { useThingCommands } from './use-thing-commands.ts';
import { usualSort } from './use-things.ts';

/** The page of any resource: its list, and beside it the thing that is open. */
export function ResourcePage() {
  const { resource: name } = useParams({ from: '/frame/$resource' });
  const resource = findResource(name);
  return resource ? <ResourceList key={name} resource={resource} /> : <NoSuchPage />;
}

function ResourceList({ resource }: { resource: AnyResource }) {
  const { icon: Icon, note: Note } = resource;
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/$resource' });
  const open = (id: string | undefined): void =>
    void navigate({ to: '.', search: (before: { panel?: string }) => ({ ...before, panel: id }) });
  const list = useResourceList(resource);
  const columns = useResourceColumns(resource);
  const close = (): void => open(undefined);
  const opened = useOpenThing(resource, list.rows, panel, close);
  useThingCommands(resource.actions, opened?.thing, opened?.thing ? resource.label(opened.thing) : '');
  const title = resourceText(resource, 'title');
  const first = resource.create?.[0];
  return (
    <Page>
      <PageHeader title={title} actions={resource.create && <CreateButtons resource={resource} />} />
      {Note && (
        <PageNote>
          <Note />
        </PageNote>
      )}
      <DataTable
        id={resource.name}
        label={title}
        columns={columns}
        {...list}
        countLabel={(count) => resourceText(resource, 'count', { count })}
        searchLabel={resourceText(resource, 'search')}
        defaultSort={usualSort(resource)}
        {...(resource.actions && { actions: resource.actions })}
        onOpen={({ id }) => open(id)}
        empty={
          resource.empty ?? (
            <EmptyState
              icon={<Icon size={32} stroke={1.5} />}
              title={resourceText(resource, 'none')}
              text={resourceText(resource, 'noneText')}
              action={first && <CreateButton resource={resource} creation={first} />}
            />
          )
        }
      />
      {opened && (
        <DetailPanel
          title={opened.thing ? resource.label(opened.thing) : opened.id}
          state={opened.thing && <ThingState resource={resource} thing={opened.thing} />}
          actions={
            opened.thing && (
              <>
                <ThingActions resource={resource} thing={opened.thing} />
                <PageLink resource={resource} id={opened.id} />
              </>
            )
          }
          onClose={close}
        >
          <ThingBody key={opened.id} resource={resource} opened={opened} />
        </DetailPanel>
      )}
    </Page>
  );
}
