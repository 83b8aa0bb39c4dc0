// Draws the PNG icons from their SVG sources with the system's Chromium; needed only when an SVG changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { inRoot } from './setup/places.mjs';
import { findProgram } from './setup/system-packages.mjs';

const icons = [
  ['icon.svg', 'icon.png', 512],
  ['tray.svg', 'tray.png', 16],
  ['tray.svg', 'tray@2x.png', 32],
];

const browser = await chromium.launch({ executablePath: findProgram('chromium'), args: ['--no-sandbox'] });
for (const [source, target, size] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const svg = readFileSync(inRoot('assets', 'icons', source), 'utf8');
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  writeFileSync(inRoot('assets', 'icons', target), await page.screenshot({ omitBackground: true }));
}
await browser.close();
