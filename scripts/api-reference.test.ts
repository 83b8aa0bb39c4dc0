import { expect, test } from 'vitest';
import { openApiDocument } from '../app/http/openapi.ts';
import { declaredServices } from '../app/modules.ts';
import { printReference } from './api-reference.ts';

test('the reference has every call of every service, with its rule, and every schema that is named', () => {
  for (const service of declaredServices()) {
    const document = openApiDocument(service, service.microversions?.max ?? 1);
    const page = printReference(service.name, [service], [document]);
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        expect(page).toContain(`## \`${method.toUpperCase()} ${path}\``);
        for (const rule of operation['x-openstack-rules'] ?? []) expect(page).toContain(`\`${rule}\``);
      }
    }
    for (const title of Object.keys(document.components.schemas)) expect(page).toContain(`### ${title}\n`);
    expect(page).not.toContain('undefined');
  }
});
