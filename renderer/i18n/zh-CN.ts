import { byArea } from './by-area.ts';

/** Every text of the dashboard in Chinese, one area a file. */
export default byArea(
  import.meta.glob<object>(['../../assets/locales/zh-CN/*.json', '!**/desktop.json'], {
    eager: true,
    import: 'default',
  }),
);
