import type { ITheme } from '@xterm/xterm';

/** Dark in both themes, as people know terminals; every colour reads on the ground. */
export const TERMINAL_THEME: ITheme = {
  background: '#101215',
  foreground: '#dfe3e8',
  cursor: '#84abff',
  cursorAccent: '#101215',
  selectionBackground: '#31508f',
  black: '#2a2f37',
  red: '#ff8379',
  green: '#5cc389',
  yellow: '#e5ac52',
  blue: '#7aa4ff',
  magenta: '#c69bf0',
  cyan: '#5fc4cf',
  white: '#d3d8df',
  brightBlack: '#7d8794',
  brightRed: '#ffa39b',
  brightGreen: '#83dba8',
  brightYellow: '#f3c67f',
  brightBlue: '#a3c0f6',
  brightMagenta: '#dbbcf8',
  brightCyan: '#8edbe3',
  brightWhite: '#f6f8fa',
};
