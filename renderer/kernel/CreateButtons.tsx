import type { CurrentUser } from '../api/session.ts';
import { openDialog } from '../design/dialogs/dialog.store.ts';
import { ReasonedButton } from '../design/ReasonedButton.tsx';
import { useShortcut } from '../design/shortcuts.ts';
import { type Verdict, yes } from '../design/verdict.ts';
import { mayDo } from '../session/rights.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import type { AnyResource, Creation } from './resource.ts';
import { resourceText } from './resource-text.ts';

export function mayCreate({ rule }: Creation, user: CurrentUser): Verdict {
  return rule === undefined ? yes : mayDo(rule, user);
}

export function startCreation({ dialog: Dialog }: Creation): void {
  openDialog((props) => <Dialog {...props} />);
}

/** All ways to get a new one, the first as the page's main button; N does the same. */
export function CreateButtons({ resource }: { resource: AnyResource }) {
  const user = useCurrentUser();
  const [first, ...others] = resource.create ?? [];
  const keys = { keys: 'N', label: first ? resourceText(resource, `${first.id}.title`) : '' };
  useShortcut({ ...keys, group: resourceText(resource, 'title') }, () => {
    if (first && mayCreate(first, user).allowed) startCreation(first);
  });
  return (
    <>
      {others.map((creation) => (
        <CreateButton key={creation.id} resource={resource} creation={creation} isSecond />
      ))}
      {first && <CreateButton resource={resource} creation={first} />}
    </>
  );
}

export function CreateButton(props: { resource: AnyResource; creation: Creation; isSecond?: boolean }) {
  const { resource, creation, isSecond } = props;
  const { icon: Icon } = creation;
  return (
    <ReasonedButton
      verdict={mayCreate(creation, useCurrentUser())}
      variant={isSecond ? 'default' : 'filled'}
      leftSection={<Icon size={16} aria-hidden="true" />}
      onClick={() => startCreation(creation)}
    >
      {resourceText(resource, `${creation.id}.action`)}
    </ReasonedButton>
  );
}
