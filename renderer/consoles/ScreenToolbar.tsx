import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  IconAspectRatio,
  IconCamera,
  IconClipboardCopy,
  IconClipboardText,
  IconEye,
  IconKeyboard,
} from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '../design/clipboard.ts';
import { downloadBlob } from '../design/download.ts';
import { notifyDone, notifyError } from '../design/notify.tsx';
import { ConsoleToolbar, type ConsoleToolbarProps, Tool } from './ConsoleToolbar.tsx';
import classes from './consoles.module.css';
import { pressTogether, SEND_KEYS } from './keysyms.ts';
import { PasteDialog } from './PasteDialog.tsx';
import type { ScreenControls } from './ScreenView.tsx';

export interface ScreenToolbarProps extends ConsoleToolbarProps {
  /** Null while it is not connected. */
  controls: ScreenControls | null;
  isScaled: boolean;
  isViewOnly: boolean;
  onScaled: (isScaled: boolean) => void;
  onViewOnly: (isViewOnly: boolean) => void;
  guestClipboard: string;
}

export function ScreenToolbar(props: ScreenToolbarProps) {
  const { t } = useTranslation('consoles');
  const { controls, isScaled, isViewOnly, onScaled, onViewOnly, guestClipboard, ...shared } = props;
  const [isPasting, setPasting] = useState(false);
  const mayType = controls !== null && !isViewOnly;
  const takePicture = async (): Promise<void> => {
    try {
      const blob = await controls?.takePicture();
      if (blob) downloadBlob(`${props.title}-${stamp()}.png`, blob);
    } catch (error) {
      notifyError(error, t('picture'));
    }
  };
  const copyFromGuest = async (): Promise<void> => {
    if (await copyText(guestClipboard)) notifyDone(t('copiedFromGuest'));
  };
  return (
    <ConsoleToolbar {...shared}>
      <SendKeysMenu controls={mayType ? controls : null} />
      <Tool icon={IconClipboardText} label={t('paste.open')} disabled={!mayType} onClick={() => setPasting(true)} />
      <Tool
        icon={IconClipboardCopy}
        label={t(guestClipboard ? 'copyFromGuest' : 'guestCopiedNothing')}
        disabled={guestClipboard === ''}
        onClick={() => void copyFromGuest()}
      />
      <Tool icon={IconEye} label={t('viewOnly')} isOn={isViewOnly} onClick={() => onViewOnly(!isViewOnly)} />
      <Tool icon={IconAspectRatio} label={t('scale')} isOn={isScaled} onClick={() => onScaled(!isScaled)} />
      <Tool icon={IconCamera} label={t('picture')} disabled={!controls} onClick={() => void takePicture()} />
      <PasteDialog
        opened={isPasting}
        controls={controls}
        onClose={() => {
          setPasting(false);
          controls?.focus();
        }}
      />
    </ConsoleToolbar>
  );
}

function SendKeysMenu({ controls }: { controls: ScreenControls | null }) {
  const { t } = useTranslation('consoles');
  return (
    <Menu position="bottom-start" returnFocus={false} onClose={() => controls?.focus()}>
      <Menu.Target>
        <Tooltip label={t('sendKeys')}>
          <ActionIcon className={classes.tool} aria-label={t('sendKeys')} disabled={!controls}>
            <IconKeyboard size={16} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {SEND_KEYS.map((entry, index) => (
          <Fragment key={entry.label}>
            {index > 0 && SEND_KEYS[index - 1]?.group !== entry.group && <Menu.Divider />}
            <Menu.Item
              onClick={() => {
                if (controls) pressTogether(entry.keys, controls.send);
              }}
            >
              {entry.label}
            </Menu.Item>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** `2026-01-31-14-05-09`: for names of files. */
function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(/[T:]/g, '-');
}
