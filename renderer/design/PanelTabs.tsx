import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './detail-panel.module.css';

export interface PanelTab {
  id: string;
  label: string;
  content: () => ReactNode;
  /** A table that scrolls by itself, instead of a document. */
  isFilling?: boolean;
}

/** The tabs of a panel; which is open stands in the address. The first is it when none is named. */
export function PanelTabs(props: {
  tabs: PanelTab[];
  open: string | undefined;
  onOpen: (id: string | undefined) => void;
}) {
  const { tabs, open, onOpen } = props;
  const shown = tabs.find(({ id }) => id === open) ?? tabs[0];
  return (
    <Tabs
      value={shown?.id ?? null}
      onChange={(id) => onOpen(id === null || id === tabs[0]?.id ? undefined : id)}
      keepMounted={false}
      className={classes.tabs ?? ''}
    >
      <Tabs.List className={classes.tabList ?? ''}>
        {tabs.map(({ id, label }) => (
          <Tabs.Tab key={id} value={id}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ id, content, isFilling }) => (
        <Tabs.Panel key={id} value={id} className={classes.tabPanel ?? ''} data-filling={isFilling || undefined}>
          {id === shown?.id && content()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
