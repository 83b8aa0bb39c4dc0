// `node scripts/resource-lines.mjs`: what each resource costs on the back end. A resource is `<name>.resource.ts`, with
// `<name>.tables.ts`, `<name>.*.ts` beside it and the routes `<name>-*.routes.ts`; the kit and its dialects are counted apart.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const DIALECTS = ['keystone', 'nova', 'glance', 'neutron', 'cinder'];
const root = join(import.meta.dirname, '..');
const linesOf = (path) => readFileSync(join(root, path), 'utf8').split('\n').length - 1;
const product = (path) => !/\.(test|fixture)\.ts$/.test(path);

const all = readdirSync(join(root, 'app'), { recursive: true })
  .map((path) => `app/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.ts') && product(path))
  .sort();
const declared = all.filter((path) => path.endsWith('.resource.ts'));
const isDialect = (path) => DIALECTS.includes(basename(path).replace(/\.(resource|routes)\.ts$/, ''));
print(
  'The kit',
  all.filter((path) => path.startsWith('app/resource/') || isDialect(path)),
);
for (const path of declared.filter((path) => !isDialect(path))) {
  const name = basename(path, '.resource.ts');
  const isPart = (file) => file.startsWith(`${name}.`) || (file.startsWith(`${name}-`) && file.endsWith('.routes.ts'));
  print(
    name,
    all.filter((file) => dirname(file) === dirname(path) && isPart(basename(file))),
  );
}

function print(title, files) {
  const lines = files.map(linesOf);
  console.log(`${title}: ${lines.reduce((sum, each) => sum + each, 0)} lines in ${files.length} files`);
  for (const [index, file] of files.entries()) console.log(`  ${String(lines[index]).padStart(5)}  ${file}`);
}
