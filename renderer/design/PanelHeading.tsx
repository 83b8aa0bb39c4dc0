import type { ReactNode } from 'react';
import classes from './panel-heading.module.css';

/** Over a part of what a panel shows; at its end what can be done with it. */
export function PanelHeading({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.heading}>
      <h3>{children}</h3>
      {actions}
    </div>
  );
}
