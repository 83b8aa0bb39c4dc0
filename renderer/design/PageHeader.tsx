import type { ReactNode } from 'react';
import classes from './page.module.css';

export interface PageHeaderProps {
  title: ReactNode;
  /** The state of the thing, beside its name. */
  state?: ReactNode;
  /** Where one came from: a link to the list. */
  back?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, state, back, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.heading}>
        {back && <span className={classes.back}>{back}</span>}
        <h1 className={classes.title}>{title}</h1>
        {state}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

/** A sentence about the whole page, under its header. */
export function PageNote({ children }: { children: ReactNode }) {
  return <p className={classes.note}>{children}</p>;
}

/** A page under the frame: header on top, the rest fills what is left. `isScrolling` for documents, not for tables. */
export function Page({ children, isScrolling }: { children: ReactNode; isScrolling?: boolean }) {
  return (
    <div className={classes.page} data-scrolling={isScrolling || undefined}>
      {children}
    </div>
  );
}

/** A titled block on a document page. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** Names and values in two columns. */
export function FieldList({ children }: { children: ReactNode }) {
  return <dl className={classes.fields}>{children}</dl>;
}

export function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.field}>
      <dt className={classes.fieldLabel}>{label}</dt>
      <dd className={classes.fieldValue}>{children ?? '–'}</dd>
    </div>
  );
}
