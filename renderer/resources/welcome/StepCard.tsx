import type { ReactNode } from 'react';
import classes from './welcome.module.css';

export interface StepCardProps {
  number: number;
  title: string;
  /** Said beside the title: how it stands. */
  state?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** One of the first steps; all stand on one page, so that nobody has to click through what is fine already. */
export function StepCard({ number, title, state, actions, children }: StepCardProps) {
  return (
    <section className={classes.step} aria-labelledby={`welcome-step-${number}`}>
      <div className={classes.number} aria-hidden="true">
        {number}
      </div>
      <div className={classes.stepBody}>
        <div className={classes.stepHead}>
          <h2 id={`welcome-step-${number}`}>{title}</h2>
          {state}
          {actions && <div className={classes.stepActions}>{actions}</div>}
        </div>
        {children}
      </div>
    </section>
  );
}
