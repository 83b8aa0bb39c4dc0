import classes from './key-value-list.module.css';

/** Names and values that people made up, as `KeyValueEditor` edits them. */
export function KeyValueList({ pairs }: { pairs: readonly (readonly [string, string])[] }) {
  return (
    <dl className={classes.list}>
      {pairs.map(([key, value]) => (
        <div key={key}>
          <dt className="mono">{key}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
