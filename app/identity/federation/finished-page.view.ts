import { explain, type UserError } from '../../contract/errors.ts';

const TEXTS = {
  en: { done: 'You are signed in.', goOn: 'You can close this page and go back to Cumulet.', failed: 'Sign-in failed' },
  'zh-CN': { done: '您已登录。', goOn: '您可以关闭此页面并返回 Cumulet。', failed: '登录失败' },
} as const;

/** What the browser shows at the end where a window waits, or where sign-in failed. It is no page of the dashboard. */
export function finishedPage({ language = '', error }: { language?: string | undefined; error?: UserError }): string {
  const lang = /^zh/i.test(language.trim()) ? 'zh-CN' : 'en';
  const { done, goOn, failed } = TEXTS[lang];
  const [title, text] = error ? [failed, explain(error)] : [done, goOn];
  return `<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>Cumulet</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{font:16px system-ui;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
