import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { Page, PageHeader } from '../design/PageHeader.tsx';
import classes from './kernel.module.css';
import { NoSuchPage } from './NoSuchPage.tsx';
import { type AnyResource, findResource } from './resource.ts';
import { resourceText } from './resource-text.ts';
import { ThingActions, ThingBody, ThingState } from './ThingParts.tsx';
import { useThingCommands } from './use-thing-commands.ts';
import { useThing } from './use-things.ts';

/** One thing of any resource on a page of its own: what its panel shows, with all of the room. */
export function ThingPage() {
  const { resource: name, id } = useParams({ from: '/frame/$resource/$id' });
  const resource = findResource(name);
  return resource ? <OneThing key={`${name} ${id}`} resource={resource} id={id} /> : <NoSuchPage />;
}

function OneThing({ resource, id }: { resource: AnyResource; id: string }) {
  const { data, error, refetch } = useThing(resource, id);
  const thing = error ? undefined : data;
  useThingCommands(resource.actions, thing, thing ? resource.label(thing) : '');
  const list = resourceText(resource, 'title');
  return (
    <Page isScrolling>
      <PageHeader
        title={thing ? resource.label(thing) : error ? id : '\u00a0'}
        state={thing && <ThingState resource={resource} thing={thing} />}
        back={
          <Tooltip label={list}>
            <ActionIcon
              renderRoot={(props) => <Link {...props} to="/$resource" params={{ resource: resource.name }} />}
              aria-label={list}
            >
              <IconArrowLeft size={16} />
            </ActionIcon>
          </Tooltip>
        }
        actions={thing && <ThingActions resource={resource} thing={thing} />}
      />
      <div className={classes.thing}>
        <ThingBody resource={resource} opened={{ id, thing, error, retry: () => void refetch() }} />
      </div>
    </Page>
  );
}
