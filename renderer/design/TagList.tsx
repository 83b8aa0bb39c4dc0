import classes from './tag-list.module.css';

/** Words that people gave a thing. `isOneLine` where there is no room for more, as in a table. */
export function TagList({ tags, isOneLine }: { tags: readonly string[]; isOneLine?: boolean }) {
  if (tags.length === 0) return '–';
  return (
    <span
      className={classes.tags}
      data-one-line={isOneLine || undefined}
      title={isOneLine ? tags.join(', ') : undefined}
    >
      {tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}
