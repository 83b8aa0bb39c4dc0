import { byArea } from './by-area.ts';

/** Every text of the dashboard in English, one area a file. */
export default byArea(
  import.meta.glob<object>(['../../assets/locales/en/*.json', '!**/desktop.json'], { eager: true, import: 'default' }),
);
