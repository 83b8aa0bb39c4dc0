import { Fragment } from 'react';
import classes from './key-value-list.module.css';

/** Names and values that people made up, as `KeyValueEditor` edits them. */
export function KeyValueList({ pairs }: { pairs: readonly (readonly [string, string])[] }) {
  return (
    <dl className={classes.list}>
      {pairs.map(([key, value]) => (
        <div key={key}>
          <dt className="mono">
            {partsOf(key).map((part, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one name stay in their order
              <Fragment key={index}>
                {part}
                <wbr />
              </Fragment>
            ))}
          </dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Long names are broken behind what joins their words, not within one. */
function partsOf(key: string): string[] {
  return key.split(/(?<=[:_.])/);
}
