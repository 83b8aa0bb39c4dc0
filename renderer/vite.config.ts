import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The controller that `vite dev` forwards to. */
const controller = process.env.CUMULET_URL ?? 'http://127.0.0.1:8774';
const forwarded = [
  '^/identity/',
  '^/compute/',
  '^/image/',
  '^/network/',
  '^/placement/',
  '^/v1/',
  '^/console/websocket',
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/dashboard', import.meta.url)),
    emptyOutDir: true,
    target: 'es2024',
    // A strict CSP forbids data: URLs, and of inline scripts all but that of index.html: everything is a file of its own.
    assetsInlineLimit: 0,
    // One file of styles, of 60 kB more: a page that comes later cannot be left without its own.
    cssCodeSplit: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    // The controller takes requests to its own address only.
    proxy: Object.fromEntries(
      forwarded.map((path) => [
        path,
        { target: controller, ws: true, changeOrigin: true, headers: { origin: controller } },
      ]),
    ),
  },
});
