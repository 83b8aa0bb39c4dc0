import { useForm } from '@mantine/form';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'react';
import { isBeingEdited } from '../../../design/being-edited.ts';
import { suggestName } from '../../machines/machine-name.ts';
import { suggestFlavor, tooSmall } from '../launch-fit.ts';
import { EMPTY_LAUNCH, LAUNCH_RULES, type LaunchValues, type LaunchWanted } from '../launch-form.ts';
import { launchSources } from '../launch-source.ts';
import type { useLaunchChoices } from './use-launch-choices.ts';

const LAST_KEY = 'cumulet.launch.key';

/**
 * The form, filled in with `draft` or what can be guessed: the built-in or newest image, the smallest size that carries it, the
 * key used last, the first network, a name that is free. What a person has chosen is never changed again, and no guess is
 * put into a field that they are in.
 */
export function useLaunchForm(
  choices: ReturnType<typeof useLaunchChoices>,
  wanted: LaunchWanted,
  draft?: LaunchValues,
) {
  const form = useForm<LaunchValues>({
    mode: 'controlled',
    initialValues: {
      ...EMPTY_LAUNCH,
      image: wanted.image ?? '',
      flavor: wanted.flavor ?? '',
      key: wanted.key ?? '',
      group: wanted.group ?? '',
      ...draft,
    },
    // Not on blur: an error that appears moves what is under the pointer, and the click that left the field goes astray.
    validate: LAUNCH_RULES,
  });
  // What a draft leaves open is guessed as ever.
  const chosen = useRef(
    new Set(Object.entries(draft ?? {}).flatMap(([field, value]) => (isFilled(value) ? [field] : []))),
  );
  const { images, catalog, flavors, keypairs, networks, servers } = choices;
  const values = form.getValues();
  const sources = useMemo(
    () => (images.data && catalog.data ? launchSources(images.data, catalog.data) : undefined),
    [images.data, catalog.data],
  );
  const source = sources?.find((each) => each.id === values.image);
  const flavor = flavors.data?.find((each) => each.id === values.flavor);

  /** A choice of the person's own. */
  const choose = <K extends keyof LaunchValues & string>(field: K, value: LaunchValues[K]): void => {
    chosen.current.add(field);
    form.setValues({ [field]: value } as Partial<LaunchValues>);
    form.clearFieldError(field);
  };
  const guess = (change: Partial<LaunchValues>): void => form.setValues(change);

  useEffect(() => {
    if (!sources || source) return;
    // A catalogue entry becomes an image while one looks at it: the choice moves on to that.
    const entryId = values.image.startsWith('catalog:') ? values.image.slice('catalog:'.length) : null;
    const imageId = catalog.data?.find((entry) => entry.id === entryId)?.imageId;
    const next = sources.find((each) => each.id === imageId) ?? sources[0];
    if (next) guess({ image: next.id });
  });
  useEffect(() => {
    if (!flavors.data || !source) return;
    const isGood = flavor && tooSmall(flavor, source) === null;
    if (isGood && (chosen.current.has('flavor') || values.flavor !== '')) return;
    const next = suggestFlavor(flavors.data, source);
    if (next && next.id !== values.flavor) guess({ flavor: next.id });
    else if (!next && values.flavor !== '') guess({ flavor: '' });
  });
  useEffect(() => {
    if (!keypairs.data || chosen.current.has('key') || isBeingEdited('key')) return;
    const isThere = keypairs.data.some((key) => key.name === values.key);
    if (isThere) return;
    const last = localStorage.getItem(LAST_KEY);
    const next = keypairs.data.find((key) => key.name === last) ?? keypairs.data[0];
    if (values.key !== (next?.name ?? '')) guess({ key: next?.name ?? '' });
  });
  useEffect(() => {
    if (!networks.data || chosen.current.has('networks') || values.networks.length > 0) return;
    const first = networks.data.find((network) => !network['router:external']) ?? networks.data[0];
    if (first) guess({ networks: [first.id] });
  });
  // In a layout effect what is proposed stands in the field before anybody can come into it; from another effect React
  // may put it there later, behind what is being typed by then.
  useLayoutEffect(() => {
    if (!source || !servers.data || chosen.current.has('name') || isBeingEdited('name')) return;
    const name = suggestName(source.stem, new Set(servers.data.map((server) => server.name)));
    if (name !== values.name) guess({ name });
  });

  // A guess that was held back comes when its field is left: the effects above run with every render.
  const [, noteLeft] = useReducer((count: number) => count + 1, 0);
  const remember = (): void => localStorage.setItem(LAST_KEY, form.getValues().key);
  return { form, sources, source, flavor, choose, noteLeft, remember };
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== '';
}
