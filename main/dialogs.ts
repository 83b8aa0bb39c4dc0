import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type BrowserWindow, dialog } from 'electron';
import { fill, type Texts } from './texts.ts';

export interface ChosenFile {
  name: string;
  path: string;
  size: number;
}

/** The platform's open dialog for disk images. */
export async function chooseImages(window: BrowserWindow, texts: Texts): Promise<ChosenFile[]> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: texts.dialog.chooseImages,
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: texts.dialog.diskImages, extensions: ['qcow2', 'img', 'raw', 'iso'] },
      { name: texts.dialog.allFiles, extensions: ['*'] },
    ],
  });
  return await Promise.all(
    filePaths.map(async (path) => ({ name: basename(path), path, size: (await stat(path)).size })),
  );
}

/** Saves a text that may be a private key: only its owner can read the file. Answers false when cancelled. */
export async function saveFile(
  window: BrowserWindow,
  texts: Texts,
  file: { name: string; content: string },
): Promise<boolean> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: fill(texts.dialog.save, { name: file.name }),
    defaultPath: plainName(file.name),
  });
  if (canceled || !filePath) return false;
  writeFileSync(filePath, file.content, { mode: 0o600 });
  return true;
}

/** A name from the page is a wish, never a path. */
function plainName(name: string): string {
  return basename(name.replaceAll('\\', '/')) || 'file';
}
