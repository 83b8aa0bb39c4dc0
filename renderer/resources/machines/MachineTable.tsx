import type { ReactNode } from 'react';
import classes from './machines.module.css';

type Head = string | { text: string; isNumber: true } | { hidden: string };

/** A few rows of one machine's things, whole as they are; `children` are its rows. */
export function MachineTable({
  label,
  heads,
  children,
}: {
  label: string;
  heads: readonly Head[];
  children: ReactNode;
}) {
  return (
    <div className={classes.parts}>
      <table aria-label={label}>
        <thead>
          <tr>
            {heads.map((head) => {
              if (typeof head === 'string') return <th key={head}>{head}</th>;
              if ('hidden' in head) return <th key={head.hidden} aria-label={head.hidden} />;
              return (
                <th key={head.text} data-number>
                  {head.text}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
