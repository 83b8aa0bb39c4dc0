import type { ComponentType } from 'react';
import { ChangePasswordDialog } from './dialogs/ChangePasswordDialog.tsx';
import { RebuildDialog } from './dialogs/RebuildDialog.tsx';
import { RescueDialog } from './dialogs/RescueDialog.tsx';
import { ResizeDialog } from './dialogs/ResizeDialog.tsx';
import { VerbTextDialog } from './dialogs/VerbTextDialog.tsx';
import type { VerbDialogProps } from './dialogs/verb-dialog.ts';

/** By what a verb asks; anything else is a text. */
const DIALOGS: Readonly<Record<string, ComponentType<VerbDialogProps>>> = {
  adminPass: ChangePasswordDialog,
  flavorRef: ResizeDialog,
  imageRef: RebuildDialog,
  rescue_image_ref: RescueDialog,
};

export function verbDialog(asks: string): ComponentType<VerbDialogProps> {
  return DIALOGS[asks] ?? VerbTextDialog;
}
