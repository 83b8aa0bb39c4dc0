import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Locator, Page } from '@playwright/test';
import type { TestCloud } from '../cloud.ts';
import { expect, picture, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

const run = promisify(execFile);
const PASSWORD = 'secret of dora';

let folder: string;
let dora: string;
test.beforeAll(async ({ cloud }) => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-account-'));
  const user = { name: 'dora', password: PASSWORD };
  dora = (await cloud.request('POST', '/identity/v3/users', { user })).body.user.id;
  const [project] = (await cloud.request('GET', '/identity/v3/projects?name=admin')).body.projects;
  await grant(cloud, `projects/${project.id}`, 'member');
});
test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function grant(cloud: TestCloud, where: string, role: string): Promise<void> {
  const [{ id }] = (await cloud.request('GET', `/identity/v3/roles?name=${role}`)).body.roles;
  expect((await cloud.request('PUT', `/identity/v3/${where}/users/${dora}/roles/${id}`)).status).toBe(204);
}

/** The file a button saves. */
async function saved(page: Page, button: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

/** The real command with nothing but the file, and what is given. */
async function byCloudsYaml(file: string, ...args: string[]): Promise<any> {
  const env = { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8', OS_CLIENT_CONFIG_FILE: file };
  const command = ['/usr/bin/openstack', '--os-cloud', 'cumulet', ...args, '-f', 'json'];
  return JSON.parse((await run('/usr/bin/python3', command, { env })).stdout);
}

/** The same after sourcing the other file in a shell, which may ask for a password. */
async function byOpenrc(file: string, answer: string, ...args: string[]): Promise<any> {
  const env = { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' };
  const script = '. "$1" >/dev/null; shift; exec /usr/bin/python3 /usr/bin/openstack "$@" -f json';
  const shell = spawn('bash', ['-c', script, 'bash', file, ...args], { env });
  shell.stdin.end(`${answer}\n`);
  const [output, problems] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
  expect(shell.exitCode, problems).toBe(0);
  return JSON.parse(output);
}

test('files for the command line sign in as the person who saved them', async ({ page, cloud }) => {
  await signIn(page, cloud, { name: 'dora', password: PASSWORD });
  await page.getByRole('button', { name: 'Account dora, project admin' }).click();
  await page.getByRole('menuitem', { name: 'Account' }).click();
  await expect(page.getByRole('main')).toContainText('member, reader');
  await picture(page, 'account-profile');

  const yaml = await saved(page, page.getByRole('button', { name: 'clouds.yaml' }));
  expect(await readFile(yaml, 'utf8')).not.toContain(PASSWORD);
  const token = await byCloudsYaml(yaml, '--os-password', PASSWORD, 'token', 'issue');
  expect(token.user_id).toBe(dora);
  const rc = await saved(page, page.getByRole('button', { name: 'openrc' }));
  expect(await byOpenrc(rc, PASSWORD, 'token', 'issue')).toMatchObject({
    user_id: dora,
    project_id: token.project_id,
  });
});

test('an application credential works with what it was given, and no more', async ({ page, cloud }) => {
  await signIn(page, cloud, { name: 'dora', password: PASSWORD });
  await expect(page.getByRole('button', { name: /^Account dora/ })).toBeVisible();
  await page.goto(`${cloud.url}/account?tab=application-credentials`);
  await expect(page.getByText('No application credentials yet')).toBeVisible();
  await picture(page, 'application-credentials-empty');
  const create = page.getByRole('button', { name: 'Create application credential' });

  await test.step('what is wrong is said at its field', async () => {
    await create.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Expires' }).fill('2001-01-01T00:00');
    await dialog.getByRole('textbox', { name: 'Access rules' }).fill('GET everything');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toContainText('Enter a name');
    await expect(dialog).toContainText('This is in the past');
    await expect(dialog).toContainText('Each line needs a method, a service and a path');
    await picture(page, 'application-credential-create');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  await test.step('with access rules and an end', async () => {
    await create.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('watcher');
    await dialog.getByRole('textbox', { name: 'Description' }).fill('counts flavors');
    // Of the roles one has, only one is handed on.
    await dialog
      .locator('.mantine-Pill-root', { hasText: 'member' })
      .getByRole('button', { includeHidden: true })
      .click();
    const expires = `${new Date().getUTCFullYear() + 1}-03-04T05:06`;
    await dialog.getByRole('textbox', { name: 'Expires' }).fill(expires);
    const rules = 'GET compute /v2.1/flavors/detail\nGET compute /v2.1/flavors/*/os-extra_specs';
    await dialog.getByRole('textbox', { name: 'Access rules' }).fill(rules);
    await dialog.getByRole('button', { name: 'Create' }).click();
    const secret = page.getByRole('dialog', { name: 'Secret of watcher' });
    await expect(secret).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(secret).toBeVisible();
    await picture(page, 'application-credential-secret');
    const yaml = await saved(page, secret.getByRole('button', { name: 'clouds.yaml' }));
    const rc = await saved(page, secret.getByRole('button', { name: 'openrc' }));
    await secret.getByRole('button', { name: 'Done' }).click();
    await expect(secret).toBeHidden();

    const [made] = await ownCredentials(cloud);
    const watcher = { name: 'watcher', description: 'counts flavors', unrestricted: false };
    expect(made).toMatchObject({ ...watcher, roles: [expect.objectContaining({ name: 'reader' })] });
    expect(made.expires_at).toContain(new Date(expires).toISOString().slice(0, 16));
    expect(await byCloudsYaml(yaml, 'flavor', 'list')).toHaveLength(7);
    expect(await byOpenrc(rc, '', 'flavor', 'list')).toHaveLength(7);
    await expect(byCloudsYaml(yaml, 'image', 'list')).rejects.toThrow(/401|403|not allowed/i);
    await expect(page.getByText('watcher', { exact: true })).toBeVisible();
    await expect(page.getByRole('row', { name: /watcher/ })).toContainText('reader');
  });

  await test.step('unrestricted, so that it may make others', async () => {
    await create.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('robot');
    await dialog.getByRole('checkbox', { name: 'Unrestricted' }).check();
    await dialog.getByRole('button', { name: 'Create' }).click();
    const secret = page.getByRole('dialog', { name: 'Secret of robot' });
    const yaml = await saved(page, secret.getByRole('button', { name: 'clouds.yaml' }));
    await secret.getByRole('button', { name: 'Done' }).click();
    await byCloudsYaml(yaml, 'application', 'credential', 'create', 'child');
    expect((await ownCredentials(cloud)).map(({ name }) => name).sort()).toEqual(['child', 'robot', 'watcher']);
    await picture(page, 'application-credentials');
  });

  await test.step('deleted, it signs in no more', async () => {
    const yaml = join(folder, 'clouds.yaml');
    await page.getByRole('row', { name: /robot/ }).getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('row', { name: /robot/ })).toHaveCount(0);
    await expect(byCloudsYaml(yaml, 'token', 'issue')).rejects.toThrow(/401/);
  });
});

async function ownCredentials(cloud: TestCloud): Promise<any[]> {
  const { body } = await cloud.request('GET', `/identity/v3/users/${dora}/application_credentials`);
  return body.application_credentials;
}

test('EC2 credentials come and go', async ({ page, cloud }) => {
  await signIn(page, cloud, { name: 'dora', password: PASSWORD });
  await expect(page.getByRole('button', { name: /^Account dora/ })).toBeVisible();
  await page.goto(`${cloud.url}/account?tab=ec2`);
  await page.getByRole('button', { name: 'Create EC2 credential' }).first().click();
  const pairs = `/identity/v3/users/${dora}/credentials/OS-EC2`;
  const row = page.getByRole('row', { name: /[0-9a-f]{32}/ });
  await expect(row).toBeVisible();
  const [pair] = (await cloud.request('GET', pairs)).body.credentials;
  await expect(row).toContainText(pair.access);
  await expect(row).not.toContainText(pair.secret);
  await row.getByRole('button', { name: 'Show' }).click();
  await expect(row).toContainText(pair.secret);
  await picture(page, 'account-ec2');
  await row.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
  expect((await cloud.request('GET', pairs)).body.credentials).toEqual([]);
});
